//! `plimsoll values`: merged values and whose word each is.

use serde_json::Value;

use crate::support::{check_json, run, schema};

const CHARTS: [&[&str]; 4] = [
    &["charts/storefront", "-f", "charts/storefront/values-prod.yaml"],
    &["charts/echo", "--set", "global.x=1,cache.enabled=false"],
    &[
        "fixtures/values/imports",
        "-f",
        "fixtures/values/imports/values-prod.yaml",
    ],
    &[
        "fixtures/render/merge/chart",
        "-f",
        "fixtures/render/merge/cases/nulls.yaml",
    ],
];

fn values(args: &[&str]) -> String {
    let mut all = vec!["values"];
    all.extend(args);
    let output = run(&all);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{args:?}: {told}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn json(args: &[&str]) -> Value {
    let mut all = vec!["--format", "json"];
    all.extend(args);
    serde_json::from_str(&values(&all)).expect("JSON")
}

fn leaves(report: &Value) -> &Vec<Value> {
    report["values"].as_array().expect("a list")
}

/// What of a leaf or a layer says where it was written, and by whom.
fn origin(entry: &Value) -> Value {
    let keys = ["layer", "global", "file", "line", "column", "flag"];
    keys.iter().map(|key| entry[*key].clone()).collect()
}

#[test]
fn reports_follow_their_schema() {
    let validator = schema("merged-values.schema.json");
    for chart in CHARTS {
        let first = json(chart);
        let path = leaves(&first)[0]["path"].as_str().expect("text").to_owned();
        let explained = json(&[chart, &["--explain", &path]].concat());
        for report in [first, explained] {
            let errors: Vec<String> = validator
                .iter_errors(&report)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert_eq!(errors, Vec::<String>::new(), "{chart:?}");
        }
    }
}

/// Who wins is found twice, in ways that have nothing in common: by merging all layers, and by asking one after the other.
#[test]
fn the_last_layer_is_what_holds() {
    for chart in &CHARTS[..3] {
        for leaf in leaves(&json(chart)) {
            let path = leaf["path"].as_str().expect("text");
            let report = json(&[chart, &["--explain", path][..]].concat());
            let layers = report["explained"]["layers"].as_array().expect("a list");
            let last = layers.last().expect("a layer");
            // What nobody wrote is a mapping that merging made.
            if leaf["file"].is_null() && leaf["flag"].is_null() {
                continue;
            }
            assert_eq!(origin(last), origin(leaf), "{chart:?} {path}: {layers:#?}");
            assert_eq!(last["value"], leaf["value"], "{chart:?} {path}");
        }
    }
}

#[test]
fn printed_values_are_the_values() {
    // What the last chart does with nulls in imported values depends on the layer they are in.
    for chart in &CHARTS[..3] {
        let text = values(&[*chart, &["--show-secrets"]].concat());
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), &text).expect("written");
        let path = file.path().to_str().expect("a plain path");
        let pairs = |args: &[&str]| -> Vec<(Value, Value)> {
            let mut pairs: Vec<_> = leaves(&json(args))
                .iter()
                .map(|leaf| (leaf["path"].clone(), leaf["value"].clone()))
                // Null in a file deletes.
                .filter(|(_, value)| !value.is_null())
                .collect();
            pairs.sort_by_key(|(path, _)| path.to_string());
            pairs
        };
        // By itself it would lack the nulls that took something away.
        let again = pairs(&[*chart, &["-f", path, "--show-secrets"]].concat());
        assert_eq!(again, pairs(&[*chart, &["--show-secrets"]].concat()), "{chart:?}");
    }
}

#[test]
fn what_secrets_hold_is_masked() {
    let chart = "fixtures/values/imports";
    let secret = "c0ffee-c0ffee-c0ffee";
    let flag = &format!("base.token={secret}");
    for format in ["yaml", "json"] {
        for explain in [&[][..], &["--explain", "base.token"], &["--explain", "base"]] {
            let args = [&[chart, "--format", format], explain].concat();
            for args in [args.clone(), [args.as_slice(), &["--set", flag]].concat()] {
                let text = values(&args);
                assert!(
                    text.contains("******") && !text.contains(secret),
                    "{args:?}: {text}"
                );
                let shown = values(&[args.as_slice(), &["--show-secrets"]].concat());
                assert!(shown.contains(secret), "{args:?}: {shown}");
            }
        }
    }
}

