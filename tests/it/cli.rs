//! The command line as the README shows it, and its exit codes.

use crate::support::{run, run_with_stdin};

#[test]
fn console_blocks_are_true() {
    trycmd::TestCases::new()
        .env("HOME", "/nonexistent")
        .env("NO_COLOR", "1")
        .case("README.md")
        .case("docs/*.md");
}

const WITHOUT_REQUESTS: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [{name: web, image: \"nginx:1\", livenessProbe: {httpGet: {path: /, port: 80}}}]
";

#[test]
fn fail_on_decides_the_exit_code() {
    let code = |args: &[&str]| {
        let mut all = vec!["check", "-"];
        all.extend(args);
        run_with_stdin(&all, WITHOUT_REQUESTS.as_bytes()).status.code()
    };
    assert_eq!(code(&[]), Some(0), "warnings do not fail by default");
    assert_eq!(code(&["--fail-on", "warning"]), Some(1));
    assert_eq!(code(&["--fail-on", "warning", "--rules", "none"]), Some(0));
    assert_eq!(
        code(&["--fail-on", "warning", "--rules", "unset-cpu-requirements"]),
        Some(1)
    );
    assert_eq!(code(&["--fail-on", "never", "--rules", "all"]), Some(0));
    assert_eq!(code(&["--rules", "no-such-rule"]), Some(2));
    assert_eq!(code(&["--kubernetes", "1.2"]), Some(2));
    assert_eq!(code(&["--kubernetes", "newest"]), Some(2));
    assert_eq!(code(&["--no-such-flag"]), Some(2));
}

#[test]
fn help_and_version_are_no_errors() {
    for args in [
        &["--help"][..],
        &["--version"],
        &["check", "--help"],
        &["diff", "--help"],
        &["completions", "bash"],
    ] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert!(!output.stdout.is_empty() && output.stderr.is_empty(), "{args:?}");
    }
}

#[test]
fn a_typo_in_a_rule_is_told() {
    let output = run(&["explain", "latest-tga"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("did you mean `latest-tag`?"), "{said}");
}

#[test]
fn every_rule_explains_itself() {
    let list = String::from_utf8(run(&["rules"]).stdout).expect("text");
    assert!(list.lines().count() > 20);
    for name in list.lines().filter_map(|line| line.split_whitespace().next()) {
        let page = run(&["explain", name]);
        assert_eq!(page.status.code(), Some(0), "{name}");
        assert!(
            String::from_utf8_lossy(&page.stdout).starts_with(&format!("# {name}\n")),
            "{name}"
        );
    }
}

#[test]
fn starter_charts_pass_every_check() {
    for engine in ["jinja", "helm"] {
        let folder = tempfile::tempdir().expect("a folder");
        let chart = folder.path().join("shop");
        let path = chart.to_str().expect("a plain path");
        assert_eq!(run(&["create", path, "--engine", engine]).status.code(), Some(0));
        let check = run(&["check", path, "--rules", "recommended", "--fail-on", "info"]);
        assert_eq!(
            check.status.code(),
            Some(0),
            "{engine}:\n{}",
            String::from_utf8_lossy(&check.stdout)
        );
        assert!(String::from_utf8_lossy(&check.stdout).contains("3 objects checked, nothing found"));
        let again = run(&["create", path]);
        assert_eq!(again.status.code(), Some(2), "an existing folder is left alone");
    }
}

#[test]
fn example_charts_are_clean() {
    let check = |args: &[&str]| {
        let mut all = vec!["check", "--fail-on", "info"];
        all.extend(args);
        let output = run(&all);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{args:?}:\n{}",
            String::from_utf8_lossy(&output.stdout)
        );
    };
    check(&["charts"]);
    for environment in ["dev", "staging", "prod"] {
        check(&[
            "charts/storefront",
            "-f",
            &format!("charts/storefront/values-{environment}.yaml"),
        ]);
    }
}
