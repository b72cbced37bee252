//! `plimsoll.yaml` as a user writes it: what it changes, and what is said of mistakes in it.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::plimsoll;

/// A folder with these files, in which nothing above is looked at.
fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    fs::create_dir(folder.path().join(".git")).expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    folder
}

fn call(folder: &Path, args: &[&str]) -> Output {
    plimsoll(args).current_dir(folder).output().expect("it starts")
}

/// `file:line rule severity` of each finding, and the exit code.
fn check(folder: &Path, args: &[&str]) -> (Vec<String>, i32) {
    let output = call(folder, &[&["check", "--format", "json"], args].concat());
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let findings = report["findings"].as_array().expect("findings");
    let shown = findings.iter().map(|finding| {
        let place = &finding["location"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (file, line) = (text(&place["file"]), &place["line"]);
        format!(
            "{file}:{line} {} {}",
            text(&finding["rule"]),
            text(&finding["severity"])
        )
    });
    (shown.collect(), output.status.code().expect("it ends"))
}

/// A Deployment without a tag, in a namespace.
fn deployment(name: &str, namespace: &str) -> String {
    format!(
        "apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: {namespace}, labels: {{app: {name}}}}}
spec:
  replicas: 1
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers:
        - name: {name}
          image: registry.example.com/{name}
"
    )
}

/// Two Deployments of which only `latest-tag` speaks, and a configuration.
fn two(config: &str) -> TempDir {
    project(&[
        ("plimsoll.yaml", &format!("presets: none\n{config}")),
        ("dev/web.yaml", &deployment("web", "dev")),
        ("prod/api.yaml", &deployment("api", "prod")),
    ])
}

const WEB: &str = "dev/web.yaml:12 latest-tag";
const API: &str = "prod/api.yaml:12 latest-tag";

fn found(config: &str) -> Vec<String> {
    let folder = two(config);
    check(folder.path(), &[]).0
}

#[test]
fn rules_are_on_off_and_of_another_weight() {
    assert_eq!(found(""), Vec::<String>::new());
    let both = |severity: &str| vec![format!("{WEB} {severity}"), format!("{API} {severity}")];
    assert_eq!(found("rules: {latest-tag: on}"), both("warning"));
    assert_eq!(found("rules: {latest-tag: error}"), both("error"));
    assert_eq!(found("rules: {latest-tag: {severity: info}}"), both("info"));
    assert_eq!(
        found("rules: {images: on, image-digest: off, image-pull-policy: off}"),
        both("warning")
    );
    assert_eq!(
        found("rules: {latest-tag: on, images: off}"),
        both("warning"),
        "what is said of one rule wins, wherever it stands"
    );
}

#[test]
fn the_error_of_another_stage_is_weighed_too() {
    let folder = project(&[
        ("plimsoll.yaml", "rules: {unknown-kind: error}\n"),
        (
            "a.yaml",
            "apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: a}\n",
        ),
    ]);
    let (found, code) = check(folder.path(), &[]);
    assert_eq!((found[0].as_str(), code), ("a.yaml:2 unknown-kind error", 1));
    let (found, code) = check(folder.path(), &["--no-config"]);
    assert_eq!((found[0].as_str(), code), ("a.yaml:2 unknown-kind warning", 0));
}

#[test]
fn overrides_hold_where_they_match() {
    let only_api = vec![format!("{API} warning")];
    for place in [
        "paths: dev",
        "paths: ['d*/*.yaml']",
        "namespaces: [dev]",
        "names: ['we?']",
        "labels: {app: web}",
        "kinds: [Deployment.apps, Service], paths: '**/web.yaml'",
    ] {
        let config =
            format!("rules: {{latest-tag: on}}\noverrides:\n  - {{{place}, rules: {{latest-tag: off}}}}\n");
        assert_eq!(found(&config), only_api, "{place}");
        let config = format!("overrides:\n  - {{{place}, rules: {{latest-tag: error}}}}\n");
        assert_eq!(found(&config), [format!("{WEB} error")], "{place}");
    }
    let config = "overrides:\n- rules: {latest-tag: error}\n- {paths: dev, rules: {latest-tag: info}}\n";
    assert_eq!(
        found(config),
        [format!("{WEB} info"), format!("{API} error")],
        "the last wins"
    );
}

#[test]
fn flags_win() {
    let folder = two(
        "rules: {latest-tag: error}\nfail-on: never\noverrides: [{paths: dev, rules: {latest-tag: off}}]\n",
    );
    assert_eq!(check(folder.path(), &[]), (vec![format!("{API} error")], 0));
    assert_eq!(check(folder.path(), &["--fail-on", "error"]).1, 1);
    assert_eq!(check(folder.path(), &["--rules", "none"]).0, Vec::<String>::new());
    assert_eq!(
        check(folder.path(), &["--rules", "latest-tag,no-liveness-probe"]).0,
        [
            "dev/web.yaml:11 no-liveness-probe warning",
            "prod/api.yaml:11 no-liveness-probe warning",
            &format!("{API} error"),
        ],
        "the rules of the call, with the weights and exceptions of the file"
    );
}

#[test]
fn the_file_is_found_from_a_folder_below() {
    let folder = two("overrides: [{paths: dev, rules: {latest-tag: on}}]\n");
    let below = folder.path().join("dev");
    assert_eq!(check(&below, &[]).0, ["web.yaml:12 latest-tag warning"]);
    assert_eq!(check(&below, &["../prod"]).0, Vec::<String>::new());
    let file = folder.path().join("plimsoll.yaml");
    let named = ["--config", file.to_str().expect("text")];
    assert_eq!(check(folder.path(), &named).0, [format!("{WEB} warning")]);
}

#[test]
fn suppressions_hold_end_and_are_told_when_they_do_nothing() {
    let ignore = |entry: &str| {
        found(&format!(
            "rules: {{latest-tag: on}}\nignore:\n  - {{rules: latest-tag, reason: built here, {entry}}}\n"
        ))
    };
    let both = [format!("{WEB} warning"), format!("{API} warning")];
    assert_eq!(ignore("paths: dev"), both[1..]);
    assert_eq!(ignore("paths: dev, until: 9999-12-31"), both[1..]);
    let told = |rule: &str| format!("plimsoll.yaml:4 {rule} warning");
    assert_eq!(
        ignore("paths: dev, until: 2020-01-31"),
        [both[0].clone(), told("expired-suppression"), both[1].clone()]
    );
    assert_eq!(
        ignore("paths: nowhere"),
        [both[0].clone(), told("unused-suppression"), both[1].clone()]
    );
    let folder = two("ignore:\n  - {rules: [latest-tag, unknown-field], reason: why, paths: dev}\n");
    assert_eq!(
        check(folder.path(), &[]).0,
        ["plimsoll.yaml:3 unused-suppression warning"],
        "of a rule that ran, and not of one that did not"
    );
    assert_eq!(
        check(folder.path(), &["prod"]).0,
        Vec::<String>::new(),
        "it speaks of nothing here"
    );
}

#[test]
fn what_is_made_elsewhere_is_there() {
    let pod = "apiVersion: v1
kind: Pod
metadata: {name: a, namespace: shop}
spec:
  serviceAccountName: robot
  containers:
    - {name: a, image: 'a:1', envFrom: [{secretRef: {name: db-main}}]}
";
    let found = |externals: &str| {
        let config =
            format!("presets: none\ncomplete: true\nrules: {{references: on}}\nexternals: {externals}\n");
        let folder = project(&[("plimsoll.yaml", &config), ("pod.yaml", pod)]);
        check(folder.path(), &[]).0
    };
    let (secret, account) = (
        "pod.yaml:7 dangling-configmap-or-secret-ref warning",
        "pod.yaml:5 non-existent-service-account warning",
    );
    assert_eq!(found("[]"), [account, secret]);
    assert_eq!(found("[{kind: Secret, name: 'db-*'}]"), [account]);
    assert_eq!(
        found("[{kind: Secret, name: db-main, namespace: [shop]}, {kind: ServiceAccount, name: robot}]"),
        [""; 0]
    );
    assert_eq!(
        found("[{kind: Secret, name: db-main, namespace: other}]"),
        [account, secret]
    );
    assert_eq!(found("[{kind: ConfigMap, name: db-main}]"), [account, secret]);
}

#[test]
fn a_chart_speaks_for_itself() {
    let files = [
        ("plimsoll.yaml", "presets: none\nrules: {latest-tag: on}\n"),
        ("a/Chart.yaml", "apiVersion: v2\nname: a\nversion: 1.0.0\n"),
        ("a/templates/web.yaml", &deployment("web", "dev")),
        (
            "a/.plimsoll.yaml",
            "rules: {latest-tag: error}\noverrides: [{paths: templates/web.yaml, rules: {bare-pod: on}}]\n",
        ),
        ("b/Chart.yaml", "apiVersion: v2\nname: b\nversion: 1.0.0\n"),
        ("b/templates/web.yaml", &deployment("web", "dev")),
        (
            "b/.plimsoll.yaml",
            "ignore: [{rules: latest-tag, reason: built here}, {rules: unknown-field, reason: none}]\n",
        ),
    ];
    let folder = project(&files);
    assert_eq!(
        check(folder.path(), &[]).0,
        [
            "a/templates/web.yaml:12 latest-tag error",
            "b/.plimsoll.yaml:1 unused-suppression warning"
        ]
    );
    let (found, code) = check(folder.path(), &["--no-config", "--rules", "latest-tag"]);
    assert_eq!((found.len(), code), (2, 0));
    fs::write(folder.path().join("b/.plimsoll.yaml"), "pss: restricted\n").expect("a file");
    assert_eq!(
        check(folder.path(), &[]),
        (
            vec!["b/.plimsoll.yaml:1 invalid-configuration error".to_owned()],
            2
        )
    );
}

#[test]
fn all_mistakes_are_told_at_once_with_what_was_meant() {
    let config = "\
preset: [default]
presets: [secuirty]
rules:
  latest-tga: error
  latest-tag: eror
  security: on
  image: off
  minimum-three-replicas: {severity: bad, atleast: 3}
  yaml-syntax: off
overrides:
  - {kind: [Deployment], rules: {latest-tag: off}}
  - {kinds: [Deplyment], rules: {latest-tag: off}}
  - {paths: ['[']}
ignore:
  - {rules: latest-tag}
  - {rules: no-such-rule-at-all, reason: x, until: tomorrow}
kubernetes: ['1.2', new]
pss: strict
complete: maybe
fail-on: eror
";
    let folder = project(&[("plimsoll.yaml", config)]);
    let output = call(folder.path(), &["check"]);
    assert_eq!(output.status.code(), Some(2));
    let shown = String::from_utf8(output.stdout).expect("text");
    let told: Vec<&str> = shown
        .lines()
        .filter_map(|line| {
            let line = line.trim_start();
            let message = line.strip_prefix("error[invalid-configuration]: ");
            message
                .or_else(|| line.strip_prefix("= help: "))
                .or_else(|| line.strip_prefix("--> plimsoll.yaml:"))
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_file_that_is_no_yaml_is_told() {
    for (text, place) in [
        ("rules: [\n", "plimsoll.yaml:1 yaml-syntax error"),
        (
            "rules: {a: on}\nrules: {}\n",
            "plimsoll.yaml:2 duplicate-key error",
        ),
        ("- rules\n", "plimsoll.yaml:1 invalid-configuration error"),
        ("{}\n---\n{}\n", "plimsoll.yaml:3 invalid-configuration error"),
    ] {
        let folder = project(&[("plimsoll.yaml", text)]);
        let (found, code) = check(folder.path(), &[]);
        assert!(
            found.contains(&place.to_owned()) && code == 2,
            "{text}: {found:?} {code}"
        );
    }
    for text in ["", "# nothing\n", "{}\n"] {
        let folder = project(&[("plimsoll.yaml", text)]);
        assert_eq!(check(folder.path(), &[]), (Vec::new(), 0));
    }
}
