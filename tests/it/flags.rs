//! Every flag of `plimsoll template`, good and bad: what helm answered to the same calls is beside them.
//!
//! `cargo xtask conformance flags --write` makes the answers again.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

#[path = "../../xtask/src/conformance/flags/call.rs"]
mod call;

#[test]
fn flags_do_what_they_do_in_helm_3() {
    check("3");
}

#[test]
fn flags_do_what_they_do_in_helm_4() {
    check("4");
}

fn check(compat: &str) {
    let golden = fs::read_to_string(Path::new(call::FOLDER).join(format!("helm{compat}.txt")))
        .expect("the answers of helm");
    // No line of an answer begins so: what was printed stands behind bars.
    let calls: Vec<&str> = golden.split_inclusive("\n$ ").collect();
    assert!(calls.len() > 200, "the matrix lost its calls");
    let mut different = Vec::new();
    let mut answers = BTreeMap::new();
    for call in calls {
        let call = call.strip_suffix("$ ").unwrap_or(call);
        let call = call.strip_prefix("$ ").unwrap_or(call);
        let (line, mut expected) = call.split_once('\n').expect("an answer below a call");
        if let Some(same) = expected.strip_prefix("as $ ") {
            expected = answers[same.trim_end_matches('\n')];
        }
        answers.insert(line, expected);
        let plimsoll = Path::new(env!("CARGO_BIN_EXE_plimsoll"));
        let seen = call::see(plimsoll, &["--helm-compat", compat], line).expect("plimsoll runs");
        let found = call::shown(&seen, line.starts_with("! "));
        if found != expected {
            different.push(format!("$ {line}\n--- helm\n{expected}--- plimsoll\n{found}"));
        }
    }
    assert!(
        different.is_empty(),
        "{} calls differ\n{}",
        different.len(),
        different.join("\n")
    );
}
