//! `plimsoll template --compare 3,4`: where a chart renders differently under two Helms.

use std::io::{self, Write as _};
use std::path::Path;

use super::{Args, job, name_and_chart};
use crate::cli::Exit;
use crate::cli::output::{self, When};
use crate::diff::Secrets;
use crate::manifest::Route;
use crate::pipeline::{self, DiffTerms, Objects, ReleaseJob};
use crate::report::diff::{self, DiffFormat};
use crate::report::values::Merged;
use crate::report::{self, Format};

/// Renders with both, and says object by object what differs, and which merged values do.
///
/// # Errors
/// Not two Helms are named, or the chart is not on disk.
pub(super) fn run(args: &Args, color: When) -> anyhow::Result<Exit> {
    let [old, new] = args.compare.as_slice() else {
        anyhow::bail!("`--compare` takes two Helms: `--compare 3,4`");
    };
    let (name, path) = name_and_chart(args)?;
    let path = Path::new(&path);
    anyhow::ensure!(
        path.exists(),
        "`{}` is not on disk, and `--compare` fetches nothing",
        path.display()
    );
    let same_each_time = |mut job: ReleaseJob| {
        job.options.deterministic = true;
        job
    };
    let old = same_each_time(job(args, *old, name.clone())?);
    let new = same_each_time(job(args, *new, name)?);
    let (changes, report) = pipeline::diff(
        (Objects::Path(path), &old),
        (Objects::Path(path), &new),
        DiffTerms {
            schemas: None,
            today: None,
            secrets: Secrets::Masked,
        },
    )?;
    if !report.findings.is_empty() {
        let mut err = io::stderr().lock();
        report::write(&report, Format::Human, color.on_stderr(), &mut err)?;
    }
    let mut out = output::stdout();
    diff::write(&changes, DiffFormat::Human, color.on_stdout(), &mut out)?;
    let apart = values_apart(path, &old, &new)?;
    if !changes.is_empty() && !apart.is_empty() {
        writeln!(out, "The two Helms merge these values differently:")?;
        for (route, why) in &apart {
            writeln!(out, "  {route}: {why}")?;
        }
    }
    out.flush()?;
    let is_same = changes.is_empty() && report.counts().errors == 0;
    Ok(if is_same { Exit::Clean } else { Exit::Findings })
}

/// The merged values that differ, and how.
fn values_apart(path: &Path, old: &ReleaseJob, new: &ReleaseJob) -> anyhow::Result<Vec<(Route, String)>> {
    let merged = |job| pipeline::values(path, job, Secrets::Shown).map(|(merged, _)| merged);
    let (Some(old), Some(new)) = (merged(old)?, merged(new)?) else {
        return Ok(Vec::new());
    };
    let mut routes: Vec<Route> = [&old, &new]
        .iter()
        .flat_map(|merged| merged.values.leaves().into_iter().map(|leaf| leaf.route))
        .collect();
    routes.sort();
    routes.dedup();
    let said = |merged: &Merged, route: &Route| match merged.values.value(route) {
        None => "is not set",
        Some(serde_json::Value::Null) => "is null",
        Some(_) => "has another value",
    };
    let apart = routes.into_iter().filter_map(|route| {
        let is_same = old.values.value(&route) == new.values.value(&route);
        let (before, after) = (said(&old, &route), said(&new, &route));
        let (first, second) = (old.values.compat.helm_version(), new.values.compat.helm_version());
        (!is_same).then(|| {
            let why = format!("{before} in {first}, {after} in {second}");
            (route, why)
        })
    });
    Ok(apart.collect())
}
