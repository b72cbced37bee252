//! Bad input is a finding: never a crash, never a hang, and never the end of the other files.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::support::{plimsoll, run_with_stdin};

const GOOD: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: good\n";

/// Checks a scratch folder that holds a good manifest beside what the test put there.
fn check(folder: &Path) -> Value {
    fs::write(folder.join("good.yaml"), GOOD).expect("writable");
    let path = folder.to_str().expect("a plain path");
    let output = plimsoll(&["check", "--format", "json", path])
        .output()
        .expect("the binary starts");
    let report = json(&output);
    let names = report["objects"]
        .as_array()
        .expect("an array")
        .iter()
        .map(|object| &object["name"]);
    assert!(
        names.into_iter().any(|name| name == "good"),
        "the good file was not checked: {report}"
    );
    report
}

fn json(output: &Output) -> Value {
    assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
    serde_json::from_slice(&output.stdout).expect("the report is JSON")
}

fn rules(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().expect("an array");
    findings
        .iter()
        .filter_map(|finding| finding["rule"].as_str())
        .collect()
}

#[test]
fn a_file_that_is_not_utf8() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("latin1.yaml"), b"name: caf\xe9\n").expect("writable");
    assert_eq!(rules(&check(folder.path())), ["unreadable-input"]);
}

#[test]
fn empty_and_comment_only_files() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("empty.yaml"), "").expect("writable");
    fs::write(
        folder.path().join("comment.yaml"),
        "# nothing\n---\n---\n# here\n",
    )
    .expect("writable");
    assert_eq!(rules(&check(folder.path())), Vec::<&str>::new());
}

#[cfg(unix)]
#[test]
fn a_folder_that_contains_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).expect("a link");
    assert_eq!(rules(&check(folder.path())), ["unreadable-input"]);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere() {
    let folder = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink("/nonexistent/file.yaml", folder.path().join("dangling.yaml"))
        .expect("a link");
    assert_eq!(rules(&check(folder.path())), ["unreadable-input"]);
}

#[cfg(unix)]
#[test]
fn a_link_out_of_a_chart() {
    let folder = tempfile::tempdir().expect("a folder");
    let templates = folder.path().join("chart/templates");
    fs::create_dir_all(&templates).expect("writable");
    fs::write(
        folder.path().join("chart/Chart.yaml"),
        "apiVersion: v2\nname: chart\nversion: 0.1.0\n",
    )
    .expect("writable");
    fs::write(folder.path().join("outside.txt"), GOOD.replace("good", "outside")).expect("writable");
    std::os::unix::fs::symlink(folder.path().join("outside.txt"), templates.join("linked.yaml"))
        .expect("a link");
    assert_eq!(rules(&check(folder.path())), ["link-out-of-chart"]);
}

#[test]
fn an_alias_bomb_of_a_gibibyte() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut bomb = String::from(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: bomb\na: &a [x, x, x, x, x, x, x, x, x, x]\n",
    );
    for (name, of) in ('b'..='i').zip('a'..='h') {
        bomb.push_str(&format!(
            "{name}: &{name} [{}]\n",
            vec![format!("*{of}"); 10].join(", ")
        ));
    }
    fs::write(folder.path().join("bomb.yaml"), bomb).expect("writable");
    assert!(rules(&check(folder.path())).contains(&"yaml-syntax"));
}

#[test]
fn deep_nesting() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("flow.yaml"), "[".repeat(200_000)).expect("writable");
    fs::write(folder.path().join("block.yaml"), "- ".repeat(200_000)).expect("writable");
    let mut steps = String::from("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: deep}\n");
    for depth in 0..3_000 {
        steps.push_str(&format!("{}a:\n", " ".repeat(depth)));
    }
    fs::write(folder.path().join("steps.yaml"), steps).expect("writable");
    assert!(!rules(&check(folder.path())).is_empty());
}

