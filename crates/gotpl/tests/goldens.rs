//! The goldens of the oracle: cases and what Go's text/template, fmt and strconv gave for them.

mod oracle_case;

use std::path::Path;

/// Answers are compared as bytes; error messages after making them UTF-8.
fn matches(golden: &serde_json::Value, ours: &Result<String, String>) -> bool {
    match ours {
        Ok(output) => golden.get("out").and_then(|v| v.as_str()) == Some(output),
        Err(error) => golden
            .get("err")
            .and_then(|v| v.as_str())
            .is_some_and(|expected| oracle_case::normal(expected) == oracle_case::normal(error)),
    }
}

#[test]
fn goldens_match() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/template");
    let mut count = 0;
    let mut failures = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in files
        .iter()
        .filter(|file| file.extension().is_some_and(|e| e == "jsonl"))
    {
        for (line, text) in std::fs::read_to_string(file).unwrap().lines().enumerate() {
            let golden: serde_json::Value = serde_json::from_str(text).unwrap();
            let ours = plimsoll_gotpl::on_large_stack(|| oracle_case::run(&golden["case"]));
            if !matches(&golden["answer"], &ours) {
                failures.push(format!(
                    "{}:{}\n  case {}\n  Go   {}\n  ours {ours:?}",
                    file.display(),
                    line + 1,
                    golden["case"],
                    golden["answer"]
                ));
            }
            count += 1;
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {count} goldens differ:\n{}",
        failures.len(),
        failures.join("\n")
    );
    assert!(count > 300, "only {count} goldens found");
}
