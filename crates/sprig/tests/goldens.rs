//! What the real Sprig and Helm give for thousands of expressions (`cargo xtask functions goldens`), and the names.

use std::path::Path;
use std::sync::Arc;

use plimsoll_gostd::strconv;
use plimsoll_gotpl::{Execution, List, MissingKey, TemplateSet, Value};
use plimsoll_sprig::{Env, Profile, functions};

#[path = "support/known.rs"]
mod known;
#[path = "support/render.rs"]
mod render;

fn fixtures() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/functions")
}

fn unquoted(text: &str) -> Vec<u8> {
    strconv::unquote(text.as_bytes()).unwrap_or_else(|| panic!("not a Go string: {text}"))
}

/// `= "output"` or `! "error"`.
fn expectation(line: &str) -> Result<Vec<u8>, String> {
    match line.split_at(2) {
        ("= ", text) => Ok(unquoted(text)),
        ("! ", text) => Err(String::from_utf8_lossy(&unquoted(text)).into_owned()),
        _ => panic!("neither output nor error: {line}"),
    }
}

fn shown(result: &Result<Vec<u8>, String>) -> String {
    match result {
        Ok(output) => format!("= {}", strconv::quote(output)),
        Err(error) => format!("! {error}"),
    }
}

#[test]
fn expressions_give_what_helm_gives() {
    let failures = plimsoll_gotpl::on_large_stack(|| {
        let (mut cases, mut failures) = (0, Vec::new());
        let mut files: Vec<_> = std::fs::read_dir(fixtures())
            .expect("fixtures/functions")
            .map(|entry| entry.expect("a file").path())
            .filter(|path| path.extension().is_some_and(|e| e == "txt"))
            .collect();
        files.sort();
        for path in files {
            let text = std::fs::read_to_string(&path).expect("readable");
            for case in text.split("\n\n").filter(|case| !case.trim().is_empty()) {
                let mut lines = case.trim_matches('\n').lines();
                let template = lines.next().expect("a template");
                let helm4 = lines.next().expect("an expectation");
                let helm3 = lines
                    .next()
                    .map_or(helm4, |line| line.strip_prefix('3').expect("Helm 3's"));
                for (profile, line) in [(Profile::Helm4, helm4), (Profile::Helm3, helm3)] {
                    cases += 1;
                    let ours = render::render(template, profile);
                    let helm = expectation(line);
                    if ours != helm && known::explanation(template, &helm, &ours).is_none() {
                        failures.push(format!("{template}\n  helm {line}\n  ours {}", shown(&ours)));
                    }
                }
            }
        }
        assert!(cases > 2_000, "only {cases} cases");
        failures
    });
    assert!(
        failures.is_empty(),
        "{} differ\n{}",
        failures.len(),
        failures.iter().take(40).cloned().collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn every_function_of_helm_is_there() {
    let golden = std::fs::read_to_string(fixtures().join("names.json")).expect("names.json");
    let golden: serde_json::Value = serde_json::from_str(&golden).expect("JSON");
    // The engine gives these to each render.
    let of_engine = ["include", "tpl", "required", "lookup"];
    for (profile, key) in [(Profile::Helm3, "3"), (Profile::Helm4, "4")] {
        let theirs: Vec<&str> = golden[key]
            .as_array()
            .expect("names")
            .iter()
            .filter_map(|n| n.as_str())
            .collect();
        assert!(theirs.len() > 200);
        let table = functions(profile);
        let missing: Vec<&&str> = theirs
            .iter()
            .filter(|name| !of_engine.contains(name) && table.get(name).is_none())
            .collect();
        let extra: Vec<&str> = table.names().filter(|name| !theirs.contains(name)).collect();
        assert!(
            missing.is_empty() && extra.is_empty(),
            "{profile:?}: missing {missing:?}, extra {extra:?}"
        );
    }
}

/// `encoding/json` gives a `[]byte` (a file of `.Files`) in base64 on one line, however long; only go-yaml's
/// `!!binary` breaks lines.
#[test]
fn bytes_are_base64_on_one_line() {
    let encoded = "YWJj".repeat(40);
    for profile in [Profile::Helm4, Profile::Helm3] {
        let mut set = TemplateSet::new("t", Arc::new(functions(profile)), MissingKey::Zero);
        set.parse("t", b"{{ . | toYaml }} {{ . | toJson }}")
            .expect("the template parses");
        let env = Env::deterministic(0, 1);
        let printed = Execution::new(&set)
            .host(&env)
            .execute("t", Value::List(List::bytes("abc".repeat(40).into_bytes())))
            .expect("the template runs");
        assert_eq!(
            String::from_utf8_lossy(&printed),
            format!("{encoded} \"{encoded}\"")
        );
    }
}
