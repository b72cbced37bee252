//! Calls of `plimsoll template` beside the same calls of `helm template`: every flag, good and bad, on charts of ours.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::bail;
use rayon::prelude::*;

use call::{FOLDER, Seen, see, shown};

mod call;

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

fn first_difference<'t>(helm: &'t str, ours: &'t str) -> Option<(usize, &'t str, &'t str)> {
    let (mut helm, mut ours) = (helm.split('\n'), ours.split('\n'));
    (1..).find_map(|number| match (helm.next(), ours.next()) {
        (None, None) => Some(None),
        (theirs, own) if theirs == own => None,
        (theirs, own) => Some(Some((number, theirs.unwrap_or("(end)"), own.unwrap_or("(end)")))),
    })?
}
