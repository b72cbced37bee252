//! Every broken manifest gives exactly the findings beside it, alone and together with all others.
//!
//! The manifests of `fixtures/schema` are about fields, not about good practice: they are checked without lint.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::support::{check_json, files_below, root};

/// `line:column severity rule message`, as the `.expected` files have it.
fn lines(findings: &[&Value]) -> String {
    let mut text = String::new();
    for finding in findings {
        let place = &finding["location"];
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        writeln!(
            text,
            "{}:{} {} {} {}",
            place["line"],
            place["column"],
            word(&finding["severity"]),
            word(&finding["rule"]),
            word(&finding["message"])
        )
        .expect("writing to a string");
    }
    text
}

/// The folders with expectations, and the lint rules that run on them.
const FOLDERS: [(&str, &str); 4] = [
    ("fixtures/manifests", "default"),
    ("fixtures/schema", "none"),
    ("fixtures/admission", "none"),
    ("fixtures/broken", "default"),
];

/// Each broken file with the rules to run and what it must give.
fn expectations() -> BTreeMap<String, (&'static str, String)> {
    let mut found = BTreeMap::new();
    for (folder, rules) in FOLDERS {
        for expected in files_below(&root().join(folder), "expected") {
            let input = ["yaml", "json", "md"]
                .iter()
                .map(|extension| expected.with_extension(extension))
                .find(|path| path.exists())
                .unwrap_or_else(|| panic!("{} stands alone", expected.display()));
            let path = input
                .strip_prefix(root())
                .expect("below the root")
                .display()
                .to_string();
            found.insert(
                path,
                (rules, std::fs::read_to_string(&expected).expect("readable")),
            );
        }
    }
    assert!(found.len() >= 60, "only {} fixtures found", found.len());
    found
}

#[test]
fn each_alone() {
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    let mut wrong = String::new();
    for (path, (rules, expected)) in expectations() {
        let report = check_json(&[&path, "--rules", rules]);
        let findings: Vec<&Value> = report["findings"].as_array().expect("an array").iter().collect();
        let found = lines(&findings);
        if found != expected {
            if update {
                let beside = Path::new(root()).join(&path).with_extension("expected");
                std::fs::write(beside, &found).expect("writable");
            }
            write!(wrong, "{path}\n--- expected\n{expected}--- found\n{found}\n")
                .expect("writing to a string");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn all_together() {
    let expectations = expectations();
    let reports = FOLDERS.map(|(folder, rules)| check_json(&[folder, "--rules", rules]));
    let mut by_file: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for finding in reports
        .iter()
        .flat_map(|report| report["findings"].as_array().expect("an array"))
    {
        let file = finding["location"]["file"].as_str().expect("a file").to_owned();
        by_file.entry(file).or_default().push(finding);
    }
    for (path, (_, expected)) in &expectations {
        let found = by_file
            .remove(path)
            .map(|findings| lines(&findings))
            .unwrap_or_default();
        assert_eq!(&found, expected, "{path}");
    }
    assert!(
        by_file.is_empty(),
        "findings in files without expectations: {:?}",
        by_file.keys()
    );
}
