//! `plimsoll fix`.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use similar::TextDiff;

use super::check::JudgedArgs;
use super::output::{self, When};
use super::{Exit, release};
use crate::catalog::Catalog;
use crate::pipeline::{self, FixJob, Fixed, WrongCall};
use crate::registry::write_whole;
use crate::report::{self, Format, plural};

/// Unchanged lines around each hunk.
const CONTEXT: usize = 3;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  plimsoll fix deploy/                                  mend what can be mended for certain
  plimsoll fix --diff charts/shop                       show it, and write nothing
  plimsoll fix deploy/ --rules unknown-field            one rule
  plimsoll fix deploy/ --rules no-read-only-root-fs     an unsafe fix: only when its rule is named
  plimsoll rules                                        which rules have fixes

Of --rules, groups and presets choose safe fixes; the name of a rule chooses its unsafe ones too.

Exit codes: 0 done, 1 there is something to change (--diff), 2 the call is wrong")]
pub(super) struct Args {
    #[command(flatten)]
    judged: JudgedArgs,

    /// Show the changes as a unified diff, and write nothing
    #[arg(long)]
    diff: bool,
}

pub(super) fn run(args: &Args, color: When) -> anyhow::Result<Exit> {
    release::require(&args.judged.paths())?;
    anyhow::ensure!(
        args.judged.paths().iter().all(|path| path.as_os_str() != "-"),
        "standard input cannot be mended in place; name files"
    );
    let show = |report: &report::Report| {
        report::write(report, Format::Human, color.on_stderr(), &mut std::io::stderr())
    };
    let check = match args.judged.job()? {
        Ok(called) => called.job,
        Err(report) => {
            show(&report)?;
            return Ok(Exit::Usage);
        }
    };
    let words = args.judged.rules.as_deref();
    // `all` is every rule that runs, as it is without a word.
    let of_rules = words.filter(|words| !words.iter().any(|word| word.trim() == "all"));
    let catalog = Catalog::with(check.config.custom_rules());
    let chosen = of_rules.map(|words| catalog.chosen(words)).transpose()?;
    let is_named =
        |name: &&'static str| words.is_some_and(|words| words.iter().any(|word| word.trim() == *name));
    let all: BTreeSet<&'static str> = catalog.all().iter().map(|rule| rule.name).collect();
    let job = FixJob {
        check,
        rules: chosen.map(|rules| rules.into_iter().map(|rule| rule.name).collect()),
        named: all.into_iter().filter(is_named).collect(),
    };
    let fixed = match pipeline::fix(&job) {
        Ok(fixed) => fixed,
        Err(WrongCall::Configuration(report)) => {
            show(&report)?;
            return Ok(Exit::Usage);
        }
        Err(other @ WrongCall::Version(_)) => return Err(other.into()),
    };
    let mut out = output::stdout();
    for (path, file) in &fixed.files {
        if args.diff {
            let diff = TextDiff::from_lines(&*file.before, &*file.after);
            let (old, new) = (format!("a/{path}"), format!("b/{path}"));
            write!(
                out,
                "{}",
                diff.unified_diff().context_radius(CONTEXT).header(&old, &new)
            )?;
        } else {
            write_whole(Path::new(path), file.after.as_bytes())
                .with_context(|| format!("cannot write `{path}`"))?;
            let rules: Vec<String> = file
                .rules
                .iter()
                .map(|(rule, count)| format!("{count} {rule}"))
                .collect();
            writeln!(out, "{path}: {}", rules.join(", "))?;
        }
    }
    out.flush()?;
    tell(&fixed, args.diff)?;
    let is_open = args.diff && !fixed.files.is_empty();
    Ok(if is_open { Exit::Findings } else { Exit::Clean })
}

/// What was left alone, and how much was done: beside the diff, not in it.
fn tell(fixed: &Fixed, is_diff: bool) -> anyhow::Result<()> {
    let mut err = std::io::stderr().lock();
    for (finding, why) in &fixed.left {
        let at = &finding.location;
        let of = if at.rendered { " of what it prints" } else { "" };
        let (file, line, rule) = (&at.file, at.line, finding.rule.name);
        writeln!(err, "left alone: {file}, line {line}{of}: {rule}: {why}")?;
    }
    let count: usize = fixed.files.values().flat_map(|file| file.rules.values()).sum();
    let (done, files) = (plural(count, "finding"), plural(fixed.files.len(), "file"));
    match (count, is_diff) {
        (0, _) => writeln!(err, "nothing to fix")?,
        (_, true) => writeln!(err, "would fix {done} in {files}")?,
        (_, false) => writeln!(err, "fixed {done} in {files}")?,
    }
    Ok(())
}
