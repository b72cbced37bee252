//! Only what is new: against another commit, and against a baseline file.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::{plimsoll, root};

/// A repository with one commit on `main`, and its work tree.
struct Repository(tempfile::TempDir);

impl Repository {
    fn with(files: &[(&str, &str)]) -> Self {
        let repository = Self(tempfile::tempdir().expect("a folder"));
        repository.git(&["init", "-q", "-b", "main"]);
        repository.write(files);
        repository.commit();
        repository
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn git(&self, args: &[&str]) -> Output {
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .args(args)
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .output()
            .expect("git runs");
        assert!(output.status.success(), "{args:?}: {output:?}");
        output
    }

    fn write(&self, files: &[(&str, &str)]) {
        for (name, text) in files {
            let path = self.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
            fs::write(path, text).expect("writable");
        }
    }

    fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "a"]);
    }

    fn run(&self, args: &[&str]) -> Output {
        plimsoll(args)
            .current_dir(self.path())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .output()
            .expect("the binary starts")
    }

    /// The findings of two rules as `rule file object`, and how many were known.
    fn check(&self, args: &[&str]) -> (Vec<String>, u64) {
        let all = [&["check", "--format", "json", "--rules", "latest-tag"], args].concat();
        let output = self.run(&all);
        let report: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{args:?}: {}", String::from_utf8_lossy(&output.stderr)));
        let findings = report["findings"].as_array().expect("an array");
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let line = |finding: &Value| {
            let (file, name) = (&finding["location"]["file"], &finding["object"]["name"]);
            format!("{} {} {}", word(&finding["rule"]), word(file), word(name))
        };
        (
            findings
                .iter()
                .map(line)
                .filter(|line| !line.starts_with("duplicate-resource"))
                .collect(),
            report["summary"]["known"].as_u64().expect("a number"),
        )
    }

    /// What a call that cannot be done says.
    fn refusal(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        String::from_utf8(output.stderr).expect("text")
    }
}

fn pod(name: &str, image: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\nspec:\n  containers:\n    - name: web\n      image: {image}\n"
    )
}

fn old(reference: &str) -> [&str; 2] {
    ["--new-since", reference]
}

#[test]
fn only_what_a_branch_brings() {
    let repository = Repository::with(&[("deploy/a.yaml", &pod("a", "shop:latest"))]);
    repository.git(&["checkout", "-q", "-b", "branch"]);
    assert_eq!(repository.check(&old("main")), (vec![], 1), "nothing changed");
    // Other lines, another object, and the same mistake once more: only what is new counts.
    let text = format!(
        "# a comment\n{}{}",
        pod("b", "shop:latest"),
        pod("a", "shop:latest")
    );
    repository.write(&[("deploy/a.yaml", &text), ("more/c.yaml", &pod("c", "shop"))]);
    let new = vec![
        "latest-tag deploy/a.yaml b".to_owned(),
        "latest-tag more/c.yaml c".to_owned(),
    ];
    assert_eq!(repository.check(&old("main")), (new, 1));
    assert_eq!(
        repository.check(&["--new-since", "main", "more/c.yaml"]),
        (vec!["latest-tag more/c.yaml c".to_owned()], 0),
        "a path that was not there"
    );
    let absolute = repository.path().join("deploy").canonicalize().expect("a folder");
    let (new, known) = repository.check(&["--new-since", "main", absolute.to_str().expect("text")]);
    assert_eq!((new.len(), known), (1, 1), "a path from the root");
    // What main did since is not ours: the merge base counts.
    repository.commit();
    repository.git(&["checkout", "-q", "main"]);
    repository.write(&[("deploy/a.yaml", &pod("a", "shop:1.2.3"))]);
    repository.commit();
    repository.git(&["checkout", "-q", "branch"]);
    assert_eq!(repository.check(&old("main")).1, 1);
}

#[test]
fn as_often_as_it_was_and_where_it_was() {
    let twice = format!("{}{}", pod("a", "shop"), pod("a", "shop"));
    let repository = Repository::with(&[
        ("dev.yaml", &pod("a", "shop")),
        ("prod.yaml", &pod("a", "shop:1")),
    ]);
    repository.write(&[("dev.yaml", &twice)]);
    assert_eq!(
        repository.check(&old("HEAD")),
        (vec!["latest-tag dev.yaml a".to_owned()], 2),
        "once more of the same"
    );
    repository.write(&[
        ("dev.yaml", &pod("a", "shop:1")),
        ("prod.yaml", &pod("a", "shop")),
    ]);
    assert_eq!(
        repository.check(&old("HEAD")),
        (vec!["latest-tag prod.yaml a".to_owned()], 1),
        "mended here, new there"
    );
    fs::rename(
        repository.path().join("dev.yaml"),
        repository.path().join("test.yaml"),
    )
    .expect("renamed");
    repository.write(&[
        ("test.yaml", &pod("a", "shop")),
        ("prod.yaml", &pod("a", "shop:1")),
    ]);
    assert_eq!(repository.check(&old("HEAD")), (vec![], 1), "the object moved");
}

