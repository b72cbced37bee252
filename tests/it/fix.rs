//! `plimsoll fix`: what it changes, that it changes nothing else, and that what it mended is mended.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use plimsoll::catalog;
use plimsoll::finding::Edit;
use plimsoll::fix::{apply, edits, promised};
use plimsoll::manifest::parse::parse_alone;
use plimsoll::manifest::{Manifest, Route, Step, json};
use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::support::{plimsoll, root};

/// All files below a folder, by their path in it.
fn tree(folder: &Path) -> BTreeMap<PathBuf, String> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("readable").into_path())
        .filter(|path| path.is_file())
        .map(|path| {
            let text = fs::read_to_string(&path).expect("text");
            (path.strip_prefix(folder).expect("below").to_path_buf(), text)
        })
        .collect()
}

/// A copy of a folder that a test may change.
fn copy(folder: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    for (path, text) in tree(folder) {
        let path = copy.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
        fs::write(path, text).expect("writable");
    }
    copy
}

fn run_in(folder: &Path, command: &str, args: &[&str]) -> Output {
    let all = [&[command], args].concat();
    plimsoll(&all)
        .current_dir(folder)
        .output()
        .expect("the binary starts")
}

fn fix(folder: &Path, args: &[&str]) -> Output {
    let output = run_in(folder, "fix", args);
    assert_ne!(output.status.code(), Some(2), "{output:?}");
    output
}

/// How many findings of each rule a check has.
fn findings(folder: &Path, args: &[&str]) -> BTreeMap<String, usize> {
    let output = run_in(folder, "check", &[&["--format", "json"], args].concat());
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    let mut counts = BTreeMap::new();
    for finding in report["findings"].as_array().expect("an array") {
        *counts
            .entry(finding["rule"].as_str().expect("a name").to_owned())
            .or_default() += 1;
    }
    counts
}

/// Each case below `fixtures/fix`: `before`, what `args` make of it in `after`, and what is said in `said`.
#[test]
fn before_and_after() {
    let is_update = std::env::var_os("UPDATE_EXPECTED").is_some();
    let mut cases = 0;
    for case in fs::read_dir(root().join("fixtures/fix")).expect("cases") {
        let case = case.expect("a case").path();
        let args = fs::read_to_string(case.join("args")).unwrap_or_default();
        let args: Vec<&str> = args.split_whitespace().collect();
        let folder = copy(&case.join("before"));
        let shown = fix(folder.path(), &[&["--diff"], args.as_slice()].concat());
        assert_eq!(shown.status.code(), Some(1), "{}", case.display());
        assert_eq!(
            tree(folder.path()),
            tree(&case.join("before")),
            "--diff writes nothing"
        );
        let output = fix(folder.path(), &args);
        assert_eq!(output.status.code(), Some(0), "{}", case.display());
        // What is left of the rules that were mended stands beside: nothing, or what nobody can be sure of.
        let mut said = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        for (rule, left) in findings(folder.path(), &args) {
            if count_of(&said, &rule) > 0 {
                said.push_str(&format!("still found: {left} {rule}\n"));
            }
        }
        if is_update {
            for (path, text) in tree(folder.path()) {
                let path = case.join("after").join(path);
                fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
                fs::write(path, text).expect("writable");
            }
            fs::write(case.join("said"), &said).expect("writable");
        }
        assert_eq!(
            tree(folder.path()),
            tree(&case.join("after")),
            "{}",
            case.display()
        );
        assert_eq!(
            said,
            fs::read_to_string(case.join("said")).expect("readable"),
            "{}",
            case.display()
        );

        let again = fix(folder.path(), &[&["--diff"], args.as_slice()].concat());
        assert_eq!(
            again.status.code(),
            Some(0),
            "a second time changes nothing: {}",
            case.display()
        );
        cases += 1;
    }
    assert!(cases >= 4, "{cases} cases");
}

/// How many findings of a rule the files' lines count: `web.yaml: 2 deprecated-registry`.
fn count_of(said: &str, rule: &str) -> usize {
    let words: Vec<&str> = said
        .split([' ', ',', '\n'])
        .filter(|word| !word.is_empty())
        .collect();
    words
        .windows(2)
        .filter(|pair| pair[1] == rule)
        .filter_map(|pair| pair[0].parse::<usize>().ok())
        .sum()
}

