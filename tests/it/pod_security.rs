//! Our verdicts beside the admission plugin's own: `cargo xtask pod-security goldens` makes the cases.

use std::io::{BufRead, BufReader};

#[path = "../../xtask/src/pod_security/ours.rs"]
mod ours;

#[test]
fn verdicts_are_the_plugins() {
    let file = std::fs::File::open("fixtures/pod-security/pods.jsonl.gz").expect("goldens");
    let mut cases = 0;
    for line in BufReader::new(flate2::read::GzDecoder::new(file)).lines() {
        let case: serde_json::Value = serde_json::from_str(&line.expect("text")).expect("a case");
        let object = case["object"].as_str().expect("an object");
        assert_eq!(ours::judge(object), case["answer"], "{object}");
        cases += 1;
    }
    assert!(cases >= 400, "{cases} cases");
}