#[test]
fn a_chart_is_rendered_with_the_values_of_then() {
    let chart = [
        ("shop/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
        ("shop/values.yaml", "tag: \"1.0\"\n"),
        ("prod.yaml", "tag: latest\n"),
        (
            "shop/templates/pod.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: shop}\nspec:\n  containers:\n    - {name: web, image: \"shop:{{ .Values.tag }}\"}\n",
        ),
    ];
    let repository = Repository::with(&chart);
    let prod = ["--new-since", "HEAD", "shop", "-f", "prod.yaml"];
    assert_eq!(repository.check(&prod), (vec![], 1));
    repository.git(&["rm", "-q", "--cached", "prod.yaml"]);
    repository.git(&["commit", "-q", "-m", "a"]);
    let new = "latest-tag prod.yaml shop".to_owned();
    assert_eq!(
        repository.check(&prod),
        (vec![new], 0),
        "a values file that is new"
    );
    let template = [
        "--new-since",
        "HEAD",
        "shop/templates/pod.yaml",
        "-f",
        "prod.yaml",
    ];
    assert_eq!(
        repository.check(&template).0.len(),
        1,
        "a file of a chart means the chart"
    );
}

#[test]
fn nothing_is_touched_and_nothing_is_left() {
    let repository = Repository::with(&[("a.yaml", &pod("a", "shop"))]);
    repository.write(&[("a.yaml", &pod("b", "shop")), ("new.yaml", "a: 1\n")]);
    let state = || {
        let index = fs::read(repository.path().join(".git/index")).expect("an index");
        (index, repository.git(&["status", "--porcelain"]).stdout)
    };
    let before = state();
    let temporary = tempfile::tempdir().expect("a folder");
    let output = plimsoll(&["check", "--new-since", "HEAD"])
        .current_dir(repository.path())
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("TMPDIR", temporary.path())
        .output()
        .expect("the binary starts");
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("older than HEAD"),
        "{output:?}"
    );
    assert_eq!(state(), before);
    assert_eq!(fs::read_dir(temporary.path()).expect("readable").count(), 0);
}

#[cfg(unix)]
#[test]
fn links_lead_nowhere_else() {
    let outside = tempfile::tempdir().expect("a folder");
    fs::write(outside.path().join("secret.yaml"), pod("a", "shop")).expect("writable");
    let repository = Repository::with(&[("sub/b.yaml", &pod("b", "shop"))]);
    let link = |target: &Path, name: &str| {
        std::os::unix::fs::symlink(target, repository.path().join(name)).expect("a link");
    };
    link(outside.path(), "out");
    link(Path::new("sub"), "inside");
    link(Path::new("inside/../.."), "above");
    repository.commit();
    fs::remove_file(repository.path().join("above")).expect("removed");
    let (new, known) = repository.check(&old("HEAD"));
    assert_eq!(
        (new, known),
        (vec!["latest-tag out/secret.yaml a".to_owned()], 3),
        "what lies outside has no older version"
    );
}

#[test]
fn what_cannot_be_compared_is_said() {
    let repository = Repository::with(&[("a.yaml", &pod("a", "shop"))]);
    let said = repository.refusal(&["check", "--new-since", "origin/main"]);
    assert!(said.contains("no commit is called `origin/main`"), "{said}");
    let said = repository.refusal(&["check", "--new-since=--output=x"]);
    assert!(said.contains("--output=x"), "{said}");
    let said = repository.refusal(&["check", "-", "--new-since", "HEAD"]);
    assert!(said.contains("`-`"), "{said}");
    let elsewhere = root().join("charts");
    let said = repository.refusal(&[
        "check",
        ".",
        elsewhere.to_str().expect("text"),
        "--new-since",
        "HEAD",
    ]);
    assert!(said.contains("not in the repository"), "{said}");
    let said = repository.refusal(&["check", "--new-since", "HEAD", "--baseline", "b"]);
    assert!(said.contains("cannot be used with"), "{said}");

    let none = plimsoll(&["check", "--new-since", "HEAD"])
        .current_dir(repository.path())
        .env("PATH", "/nonexistent")
        .output()
        .expect("the binary starts");
    assert!(
        String::from_utf8_lossy(&none.stderr).contains("`git` does not run"),
        "{none:?}"
    );

    let bare = tempfile::tempdir().expect("a folder");
    let output = plimsoll(&["check", "--new-since", "HEAD"])
        .current_dir(bare.path())
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("GIT_CEILING_DIRECTORIES", bare.path().parent().expect("a parent"))
        .output()
        .expect("the binary starts");
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("is in no git repository"),
        "{output:?}"
    );

    // Two histories that do not meet, whole and cut off.
    repository.git(&["checkout", "-q", "--orphan", "other"]);
    repository.write(&[("a.yaml", &pod("other", "shop"))]);
    repository.commit();
    let said = repository.refusal(&["check", "--new-since", "main"]);
    assert!(said.contains("no commit in common"), "{said}");
    let clone = Repository(tempfile::tempdir().expect("a folder"));
    let from = format!("file://{}", repository.path().display());
    clone.git(&["clone", "-q", "--depth", "1", "--no-single-branch", &from, "."]);
    let said = clone.refusal(&["check", "--new-since", "origin/main"]);
    assert!(said.contains("shallow"), "{said}");
}

