//! Lists the lint rules: every file of a group below `src/lint/rules` that declares one, or a table of them, by name.
//!
//! A rule is registered by its `mod` line alone; one whose line is missing does not compile.
//!
//! And links the binary to a fixed address where that is known to work.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

const RULES: &str = "src/lint/rules";

fn main() -> io::Result<()> {
    // A binary that may lie anywhere has every pointer of its tables rewritten before it starts: 66,000 of them, most of
    // time zones that CEL knows, 400 more pages to touch and a third of the start-up of every run.
    let target = |what| env::var(what).unwrap_or_default();
    if target("CARGO_CFG_TARGET_OS") == "linux" && target("CARGO_CFG_TARGET_ENV") == "gnu" {
        println!("cargo:rustc-link-arg-bin=plimsoll=-no-pie");
    }
    println!("cargo:rerun-if-changed={RULES}");
    let mut rules = Vec::new();
    for group in entries(Path::new(RULES))?
        .into_iter()
        .filter(|path| path.is_dir())
    {
        for file in entries(&group)? {
            let text = fs::read_to_string(&file)?;
            let place = format!("{}::{}", stem(&group), stem(&file));
            if text.contains("\nrule! {") {
                // Behind the rule's own name come those of its parameters.
                let name = names(&text).next();
                rules.extend(name.map(|name| (name.to_owned(), format!("{place}::RULE"))));
            } else if text.contains("\nflag_rules! {") {
                let rows = names(&text).enumerate();
                rules.extend(rows.map(|(row, name)| (name.to_owned(), format!("{place}::RULES[{row}]"))));
            }
        }
    }
    rules.sort();
    let mut list = String::from("/// All lint rules, by name.\npub static RULES: &[&LintRule] = &[\n");
    for (_, rule) in rules {
        writeln!(list, "    &{rule},").map_err(io::Error::other)?;
    }
    list.push_str("];\n");
    let folder = env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    fs::write(folder.join("lint_rules.rs"), list)
}

/// The names of the rules that a file declares, in its order.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let declared = text
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("name: \""));
    declared.filter_map(|line| line.strip_suffix("\","))
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
