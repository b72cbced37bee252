//! The invariants of ARCHITECTURE.md that can be read off the source.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{files_below, root};

/// The stages in their order: a module may use those before it.
const ORDER: &[&str] = &[
    "suggest",
    "source",
    "finding",
    "input",
    "revision",
    "chart",
    "values",
    "render",
    "unused",
    "registry",
    "manifest",
    "schema",
    "admission",
    "live",
    "lint",
    "suppress",
    "origin",
    "fix",
    "forecast",
    "diff",
    "report",
    "known",
    "catalog",
    "config",
    "pipeline",
    "cli",
];

/// Uses that go against the order, each with its reason.
const EXCEPTIONS: &[(&str, &str)] = &[
    // An anchor is a place in an object, and `locate` is the one place that knows both.
    ("finding", "manifest"),
    // What to do with documents that are no objects is decided where files are found.
    ("input", "manifest"),
    // A chart holds its default values, read.
    ("chart", "values"),
    ("chart", "manifest"),
    ("values", "manifest"),
    ("values", "schema"),
    ("render", "manifest"),
    ("unused", "manifest"),
];

fn sources() -> Vec<PathBuf> {
    let all = files_below(&root().join("src"), "rs");
    all.into_iter()
        .filter(|path| !path.iter().any(|part| part == "tests" || part == "tests.rs"))
        .collect()
}

fn module_of(path: &Path) -> String {
    let below = path.strip_prefix(root().join("src")).expect("below src");
    let first = below.iter().next().expect("a name").to_string_lossy();
    first.strip_suffix(".rs").unwrap_or(&first).to_owned()
}

#[test]
fn data_flows_down() {
    let rank = |module: &str| ORDER.iter().position(|known| *known == module);
    let mut wrong = BTreeSet::new();
    for path in sources() {
        let module = module_of(&path);
        if matches!(module.as_str(), "lib" | "main") {
            continue;
        }
        let own = rank(&module).unwrap_or_else(|| panic!("{module} is not in the order of stages"));
        for line in fs::read_to_string(&path).expect("readable").lines() {
            let Some(rest) = line.trim_start().strip_prefix("use crate::") else {
                continue;
            };
            for used in ORDER.iter().filter(|used| names(rest, used)) {
                let known = EXCEPTIONS.contains(&(module.as_str(), used));
                if rank(used) > Some(own) && !known {
                    wrong.insert(format!("{module} uses {used} ({})", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Whether the rest of a `use crate::…` line names a module.
fn names(rest: &str, module: &str) -> bool {
    match rest.strip_prefix('{') {
        Some(list) => list
            .trim_end_matches(['}', ';'])
            .split(',')
            .any(|part| names(part.trim(), module)),
        None => rest
            .strip_prefix(module)
            .is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric() || c == '_')),
    }
}

#[test]
fn only_the_edges_touch_the_world() {
    let forbidden = [
        "std::fs",
        "fs::",
        "std::env",
        "env::var(",
        "env::vars",
        "env::var_os",
        "SystemTime",
        "Instant::now",
        "std::process",
        "TcpStream",
    ];
    // Reading inputs, today's and those of another commit, reading charts, `--set-file` and the command line are the edges.
    let edges = [
        "src/cli/",
        "src/input/",
        "src/revision/",
        "src/chart/disk.rs",
        "src/chart/load.rs",
        "src/registry/",
        "src/pipeline.rs",
        "src/pipeline/fix.rs",
        "src/main.rs",
    ];
    let mut wrong = Vec::new();
    for path in sources() {
        let below = path
            .strip_prefix(root())
            .expect("below the root")
            .display()
            .to_string();
        if edges.iter().any(|edge| below.starts_with(edge)) {
            continue;
        }
        let text = fs::read_to_string(&path).expect("readable");
        let product = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in product.lines().enumerate() {
            if !line.trim_start().starts_with("//") && forbidden.iter().any(|word| line.contains(word)) {
                wrong.push(format!("{below}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn rules_speak_in_routes() {
    let rules = files_below(&root().join("src/lint/rules"), "rs");
    assert!(rules.len() > 15);
    for path in rules {
        let text = fs::read_to_string(&path).expect("readable");
        for word in ["crate::source", "Anchor::Text", "span()"] {
            assert!(!text.contains(word), "{} speaks of `{word}`", path.display());
        }
    }
}

#[test]
fn nothing_is_left_undone() {
    let unfinished = ["todo!(", "unimplemented!(", "#[ignore]", "dbg!("];
    let own = root().join("tests/it/tidy.rs");
    for folder in ["src", "crates", "xtask", "tests", "benches"] {
        for path in files_below(&root().join(folder), "rs")
            .into_iter()
            .filter(|path| *path != own)
        {
            let text = fs::read_to_string(&path).expect("readable");
            for word in unfinished {
                assert!(!text.contains(word), "{} has `{word}`", path.display());
            }
        }
    }
}

#[test]
fn the_catalog_knows_every_rule() {
    let mut declared = 0;
    for path in sources() {
        let text = fs::read_to_string(&path).expect("readable");
        for after in text.split("include_str!(").skip(1) {
            let Some((file, _)) = after.split_once(')') else {
                continue;
            };
            let Some(name) = file
                .rsplit('/')
                .next()
                .and_then(|file| file.strip_suffix(".md\""))
            else {
                continue;
            };
            // In a macro the name is a parameter; the rules it declares are in a list of their own, or in `build.rs`'s.
            if name.contains('$') {
                continue;
            }
            declared += 1;
            assert!(
                plimsoll::catalog::find(name).is_ok(),
                "{name} ({}) is not in the catalog",
                path.display()
            );
        }
    }
    assert!(declared > 15, "only {declared} pages are included");
}
