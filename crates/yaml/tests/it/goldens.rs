//! What go-yaml answered to every case of `fixtures/yaml`, beside what this crate answers.
//!
//! `cargo xtask yaml goldens` writes the files; KNOWN_DIFFERENCES.md lists what the comparison lets pass.

use super::compare::{Answer, emit_case, parse_case};
use super::notation::Value;

#[derive(serde::Deserialize)]
struct Golden {
    input: serde_json::Value,
    answer: Answer,
}

fn goldens(name: &str) -> Vec<Golden> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/yaml")
        .join(name);
    let text = std::fs::read_to_string(path).expect("the golden file");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a golden"))
        .collect()
}

#[test]
fn parses_as_go_yaml() {
    let cases = goldens("parse.jsonl");
    assert!(cases.len() > 500);
    let failures: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let text = case.input.as_str().expect("a text");
            parse_case(text, &case.answer)
                .err()
                .map(|difference| format!("{text:?}\n{difference}"))
        })
        .collect();
    assert!(
        failures.is_empty(),
        "{} of {}:\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}

#[test]
fn prints_as_go_yaml() {
    let cases = goldens("emit.jsonl");
    assert!(cases.len() > 500);
    let failures: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let value = Value::from_json(&case.input).expect("a value");
            assert_eq!(value.to_json(), case.input);
            emit_case(&value, &case.answer)
                .err()
                .map(|difference| format!("{value:?}\n{difference}"))
        })
        .collect();
    assert!(
        failures.is_empty(),
        "{} of {}:\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}
