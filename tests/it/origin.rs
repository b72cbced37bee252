//! Findings in what a chart renders to are at the lines that a person must change.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{check_json, files_below, root};

const CHART: &str = "fixtures/origin/shop";

/// Whose containers and references lack something.
const LACKING: &str = "fixtures/origin/lacking";

fn findings() -> Vec<Value> {
    let report = check_json(&[CHART, "--rules", "invalid-image-reference"]);
    report["findings"].as_array().expect("an array").clone()
}

fn place(location: &Value) -> (String, u64) {
    let file = location["file"].as_str().expect("a file");
    (file.to_owned(), location["line"].as_u64().unwrap_or(0))
}

/// The lines of a chart that end in `# values` or `# template`.
fn marked(chart: &str) -> BTreeSet<(String, u64)> {
    let files = ["yaml", "tpl"].map(|extension| files_below(&root().join(chart), extension));
    let mut marked = BTreeSet::new();
    for file in files.iter().flatten() {
        let text = std::fs::read_to_string(file).expect("readable");
        let name = file
            .strip_prefix(root())
            .expect("below the root")
            .display()
            .to_string();
        let lines = (1..).zip(text.lines());
        let is_marked = |line: &str| line.ends_with("# values") || line.ends_with("# template");
        marked.extend(
            lines
                .filter(|(_, line)| is_marked(line))
                .map(|(number, _)| (name.clone(), number)),
        );
    }
    marked
}

#[test]
fn the_first_place_is_the_line_to_change() {
    let found: BTreeSet<_> = findings()
        .iter()
        .map(|finding| place(&finding["location"]))
        .collect();
    assert_eq!(found, marked(CHART));
}

#[test]
fn what_is_missing_is_at_the_empty_value_and_a_name_where_it_is_asked_for() {
    let report = check_json(&[LACKING, "--rules", "unset-requests,statefulset-servicename"]);
    let findings = report["findings"].as_array().expect("an array");
    let found: BTreeSet<_> = findings
        .iter()
        .map(|finding| place(&finding["location"]))
        .collect();
    assert_eq!(found, marked(LACKING));
    assert_eq!(findings.len(), 3, "one finding a line");
    let folded: Vec<&Value> = findings
        .iter()
        .filter(|finding| !finding["also"].is_null())
        .collect();
    assert_eq!(folded.len(), 1, "{findings:?}");
    assert_eq!(folded[0]["object"]["name"], "export");
    assert_eq!(folded[0]["also"][0]["object"]["name"], "mail");
    assert_ne!(folded[0]["also"][0]["fingerprint"], folded[0]["fingerprint"]);
}

#[test]
fn the_way_leads_from_there_to_what_was_rendered() {
    for finding in findings() {
        let role = finding["location"]["role"].as_str();
        assert!(matches!(role, Some("values" | "template")), "{finding}");
        let related = finding["related"].as_array().expect("an array");
        let roles: Vec<&str> = related
            .iter()
            .filter_map(|place| place["location"]["role"].as_str())
            .collect();
        let has_template = role == Some("template") || roles.contains(&"template");
        assert!(has_template, "{finding}");
        // A template that failed printed nothing.
        let is_failed = finding["rule"] == "template-error";
        assert_eq!(roles.last() == Some(&"rendered"), !is_failed, "{finding}");
    }
    let strategy = findings()
        .into_iter()
        .find(|finding| finding["field"] == "spec.strategy.rollingUpdat")
        .expect("the finding in the helper");
    let include = &strategy["related"][0];
    assert_eq!(include["location"]["role"], "include");
    assert_eq!(
        place(&include["location"]),
        (format!("{CHART}/templates/deployment.yaml"), 12)
    );
}

#[test]
fn a_flag_is_a_place() {
    let report = check_json(&[CHART, "--set", "replicas=many"]);
    let findings = report["findings"].as_array().expect("an array");
    let replicas = findings
        .iter()
        .find(|finding| finding["field"] == "spec.replicas")
        .expect("a finding");
    assert_eq!(replicas["location"]["file"], "--set");
}
