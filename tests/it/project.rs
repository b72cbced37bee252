//! Releases and environments of a `plimsoll.yaml`, as a user writes and checks them.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use tempfile::TempDir;

use crate::support::{plimsoll, project};

/// What a call prints on both streams, and its exit code.
pub(crate) fn call(folder: &Path, args: &[&str]) -> String {
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

/// A Deployment whose replicas, image and namespace are values.
const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec:
      containers:
        - name: app
          image: {{ .Values.image }}
          envFrom: [{configMapRef: {name: shared}}]
";

const CHART: &str = "apiVersion: v2\nname: app\nversion: 1.0.0\n";

/// A project of one chart.
pub(crate) fn app(config: &str, files: &[(&str, &str)]) -> TempDir {
    let mut all = vec![
        ("plimsoll.yaml", config),
        ("app/Chart.yaml", CHART),
        ("app/values.yaml", "replicas: 2\nimage: a:1\n"),
        ("app/templates/app.yaml", DEPLOYMENT),
    ];
    all.extend(files);
    project(&all)
}

#[test]
fn what_environments_share_is_told_once_with_their_names() {
    let config = "\
rules: {latest-tag: on}
presets: none
defaults: {namespace: 'shop-{{ env }}'}
environments: {a: , b: , c: {values: fixed.yaml}, d: {rules: {latest-tag: off}}, e: {rules: {latest-tag: error}}}
releases: [{name: web, chart: app, values: web.yaml}, {name: api, chart: app, environments: [a, b, c]}]
";
    let files = [
        ("web.yaml", "image: web:latest\n"),
        ("fixed.yaml", "image: b:2\n"),
    ];
    let folder = app(config, &files);
    assert_snapshot!(call(folder.path(), &["check"]));
    assert_snapshot!(call(
        folder.path(),
        &["check", "--format", "github", "-e", "b,c", "-l", "name=web"]
    ));
}

#[test]
fn charts_and_values_files_that_are_not_there_are_told_where_they_are_named() {
    let config = "\
presets: none
environments: [dev, prod]
releases:
  - {name: web, chart: ap}
  - {name: far, chart: 'oci://registry.example.com/web'}
  - {name: api, chart: app, values: ['values/{{ env }}.yaml']}
  - {name: db, chart: app, values: ['values-{{ env }}.yaml', 'db-{{ env }}.yaml'], ignore-missing-value-files: true}
";
    let folder = app(
        config,
        &[("values/prd.yaml", ""), ("values-dev.yaml", "replicas: 3\n")],
    );
    assert_snapshot!(told(&call(folder.path(), &["check"])));
}

#[test]
fn what_another_release_brings_is_there() {
    let config = "\
complete: true
presets: none
rules: {references: on}
environments: [dev, prod]
releases:
  - {name: web, chart: app, needs: shared}
  - {name: shared, chart: manifests, environments: [dev, prod]}
";
    let shared = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shared}\n";
    let folder = app(config, &[("manifests/shared.yaml", shared)]);
    assert_snapshot!(call(folder.path(), &["check"]));
    let other = shared.replace("name: shared", "name: shared, namespace: other");
    fs::write(folder.path().join("manifests/shared.yaml"), other).expect("a file");
    assert_snapshot!(told(&call(folder.path(), &["check"])));
}

#[test]
fn what_is_chosen_is_checked_and_nothing_is_an_error() {
    let config = "\
presets: none
environments: [dev, prod-1, prod-2]
releases:
  - {name: web, chart: app, labels: {team: shop}}
  - {name: api, chart: app, labels: {team: shop, tier: front}, environments: [dev]}
";
    let folder = app(config, &[]);
    let calls: [&[&str]; 12] = [
        &["-e", "prod-*"],
        &["-e", "dev", "-l", "team=shop,tier!=front"],
        &["-l", "name=api", "-l", "name=web"],
        &["-e", "pord-1"],
        &["-l", "tier=frnot"],
        &["-l", "taem=shop"],
        &["-l", "shop"],
        &["-e", "prod-1", "-l", "name=api"],
        &["-e", "dev", "app"],
        &["--name", "x"],
        &["app"],
        &["--no-config", "-e", "dev"],
    ];
    let told: Vec<String> = calls
        .iter()
        .map(|args| {
            let all = [&["check"], *args].concat();
            format!("{}: {}", args.join(" "), call(folder.path(), &all).trim())
        })
        .collect();
    assert_snapshot!(told.join("\n"));
}

#[test]
fn what_was_known_is_known_in_each_environment() {
    let config = "\
presets: none
rules: {latest-tag: on}
environments: {dev: {set: 'image=a:latest'}, prod: {set: image=a:1}}
releases: [{name: web, chart: app}]
";
    let folder = app(config, &[]);
    let (write, read) = (
        ["check", "--write-baseline", "known"],
        ["check", "--baseline", "known"],
    );
    call(folder.path(), &write);
    assert_snapshot!(call(folder.path(), &read));
    fs::write(
        folder.path().join("plimsoll.yaml"),
        config.replace("a:1", "a:latest"),
    )
    .expect("a file");
    assert_snapshot!(call(folder.path(), &read));
}

#[test]
fn reports_of_a_project_do_not_depend_on_threads() {
    let check = |threads: &str| {
        let folder = crate::support::root().join("fixtures/project");
        let output = plimsoll(&["check", "--rules", "all", "--format", "json"])
            .current_dir(folder)
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .expect("the binary starts");
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let problems: Vec<String> = crate::support::schema("report.schema.json")
            .iter_errors(&report)
            .map(|error| error.to_string())
            .collect();
        assert!(problems.is_empty(), "{problems:?}");
        assert!(report["findings"].as_array().is_some_and(|all| all.len() > 5));
        output.stdout
    };
    let alone = check("1");
    assert!(alone == check("2") && alone == check("8"));
}
