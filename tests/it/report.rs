//! The JSON report keeps its contract.

use serde_json::Value;

use crate::support::{check_json, schema};

#[test]
fn reports_match_their_schema() {
    let schema = schema("report.schema.json");
    for path in [
        "fixtures/broken",
        "fixtures/schema",
        "fixtures/manifests",
        "charts",
        "README.md",
    ] {
        let report = check_json(&[path]);
        let errors: Vec<String> = schema
            .iter_errors(&report)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{path}: {errors:?}");
    }
}

#[test]
fn the_schema_refuses_what_is_no_report() {
    let schema = schema("report.schema.json");
    let mut report = check_json(&["fixtures/broken"]);
    report["findings"][0]["severity"] = Value::from("fatal");
    assert!(!schema.is_valid(&report));
}

#[test]
fn counts_agree_with_the_findings() {
    let report = check_json(&["fixtures/broken"]);
    let findings = report["findings"].as_array().expect("an array");
    let errors = findings
        .iter()
        .filter(|finding| finding["severity"] == "error")
        .count();
    assert!(errors > 10);
    assert_eq!(report["summary"]["errors"], errors);
    assert_eq!(
        report["summary"]["objects"],
        report["objects"].as_array().expect("an array").len()
    );
}
