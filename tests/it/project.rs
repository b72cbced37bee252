//! Releases and environments of a `plimsoll.yaml`, as a user writes and checks them.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;
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

/// What a call prints on both streams, and its exit code.
fn call(folder: &Path, args: &[&str]) -> String {
    let output = plimsoll(args).current_dir(folder).output().expect("it starts");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    format!(
        "{}{}[{}]",
        text(&output.stdout),
        text(&output.stderr),
        output.status.code().expect("it ends")
    )
}

/// What is said of a call, without excerpts: `file:line:column message; help`.
fn told(shown: &str) -> String {
    let lines = shown.lines().filter_map(|line| {
        let line = line.trim_start();
        let message = line.starts_with("error[") || line.starts_with("warning[");
        let is_told = message || line.starts_with("= help: ") || line.starts_with("--> ");
        is_told.then_some(line)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn mistakes_in_releases_and_environments_are_told_with_what_was_meant() {
    let config = "\
includes: [more.yaml, nowhere.yaml]
environments:
  prod: {kubernets: '1.36', rules: {latest-tga: off}}
  -dev:
default: {values: a.yaml}
releases:
  - name: Web
    chart: 'charts/{{ environment }}'
    values: ['values-{{ env }.yaml', '{{ .Environment.Name }}.yaml']
  - {name: api, charts: x}
";
    let more = "rules: {latest-tag: off}\nreleases: [{name: db, chart: db}]\n";
    let folder = project(&[("plimsoll.yaml", config), ("more.yaml", more)]);
    assert_snapshot!(told(&call(folder.path(), &["check"])));
}

#[test]
fn names_must_be_those_of_the_project() {
    let config = "\
includes: more.yaml
environments: [dev, prod]
releases:
  - {name: web, chart: web, environments: [dev, prdo], needs: db}
  - {name: api, chart: api, needs: [wbe, queue]}
";
    let more = "\
environments: [dev]
releases:
  - {name: db, chart: db, environments: {prod: }}
  - {name: web, chart: web}
";
    let folder = project(&[("plimsoll.yaml", config), ("more.yaml", more)]);
    assert_snapshot!(told(&call(folder.path(), &["check"])));
    let circle = "\
releases:
  - {name: a, chart: a, needs: [c]}
  - {name: b, chart: b, needs: [a]}
  - {name: c, chart: c, needs: [b]}
";
    let folder = project(&[("plimsoll.yaml", circle)]);
    assert_snapshot!(told(&call(folder.path(), &["check"])));
}