#[test]
fn a_baseline_shrinks() {
    let repository = Repository::with(&[("a.yaml", &pod("a", "shop")), ("b.yaml", &pod("b", "shop"))]);
    let output = repository.run(&["check", "--rules", "latest-tag", "--write-baseline", "known.json"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = fs::read_to_string(repository.path().join("known.json")).expect("written");
    let schema = fs::read_to_string(root().join("schemas/baseline.schema.json")).expect("readable");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let written: Value = serde_json::from_str(&text).expect("JSON");
    assert!(jsonschema::is_valid(&schema, &written), "{text}");
    assert_eq!(text.lines().count(), 7, "one line an entry: {text}");

    let beside = ["--baseline", "known.json", "."];
    assert_eq!(repository.check(&beside), (vec![], 2));
    repository.write(&[
        ("a.yaml", &pod("a", "shop:1.2")),
        ("b.yaml", &pod("b", "shop:latest")),
    ]);
    let unused = "unused-baseline-entry known.json ".to_owned();
    let (found, known) = repository.check(&beside);
    assert_eq!(
        found.iter().filter(|line| **line == unused).count(),
        2,
        "{found:?}"
    );
    assert_eq!(
        (found.len(), known),
        (3, 0),
        "another word is another finding: {found:?}"
    );
    let (found, _) = repository.check(&["--baseline", "known.json", "a.yaml"]);
    assert_eq!(found, [unused], "b.yaml was not looked at");
    let output = repository.run(&["check", "--rules", "none", "--baseline", "known.json"]);
    let said = String::from_utf8(output.stdout).expect("text");
    assert!(
        said.contains("nothing new found"),
        "a rule that did not run is not judged: {said}"
    );
}

#[test]
fn a_diff_against_the_merge_base() {
    let repository = Repository::with(&[
        ("shop/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
        ("shop/values.yaml", "tag: \"1.0\"\n"),
        ("prod.yaml", "tag: \"1.1\"\n"),
        (
            "shop/templates/pod.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: shop}\nspec:\n  containers:\n    - {name: web, image: \"shop:{{ .Values.tag }}\"}\n",
        ),
    ]);
    let diff = |args: &[&str]| {
        let output = repository.run(&[&["diff", "--base", "main", "--exit-code"], args].concat());
        (
            output.status.code(),
            String::from_utf8(output.stdout).expect("text"),
        )
    };
    let prod = ["shop", "-f", "prod.yaml"];
    assert_eq!(diff(&prod), (Some(0), "no difference in 1 object\n".to_owned()));
    repository.write(&[("prod.yaml", "tag: \"1.2\"\n"), ("new/b.yaml", &pod("b", "shop"))]);
    let (code, text) = diff(&prod);
    assert_eq!(code, Some(1));
    assert!(text.contains("shop:1.1 → shop:1.2"), "{text}");
    assert!(
        diff(&["shop"]).1.starts_with("no difference"),
        "the default values are the same"
    );
    assert!(
        diff(&["new"]).1.starts_with("1 added"),
        "a path that was not there"
    );
    let said = repository.refusal(&["diff", "--base", "main", "shop", "new"]);
    assert!(said.contains("name one"), "{said}");
    let said = repository.refusal(&["diff", "shop"]);
    assert!(said.contains("--base REF"), "{said}");
}

#[test]
fn releases_of_a_project_are_compared_with_those_of_then() {
    let project = |environments: &str| {
        format!(
            "environments: {{{environments}}}\nreleases: [{{name: web, chart: app, values: 'values-{{{{ env }}}}.yaml'}}]\n"
        )
    };
    let before = project("dev: , prod: ");
    let pod = pod("{{ .Release.Name }}", "{{ .Values.image }}");
    let repository = Repository::with(&[
        ("plimsoll.yaml", &before),
        ("app/Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\n"),
        ("app/templates/pod.yaml", &pod),
        ("values-dev.yaml", "image: web:latest\n"),
        ("values-prod.yaml", "image: web:1\n"),
    ]);
    assert_eq!(repository.check(&old("HEAD")), (vec![], 1), "nothing changed");
    let (told, known) = repository.check(&[]);
    assert_eq!((told.len(), known), (1, 0), "{told:?}");
    // What one environment knew is new in another, and in one that was not there.
    repository.write(&[
        ("plimsoll.yaml", &project("dev: , prod: , next: ")),
        ("values-prod.yaml", "image: web:latest\n"),
        ("values-next.yaml", "image: web:latest\n"),
    ]);
    let (told, known) = repository.check(&old("HEAD"));
    assert_eq!((told.len(), known), (2, 1), "{told:?}");
    let (told, known) = repository.check(&[&old("HEAD")[..], &["-e", "next"]].concat());
    assert_eq!((told.len(), known), (1, 0), "{told:?}");
}
