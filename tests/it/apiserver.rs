//! Our verdicts beside the API server's own, recorded: `cargo xtask conformance apiserver … --goldens` makes the cases.
//!
//! What still differs is listed in `fixtures/apiserver/disagreements.txt`, a line for each case with its direction: `missed` (the server
//! refuses, we do not), `false-alarm` (we refuse, the server does not), `other-field` (both refuse, and name different fields). A difference
//! that is not listed fails. `UPDATE_EXPECTED=1` writes the list anew.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;

use plimsoll::manifest::parse::parse_alone;
use plimsoll::schema::SchemaStore;
use serde::Deserialize;

#[allow(dead_code, reason = "xtask uses the rest")]
#[path = "../../xtask/src/conformance/apiserver/agreement.rs"]
mod agreement;
#[allow(dead_code, reason = "xtask uses the rest")]
#[path = "../../xtask/src/conformance/apiserver/ours.rs"]
mod ours;
#[allow(dead_code, reason = "xtask uses the rest")]
#[path = "../../xtask/src/conformance/apiserver/verdict.rs"]
mod verdict;

use agreement::Agreement;

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Definition {
        crd: String,
    },
    Case {
        kind: String,
        file: String,
        how: String,
        object: String,
        old: Option<String>,
        server: verdict::Verdict,
    },
}

const FOLDER: &str = "fixtures/apiserver";

#[test]
fn verdicts_are_the_servers() {
    let mut found = BTreeSet::new();
    let mut cases = 0;
    for name in ["creates", "updates"] {
        let file = std::fs::File::open(Path::new(FOLDER).join(format!("{name}.jsonl.gz"))).expect("goldens");
        let mut store = SchemaStore::default();
        for line in BufReader::new(flate2::read::GzDecoder::new(file)).lines() {
            match serde_json::from_str(&line.expect("text")).expect("a golden") {
                Line::Definition { crd } => store.add_crds(&parse_alone([&*crd]).0),
                Line::Case {
                    kind,
                    file,
                    how,
                    object,
                    old,
                    server,
                } => {
                    cases += 1;
                    let ours = ours::refusals(&object, old.as_deref(), &store);
                    let agreement = agreement::compare(&server, &ours);
                    if !matches!(agreement, Agreement::Accepted | Agreement::Refused) {
                        let field = server.errors.first().map_or("", |error| &error.field);
                        let named = if agreement == Agreement::FalseAlarm {
                            &ours[0].field
                        } else {
                            field
                        };
                        let how = how.replace('\n', " ");
                        found.insert(format!(
                            "{} {name} {} {kind} {file} {} | {how}",
                            agreement.as_str(),
                            server.id,
                            agreement::shape(named)
                        ));
                    }
                }
            }
        }
    }
    let path = Path::new(FOLDER).join("disagreements.txt");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        let text: Vec<String> = found.iter().map(|line| format!("{line}\n")).collect();
        std::fs::write(path, text.concat()).expect("written");
        return;
    }
    let pinned = std::fs::read_to_string(path).expect("the list");
    let pinned: BTreeSet<&str> = pinned.lines().map(identity).collect();
    let new: Vec<&String> = found
        .iter()
        .filter(|line| !pinned.contains(identity(line)))
        .collect();
    assert!(cases > 3000, "{cases} cases are too few");
    assert!(
        new.is_empty(),
        "{} of {cases} verdicts differ from the API server's and are not in {FOLDER}/disagreements.txt (`UPDATE_EXPECTED=1` writes it):\n{}",
        new.len(),
        new.iter()
            .take(40)
            .map(|line| line.as_str())
            .collect::<Vec<_>>()
            .join("\n")
    );
}

/// Direction, list and number of a case: what makes a line the same although our finding is at another place by now.
fn identity(line: &str) -> &str {
    let end = line.match_indices(' ').nth(2).map_or(line.len(), |(at, _)| at);
    line.get(..end).unwrap_or(line)
}