#[test]
fn wrong_calls_are_told() {
    let told = |args: &[&str], code: i32| {
        let output = run(&[&["values"], args].concat());
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {told}");
        assert!(output.stdout.is_empty());
        told
    };
    assert!(told(&["charts"], 2).contains("charts: name one chart"));
    assert!(told(&["charts/echo", "--explain", "image.tga"], 2).contains("did you mean `image.tag`?"));
    assert!(told(&["charts/echo", "--explain", "a..b"], 2).contains("cannot be read"));
    assert!(told(&["charts/echo", "--set", "image=null"], 2).contains("--show-secrets"));
    assert!(told(&["charts/echo", "-f", "no-such-file.yaml"], 1).contains("no-such-file.yaml"));
}

/// What `--unused` says: its exit code, and the rule, line and help of each finding.
fn unused(args: &[&str]) -> (Option<i32>, Vec<(String, String, String)>) {
    let output = run(&[&["values", "--unused", "--format", "json"], args].concat());
    let report: Value = serde_json::from_slice(&output.stdout).expect("the report is JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let findings = report["findings"].as_array().expect("a list");
    let told = findings.iter().map(|finding| {
        let path = text(&finding["message"])
            .split('`')
            .nth(1)
            .unwrap_or_default()
            .to_owned();
        (text(&finding["rule"]), path, text(&finding["help"]))
    });
    (output.status.code(), told.collect())
}

/// In the values of this chart, the names of keys that nothing reads begin with `idle`.
#[test]
fn what_nothing_reads_is_found() {
    let (code, found) = unused(&["fixtures/values/reads"]);
    assert_eq!(code, Some(1));
    let mut found: Vec<String> = found
        .into_iter()
        .map(|(rule, path, _)| {
            assert_eq!(rule, "unused-value");
            path
        })
        .collect();
    found.sort();
    let report = json(&["fixtures/values/reads", "--show-secrets"]);
    let top = |path: &str| {
        let start = path.find("idle")?;
        let end = path[start..]
            .find(['.', '['])
            .map_or(path.len(), |end| start + end);
        Some(path[..end].to_owned())
    };
    let paths = leaves(&report)
        .iter()
        .map(|leaf| leaf["path"].as_str().expect("text"));
    // A subchart sees `global` too; it is written once.
    let expected: std::collections::BTreeSet<String> = paths.filter_map(top).collect();
    let expected: Vec<String> = expected
        .into_iter()
        .filter(|path| !path.starts_with("motor.global"))
        .collect();
    assert!(expected.len() > 15, "{expected:?}");
    assert_eq!(found, expected);
}

#[test]
fn misspelled_values_are_told() {
    let typos = "replicaCout=3,tag=5,autoscaling.foo=1,service.port=80,cahe.enabled=true,cache.imge=2";
    let (code, found) = unused(&["charts/echo", "--set", typos]);
    assert_eq!(code, Some(1));
    let told: Vec<String> = found
        .iter()
        .map(|(rule, path, help)| {
            let meant = help.strip_prefix("did you mean ").unwrap_or("-");
            format!("{rule} {path} {meant}")
        })
        .collect();
    let expected = [
        "unused-value replicaCout `replicaCount`?",
        "unused-value tag `image.tag`?",
        "unused-value autoscaling.foo -",
        "redundant-value service.port -",
        "unused-value cahe `cache`?",
        "unused-value cache.imge `cache.image`?",
    ];
    assert_eq!(told, expected);
    assert_eq!(unused(&["charts/echo"]), (Some(0), Vec::new()));
    assert_eq!(
        unused(&["charts/echo", "--set", "image.tag=2"]),
        (Some(0), Vec::new())
    );

    // `check` tells only what has a key like it: a values file may be for more than one chart.
    let report = check_json(&["charts/echo", "--set", typos]);
    let findings = report["findings"].as_array().expect("a list");
    let told: Vec<&str> = findings
        .iter()
        .filter(|finding| finding["rule"] == "unused-value")
        .filter_map(|finding| finding["help"].as_str())
        .collect();
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(
        told.iter().all(|help| help.starts_with("did you mean")),
        "{told:?}"
    );
}

#[test]
fn two_helms_are_compared() {
    let compare = |args: &[&str]| {
        let output = run(&[&["template", "--compare", "3,4"], args].concat());
        (
            output.status.code(),
            String::from_utf8(output.stdout).expect("UTF-8"),
        )
    };
    let (code, text) = compare(&["charts/echo"]);
    assert_eq!(code, Some(0), "{text}");
    let (code, text) = compare(&["fixtures/render/merge/chart"]);
    assert_eq!(code, Some(1), "{text}");
    // The chart's own values have a null, which only Helm 3 keeps.
    assert!(
        text.contains("\n  nothing: is null in v3.22.0, is not set in v4.3.1\n"),
        "{text}"
    );
    let one = run(&["template", "charts/echo", "--compare", "4"]);
    assert_eq!(one.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&one.stderr).contains("takes two Helms"));
}