#[test]
fn line_ends_and_a_missing_last_one_stay() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("pod.yaml");
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: web\n      image: shop:1.0";
    for (line_end, expected) in [
        (
            "\r\n",
            "\r\n      securityContext:\r\n        readOnlyRootFilesystem: true",
        ),
        (
            "\n",
            "\n      securityContext:\n        readOnlyRootFilesystem: true",
        ),
    ] {
        let text = text.replace('\n', line_end);
        fs::write(&path, &text).expect("writable");
        fix(folder.path(), &["--rules", "no-read-only-root-fs"]);
        assert_eq!(
            fs::read_to_string(&path).expect("readable"),
            format!("{text}{expected}")
        );
    }
}

#[test]
fn unsafe_fixes_want_their_rule_named() {
    let folder = copy(&root().join("fixtures/fix/security/before"));
    for words in ["security", "security-context", "all", "latest-tag"] {
        let output = fix(folder.path(), &["--diff", "--rules", words]);
        assert_eq!(output.status.code(), Some(0), "{words}: {output:?}");
    }
    let output = run_in(folder.path(), "fix", &["-"]);
    assert_eq!(output.status.code(), Some(2), "there is no file to mend");
}

/// Fixing everything that is broken on purpose: it goes on being read, a second time changes nothing, and no rule that can be
/// mended finds more than before.
#[test]
fn what_is_broken_gets_no_worse() {
    for broken in ["fixtures/broken", "fixtures/schema", "fixtures/manifests"] {
        let folder = copy(&root().join(broken));
        let before = findings(folder.path(), &["."]);
        fix(folder.path(), &["."]);
        let after = findings(folder.path(), &["."]);
        let of = |counts: &BTreeMap<String, usize>, rule: &str| counts.get(rule).copied().unwrap_or_default();
        for rule in catalog::all().iter().filter(|rule| rule.fix.is_some()) {
            assert!(
                of(&after, rule.name) <= of(&before, rule.name),
                "{broken}: {}",
                rule.name
            );
        }
        assert!(
            of(&after, "yaml-syntax") <= of(&before, "yaml-syntax"),
            "{broken}"
        );
        let again = fix(folder.path(), &["--diff", "."]);
        assert_eq!(
            again.status.code(),
            Some(0),
            "{broken}: {}",
            String::from_utf8_lossy(&again.stdout)
        );
    }
}

#[test]
fn rules_say_whether_they_can_be_mended() {
    let explain = |rule: &str| {
        let output = run_in(root(), "explain", &[rule]);
        String::from_utf8(output.stdout).expect("text")
    };
    assert!(explain("deprecated-registry").contains("`plimsoll fix` mends it"));
    assert!(explain("run-as-non-root").contains("only when the rule is named"));
    assert!(!explain("latest-tag").contains("plimsoll fix"));
}

fn read(text: &str) -> Option<Manifest> {
    let (manifests, findings) = parse_alone([text]);
    let only = manifests.iter().next().cloned();
    only.filter(|_| findings.is_empty() && manifests.len() == 1)
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::from),
        (-9..99i64).prop_map(Value::from),
        "[a-z]{1,5}(:[a-z0-9])?".prop_map(Value::from),
        Just(Value::from("yes")),
        Just(Value::from("it's # no: \"word\"")),
        Just(Value::from("")),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::btree_map("[a-e]", inner.clone(), 1..4)
                .prop_map(|map| Value::Object(map.into_iter().collect::<Map<_, _>>())),
            prop::collection::vec(inner, 1..4).prop_map(Value::from),
        ]
    })
}

/// How a text is laid out: decided byte by byte.
struct Layout<'l>(std::slice::Iter<'l, u8>);

