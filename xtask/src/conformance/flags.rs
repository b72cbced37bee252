//! Calls of `plimsoll template` beside the same calls of `helm template`: every flag, good and bad, on charts of ours.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use rayon::prelude::*;
use walkdir::WalkDir;

/// The folder whose copy is the working directory of the calls.
const FOLDER: &str = "fixtures/flags";
/// Charts that are copied beside it.
const CHARTS: &[&str] = &["charts/echo"];

#[derive(clap::Args)]
pub(super) struct Args {
    /// The real helm
    #[arg(long, value_name = "PATH")]
    helm: PathBuf,
    /// Ours
    #[arg(long, value_name = "PATH")]
    plimsoll: PathBuf,
    /// The profile: 3 or 4
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(3..=4))]
    compat: u8,
    /// Write what helm answers to fixtures/flags/helm3.txt or helm4.txt, where `cargo test` reads it
    #[arg(long)]
    write: bool,
    /// Only calls that contain this text
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
}

/// What can be seen of a line of calls: for each call its exit code and standard output, then the files it left.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    code: i32,
    text: String,
    stderr: String,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let calls = fs::read_to_string(Path::new(FOLDER).join("calls.txt"))?;
    let other_profile = if args.compat == 3 { "@4 " } else { "@3 " };
    let lines: Vec<&str> = calls
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("# ") && !line.starts_with(other_profile))
        .filter(|line| args.only.as_ref().is_none_or(|only| line.contains(only.as_str())))
        .collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build()?;
    let answers: Vec<(Seen, Seen)> = pool.install(|| {
        lines
            .par_iter()
            .map(|line| {
                let theirs = see(&args.helm, &[], line)?;
                let ours = see(&args.plimsoll, &["--helm-compat", &args.compat.to_string()], line)?;
                Ok((theirs, ours))
            })
            .collect::<anyhow::Result<_>>()
    })?;
    let mut golden = String::new();
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    let mut different = 0;
    for (line, (theirs, ours)) in lines.iter().zip(&answers) {
        let only_code = line.starts_with("! ");
        let answer = shown(theirs, only_code);
        match known.get(&answer) {
            Some(same) => write!(golden, "$ {line}\nas $ {same}\n")?,
            None => {
                write!(golden, "$ {line}\n{answer}")?;
                known.insert(answer, line);
            }
        }
        if theirs.code == ours.code && (only_code || theirs.text == ours.text) {
            continue;
        }
        different += 1;
        println!("$ {line}");
        if theirs.code != ours.code {
            println!("  exit code: helm {}, ours {}", theirs.code, ours.code);
            println!(
                "  helm says: {}",
                theirs.stderr.lines().next().unwrap_or_default()
            );
            println!("  ours says: {}", ours.stderr.lines().next().unwrap_or_default());
        }
        if !only_code && let Some((number, helm, own)) = first_difference(&theirs.text, &ours.text) {
            println!("  line {number}: helm {helm:?}, ours {own:?}");
        }
    }
    println!("{} calls, {different} different", lines.len());
    if args.write {
        fs::write(Path::new(FOLDER).join(format!("helm{}.txt", args.compat)), golden)?;
    }
    if different > 0 {
        bail!("{different} calls differ");
    }
    Ok(())
}

/// An answer as it is written down: the exit code, and what was printed behind bars.
fn shown(seen: &Seen, only_code: bool) -> String {
    let mut shown = format!("exit {}\n", seen.code);
    if only_code {
        return shown;
    }
    for line in seen.text.split_inclusive('\n') {
        shown.push('|');
        shown.push_str(line);
    }
    if !seen.text.is_empty() && !seen.text.ends_with('\n') {
        shown.push_str("\n\\ no line break at the end\n");
    }
    shown
}

fn first_difference<'t>(helm: &'t str, ours: &'t str) -> Option<(usize, &'t str, &'t str)> {
    let (mut helm, mut ours) = (helm.split('\n'), ours.split('\n'));
    (1..).find_map(|number| match (helm.next(), ours.next()) {
        (None, None) => Some(None),
        (theirs, own) if theirs == own => None,
        (theirs, own) => Some(Some((number, theirs.unwrap_or("(end)"), own.unwrap_or("(end)")))),
    })?
}

/// Runs the calls of a line in one fresh copy of the folder.
fn see(program: &Path, extra: &[&str], line: &str) -> anyhow::Result<Seen> {
    let scratch = tempfile::tempdir()?;
    let folder = scratch.path().join("work");
    copy(Path::new(FOLDER), &folder)?;
    for chart in CHARTS {
        let name = Path::new(chart).file_name().unwrap_or_default();
        copy(Path::new(chart), &folder.join(name))?;
    }
    let home = scratch.path().join("home");
    fs::create_dir_all(&home)?;
    let before = files(&folder)?;
    let program = fs::canonicalize(program).with_context(|| format!("no {}", program.display()))?;
    let mut seen = Seen {
        code: 0,
        text: String::new(),
        stderr: String::new(),
    };
    let calls = line.trim_start_matches("@3 ").trim_start_matches("@4 ");
    for call in calls.trim_start_matches("! ").split(" ; ") {
        let words = words(call);
        let settings = words
            .iter()
            .take_while(|word| {
                word.split_once('=')
                    .is_some_and(|(name, _)| name.starts_with(|char: char| char.is_ascii_uppercase()))
            })
            .count();
        let output = Command::new(&program)
            .arg("template")
            .args(extra)
            .args(&words[settings..])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .env("HOME", &home)
            .env("KUBECONFIG", "/dev/null")
            .env_remove("HELM_NAMESPACE")
            .envs(words[..settings].iter().filter_map(|word| word.split_once('=')))
            .output()?;
        seen.code = output.status.code().unwrap_or(-1);
        seen.text.push_str(&String::from_utf8_lossy(&output.stdout));
        seen.stderr.push_str(&String::from_utf8_lossy(&output.stderr));
    }
    for (name, content) in files(&folder)? {
        if before.get(&name) != Some(&content) {
            write!(seen.text, "==> {name}\n{content}")?;
        }
    }
    Ok(seen)
}

/// Words of a call; single quotes hold spaces together.
fn words(call: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut is_quoted = false;
    for char in call.chars() {
        match char {
            '\'' => {
                is_quoted = !is_quoted;
                word.get_or_insert_default();
            }
            ' ' if !is_quoted => words.extend(word.take()),
            _ => word.get_or_insert_default().push(char),
        }
    }
    words.extend(word);
    words
}

fn files(folder: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for entry in WalkDir::new(folder) {
        let entry = entry?;
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(folder)?.display().to_string();
            files.insert(
                name,
                String::from_utf8_lossy(&fs::read(entry.path())?).into_owned(),
            );
        }
    }
    Ok(files)
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    for entry in WalkDir::new(from) {
        let entry = entry?;
        let target = to.join(entry.path().strip_prefix(from)?);
        if entry.file_type().is_dir() {
            fs::create_dir_all(target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