#[test]
fn every_truncation_of_a_manifest() {
    let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: &l {app: \"web\"}}\nspec:\n  selector:\n    matchLabels: *l\n  template:\n    metadata:\n      labels: *l\n    spec:\n      containers:\n        - name: |-\n            web\n          image: 'nginx:1'\n          ports: [{containerPort: 80}]\n";
    for end in (0..=text.len()).step_by(7) {
        let output = run_with_stdin(&["check", "--format", "json", "-"], &text.as_bytes()[..end]);
        json(&output);
    }
}

#[test]
fn objects_of_the_wrong_shape() {
    let shapes = ["null", "[]", "{}", "1", "\"text\"", "true", "[null]", "{a: [{}]}"];
    let kinds = [
        "apps/v1\nkind: Deployment",
        "v1\nkind: Service",
        "batch/v1\nkind: CronJob",
        "v1\nkind: List",
        "v1\nkind: Pod",
    ];
    for kind in kinds {
        for shape in shapes {
            for text in [
                format!("apiVersion: {kind}\nmetadata: {shape}\nspec: {shape}\nitems: {shape}\n"),
                format!(
                    "apiVersion: {kind}\nmetadata: {{name: a}}\nspec: {{template: {shape}, selector: {shape}, ports: {shape}, strategy: {shape}}}\n"
                ),
                format!(
                    "apiVersion: {kind}\nmetadata: {{name: a}}\nspec: {{template: {{metadata: {{labels: {shape}}}, spec: {{containers: {shape}}}}}}}\n"
                ),
                format!(
                    "apiVersion: {kind}\nmetadata: {{name: a}}\nspec: {{template: {{spec: {{containers: [{shape}, {{ports: {shape}, livenessProbe: {shape}, resources: {shape}, image: {shape}}}]}}}}}}\n"
                ),
            ] {
                let report = json(&run_with_stdin(
                    &["check", "--format", "json", "-"],
                    text.as_bytes(),
                ));
                assert!(!rules(&report).contains(&"internal-error"), "{text}");
            }
        }
    }
}

#[test]
fn a_path_that_does_not_exist_is_a_wrong_call() {
    let output = plimsoll(&["check", "no/such/path"])
        .output()
        .expect("the binary starts");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: `no/such/path` does not exist\n"
    );
}

fn definition(rules: &str, properties: &str) -> String {
    format!(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: loops.hostile.example.com}}\nspec:\n  group: hostile.example.com\n  names: {{kind: Loop, plural: loops}}\n  scope: Namespaced\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          spec:\n            type: object\n            properties: {properties}\n            x-kubernetes-validations: {rules}\n"
    )
}

#[test]
fn a_rule_that_costs_too_much() {
    let folder = tempfile::tempdir().expect("a folder");
    let definition = definition(
        "[{rule: 'self.l.all(a, self.l.all(b, self.l.all(c, a + b + c > 0)))'}]",
        "{l: {type: array, items: {type: integer}}}",
    );
    let items = vec!["1"; 200].join(", ");
    let object = format!(
        "apiVersion: hostile.example.com/v1\nkind: Loop\nmetadata: {{name: l}}\nspec: {{l: [{items}]}}\n"
    );
    fs::write(folder.path().join("crd.yaml"), definition).expect("writable");
    fs::write(folder.path().join("object.yaml"), object).expect("writable");
    let report = check(folder.path());
    let findings = report["findings"].as_array().expect("an array");
    let named = findings.iter().find(|finding| finding["rule"] == "invalid-value");
    let message = named
        .map(|finding| finding["message"].to_string())
        .unwrap_or_default();
    assert!(message.contains("actual cost limit exceeded"), "{report}");
}

#[test]
fn rules_that_are_too_long_or_too_deep() {
    let folder = tempfile::tempdir().expect("a folder");
    let rules = [
        "(".repeat(5_000),
        vec!["self.a"; 3_000].join("+"),
        "!".repeat(100_000),
    ];
    let rules: Vec<String> = rules.iter().map(|rule| format!("{{rule: \"{rule}\"}}")).collect();
    let definition = definition(&format!("[{}]", rules.join(", ")), "{a: {type: integer}}");
    fs::write(folder.path().join("crd.yaml"), definition).expect("writable");
    assert_eq!(rules_of(&check(folder.path()), "rule-not-checked"), 3);
}

fn rules_of(report: &Value, rule: &str) -> usize {
    rules(report).into_iter().filter(|found| *found == rule).count()
}

#[test]
fn a_definition_without_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut schema = String::from("{type: string}");
    for _ in 0..200 {
        schema = format!("{{type: object, properties: {{a: {schema}}}}}");
    }
    fs::write(
        folder.path().join("crd.yaml"),
        definition(
            "[{rule: 'self.a.a.a == self.a.a.a'}]",
            &format!("{{a: {schema}}}"),
        ),
    )
    .expect("writable");
    let looped = definition("[]", "&p {a: {type: object, properties: *p}}");
    fs::write(folder.path().join("looped.yaml"), looped).expect("writable");
    assert!(!rules(&check(folder.path())).is_empty());
}

#[test]
fn a_config_map_of_fifty_megabytes_and_a_hundred_thousand_labels() {
    let folder = tempfile::tempdir().expect("a folder");
    let large = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: large}}\ndata:\n  a: {}\n",
        "x".repeat(50 << 20)
    );
    fs::write(folder.path().join("large.yaml"), large).expect("writable");
    let mut many = String::from("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: many\n  labels:\n");
    for label in 0..100_000 {
        many.push_str(&format!("    l{label}: v\n"));
    }
    fs::write(folder.path().join("many.yaml"), many).expect("writable");
    assert!(!rules(&check(folder.path())).is_empty());
}