impl Layout<'_> {
    fn choose(&mut self, one_in: u8) -> bool {
        self.0.next().is_some_and(|byte| byte % one_in == 0)
    }

    fn comment(&mut self) -> &'static str {
        if self.choose(4) { "  # a comment" } else { "" }
    }

    fn scalar(&mut self, value: &Value) -> String {
        match value {
            Value::String(text) if self.choose(3) => format!("'{}'", text.replace('\'', "''")),
            other => other.to_string(),
        }
    }

    /// The lines of a value below a key or dash, or what stands behind it on the line.
    fn print(&mut self, value: &Value, indent: usize, out: &mut String) {
        let blanks = " ".repeat(indent);
        match value {
            Value::Object(map) if !self.choose(5) => {
                for (key, value) in map {
                    out.push_str(&blanks);
                    self.entry(key, value, indent, out);
                }
            }
            Value::Array(items) if !self.choose(5) => {
                for item in items {
                    out.push_str(&blanks);
                    out.push('-');
                    match item {
                        Value::Object(map) if self.choose(2) => {
                            for (number, (key, value)) in map.iter().enumerate() {
                                out.push_str(if number == 0 { " " } else { &blanks });
                                out.push_str(if number == 0 { "" } else { "  " });
                                self.entry(key, value, indent + 2, out);
                            }
                        }
                        item => self.below(item, indent + 2, out),
                    }
                }
            }
            other => out.push_str(&format!("{blanks}{other}{}\n", self.comment())),
        }
    }

    fn entry(&mut self, key: &str, value: &Value, indent: usize, out: &mut String) {
        out.push_str(key);
        out.push(':');
        self.below(value, indent + 2, out);
        if self.choose(6) {
            out.push_str("\n# on a line of its own\n");
        }
    }

    fn below(&mut self, value: &Value, indent: usize, out: &mut String) {
        if value.is_object() || value.is_array() {
            if self.choose(4) {
                out.push_str(&format!(" {value}{}\n", self.comment()));
            } else {
                out.push_str(self.comment());
                out.push('\n');
                self.print(value, indent, out);
            }
        } else {
            let text = self.scalar(value);
            out.push_str(&format!(" {text}{}\n", self.comment()));
        }
    }
}

/// Every route of an object, below its `data`.
fn routes(value: &Value, above: &Route, found: &mut Vec<Route>) {
    let steps: Vec<(Step, &Value)> = match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (Step::from(key.as_str()), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(at, value)| (Step::from(at), value))
            .collect(),
        _ => return,
    };
    for (step, value) in steps {
        let route = above.then(step);
        found.push(route.clone());
        routes(value, &route, found);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// An edit of the text is read as the object it promised, in every layout, and no comment outside of it is lost.
    #[test]
    fn an_edit_does_what_it_promises(
        data in value(),
        new in scalar(),
        layout in prop::collection::vec(any::<u8>(), 0..64),
        (which, kind) in (any::<prop::sample::Index>(), 0..4u8),
    ) {
        let mut text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n".to_owned();
        let mut printed = String::new();
        Layout(layout.iter()).print(&data, 2, &mut printed);
        text.push_str(&printed);
        let manifest = read(&text);
        prop_assert!(manifest.is_some(), "{}", text);
        let Some(manifest) = manifest else { return Ok(()) };
        let before = json::of(manifest.node());
        prop_assert_eq!(&before["data"], &data, "{}", text);
        let mut all = Vec::new();
        routes(&data, &Route::root().then("data"), &mut all);
        if all.is_empty() {
            return Ok(());
        }
        let route = which.get(&all).clone();
        let edit = match kind {
            0 => Edit::Set(route, new),
            1 => Edit::Set(route.then("new").then("below"), new),
            2 => Edit::Rename(route, "renamed".to_owned()),
            _ => Edit::Remove(route),
        };
        let mut after = before;
        // An edit that does not fit the object is no edit of its text either, or is found out by who compares.
        let is_possible = promised(&mut after, &edit);
        let Some(edits) = edits(&manifest, &edit) else { return Ok(()) };
        if !is_possible {
            return Ok(());
        }
        let edited = apply(&text, &edits);
        let read = read(&edited);
        prop_assert!(read.is_some(), "{:?}\n{}\n{}", edit, text, edited);
        if let Some(read) = read {
            prop_assert_eq!(json::of(read.node()), after, "{:?}\n{}\n{}", edit, text, edited);
        }
        if !matches!(edit, Edit::Remove(_)) {
            let comments = |text: &str| text.matches("# a comment").count() + text.matches("# on a line").count();
            prop_assert_eq!(comments(&text), comments(&edited), "{:?}\n{}\n{}", edit, text, edited);
        }
    }
}
