//! What a person and a machine are told of a rollout before it begins.

use std::path::PathBuf;

use serde_json::Value;

use crate::support::{root, run, schema};

/// Every case below `fixtures/forecast`: manifests, and beside them what is forecast.
fn cases() -> Vec<PathBuf> {
    let folder = root().join("fixtures/forecast");
    let mut cases = crate::support::files_below(&folder, "yaml");
    cases.sort();
    assert!(cases.len() >= 10, "only {} cases found", cases.len());
    cases
}

fn forecast(args: &[&str]) -> String {
    let mut all = vec!["forecast"];
    all.extend(args);
    let output = run(&all);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("text")
}

fn json(args: &[&str]) -> Value {
    let mut all = vec!["--format", "json"];
    all.extend(args);
    serde_json::from_str(&forecast(&all)).expect("JSON")
}

#[test]
fn every_case_reads_as_expected() {
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    for case in cases() {
        let path = case.strip_prefix(root()).expect("below the root");
        let found = forecast(&[path.to_str().expect("a plain path")]);
        let beside = case.with_extension("txt");
        if update {
            std::fs::write(&beside, &found).expect("writable");
        }
        let expected = std::fs::read_to_string(&beside).expect("what is expected");
        assert_eq!(found, expected, "{}", case.display());
    }
}

/// The example charts, with their figures calculated by hand.
#[test]
fn the_figures_of_the_example_charts_are_right() {
    let figures = |chart: &str, kind: &str, name: &str| -> Value {
        let report = json(&[chart]);
        let forecasts = report["forecasts"].as_array().expect("a list");
        let found = forecasts
            .iter()
            .find(|forecast| forecast["object"]["kind"] == kind && forecast["object"]["name"] == name);
        found.expect("the object")["figures"].clone()
    };
    let is = |figures: &Value, name: &str, value: i64| {
        assert_eq!(figures[name]["value"], value, "{name}: {figures}");
    };
    let rolling = figures("charts/rolling-update", "Deployment", "release-name");
    // 25% of 4 is 1 extra, none may be missing: 4 waves. 30 × 2 s + 1 × 3 s + 10 s a wave, 40 s to stop.
    for (name, value) in [
        ("replicas", 4),
        ("surge", 1),
        ("unavailable", 0),
        ("peak", 5),
        ("leastAvailable", 4),
        ("waves", 4),
        ("secondsToAvailable", 73),
        ("secondsToStop", 40),
        ("longestSeconds", 4 * 73 + 40),
    ] {
        is(&rolling, name, value);
    }
    assert_eq!(rolling["extraCpu"]["value"], "100m");
    assert_eq!(rolling["extraMemory"]["value"], "128Mi");
    let blue_green = figures("charts/blue-green", "Service", "release-name");
    is(&blue_green, "replicas", 3);
    is(&blue_green, "peak", 6);
    let canary = json(&["charts/canary"]);
    let service = &canary["forecasts"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|forecast| forecast["strategy"] == "canary")
        .expect("the Service")["shares"];
    assert_eq!(service[0]["percent"], 90.0, "{service}");
    assert_eq!(service[1]["percent"], 10.0, "{service}");
}

#[test]
fn every_case_is_json_of_the_schema() {
    let validator = schema("forecast.schema.json");
    let mut strategies = std::collections::BTreeSet::new();
    let mut risks = std::collections::BTreeSet::new();
    let charts = [
        "charts/rolling-update",
        "charts/blue-green",
        "charts/canary",
        "charts/storefront",
    ];
    let cases = cases();
    let paths = cases
        .iter()
        .map(|case| case.to_str().expect("a plain path"))
        .chain(charts);
    for path in paths {
        let report = json(&[path]);
        let errors: Vec<String> = validator
            .iter_errors(&report)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new(), "{path}");
        let of = |forecast: &Value, list: &str, key: &str| -> Vec<String> {
            let items = forecast[list].as_array().expect("a list").iter();
            items
                .map(|item| item[key].as_str().expect("text").to_owned())
                .collect()
        };
        strategies.extend(of(&report, "forecasts", "strategy"));
        for forecast in report["forecasts"].as_array().expect("a list") {
            risks.extend(of(forecast, "risks", "name"));
        }
    }
    assert_eq!(
        strategies.len(),
        9,
        "not every strategy has a case: {strategies:?}"
    );
    assert!(risks.len() >= 12, "few risks have a case: {risks:?}");
    let empty = serde_json::json!({"version": 1, "forecasts": [{}]});
    assert!(!validator.is_valid(&empty), "the schema takes anything");
}

/// A change that restarts pods carries its forecast; so does a Service that goes over to another version.
#[test]
fn changes_carry_their_forecasts() {
    let diff = |args: &[&str]| -> Value {
        let mut all = vec!["diff", "--format", "json"];
        all.extend(args);
        let report: Value = serde_json::from_slice(&run(&all).stdout).expect("JSON");
        let validator = schema("diff.schema.json");
        let errors: Vec<String> = validator
            .iter_errors(&report)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors, Vec::<String>::new(), "{args:?}");
        report["changes"].clone()
    };
    let changes = diff(&[
        "charts/rolling-update",
        "charts/rolling-update",
        "--new-set",
        "image.tag=2.0.0",
    ]);
    let of = |changes: &Value, kind: &str| {
        let mut all = changes.as_array().expect("a list").iter();
        all.find(|change| change["object"]["kind"] == kind)
            .expect("the change")
            .clone()
    };
    let deployment = of(&changes, "Deployment");
    assert_eq!(deployment["impact"], "rolling-restart");
    assert_eq!(deployment["forecast"]["figures"]["peak"]["value"], 5);
    assert!(of(&changes, "PodDisruptionBudget").get("forecast").is_none());

    let changes = diff(&[
        "charts/blue-green",
        "charts/blue-green",
        "--new-set",
        "live=green",
    ]);
    let service = &of(&changes, "Service")["forecast"];
    assert_eq!(service["strategy"], "blue-green");
    assert_eq!(service["risks"], serde_json::json!([]));

    // The color that is to serve gets its new version in the same change.
    let changes = diff(&[
        "charts/blue-green",
        "charts/blue-green",
        "--new-set",
        "live=green,colors.green.tag=4.0.0",
    ]);
    let service = &of(&changes, "Service")["forecast"];
    assert_eq!(service["risks"][0]["name"], "switch-before-ready", "{service}");
}

#[test]
fn hostile_numbers_do_no_harm() {
    let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  replicas: 9223372036854775807\n  \
                minReadySeconds: 9223372036854775807\n  strategy: {rollingUpdate: {maxSurge: 9223372036854775807%, maxUnavailable: 1}}\n  \
                selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec:\n      \
                terminationGracePeriodSeconds: 9223372036854775807\n      containers: [{name: a, image: a, resources: {requests: {cpu: 9E}}, \
                startupProbe: {periodSeconds: 9223372036854775807, failureThreshold: 9223372036854775807}, readinessProbe: {}}]\n";
    for kind in ["Deployment", "StatefulSet", "DaemonSet"] {
        let text = text.replace("Deployment", kind).replace(
            "strategy",
            if kind == "Deployment" {
                "strategy"
            } else {
                "updateStrategy"
            },
        );
        let output = crate::support::run_with_stdin(&["forecast", "-"], text.as_bytes());
        assert_eq!(
            output.status.code(),
            Some(0),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let output = crate::support::run_with_stdin(
        &["forecast", "-"],
        text.replace("9223372036854775807", "-9223372036854775808")
            .as_bytes(),
    );
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
