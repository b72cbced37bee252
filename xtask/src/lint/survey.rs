//! How loud a set of rules is on real charts: what the default set is tuned by.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plimsoll::catalog;
use plimsoll::config::{Config, Layer};
use plimsoll::finding::locate::Located;
use plimsoll::finding::{Severity, Stage};
use plimsoll::manifest::select::Base;
use plimsoll::pipeline::{self, CheckJob, ReleaseJob};
use plimsoll::schema::UnknownKinds;
use plimsoll::unused::UNUSED_VALUE;
use plimsoll::values::ValuesFile;
use rayon::prelude::*;
use walkdir::WalkDir;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folders to look for charts in
    #[arg(required = true)]
    folders: Vec<PathBuf>,

    /// The rules, as `plimsoll check --rules` takes them
    #[arg(long, value_delimiter = ',', default_value = "default")]
    rules: Vec<String>,

    /// Take only this many charts, spread evenly over all that are found
    #[arg(long)]
    sample: Option<usize>,

    /// Print this many findings, drawn evenly, to be read by a person
    #[arg(long, default_value_t = 0)]
    draw: usize,

    /// Instead of linting, look for values that no template reads: those of the values files beside a chart (`ci/*.yaml`,
    /// `values-*.yaml`), and those of charts without such
    #[arg(long)]
    unused_values: bool,

    /// Which of the evenly spread charts and findings: the same number gives the same
    #[arg(long, default_value_t = 0)]
    seed: usize,
}

/// One chart that renders with its default values.
struct Release {
    chart: PathBuf,
    objects: usize,
    findings: Vec<Located>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let rules = catalog::rule_set(&args.rules)?;
    let mut charts: Vec<PathBuf> = args
        .folders
        .iter()
        .flat_map(|folder| charts_below(folder))
        .collect();
    charts.sort();
    let found = charts.len();
    let check = |chart: &PathBuf| -> Option<Release> {
        let mut release = ReleaseJob::default();
        release.release.name = "survey".into();
        if args.unused_values {
            return unused_values(chart, release);
        }
        let job = CheckJob {
            paths: vec![chart.clone()],
            units: Arc::default(),
            is_whole_project: false,
            release,
            kubernetes: Vec::new(),
            schemas: None,
            unknown_kinds: UnknownKinds::Ignore,
            pod_security: plimsoll::admission::pod_security::Standard::default(),
            base: Base::default(),
            config: Config::new(Layer::default(), Some(rules.clone())),
            has_chart_configs: false,
            is_complete: false,
            today: None,
            wants_relations: false,
        };
        let mut report = pipeline::check(&job).ok()?;
        report.fold();
        let is_failure = |finding: &&Located| {
            finding.severity == Severity::Error
                && matches!(finding.rule.stage, Stage::Yaml | Stage::Values | Stage::Render)
        };
        if report.findings.iter().find(is_failure).is_some() {
            return None;
        }
        let findings = report.findings.into_iter();
        let findings: Vec<Located> = findings
            .filter(|finding| finding.rule.stage == Stage::Lint)
            .collect();
        (!report.objects.is_empty()).then(|| Release {
            chart: chart.clone(),
            objects: report.objects.len(),
            findings,
        })
    };
    let rendered: Vec<Release> = charts.par_iter().filter_map(check).collect();
    let whole = rendered.len();
    let releases = match args.sample {
        Some(count) => spread(rendered, count, args.seed),
        None => rendered,
    };
    println!("{found} charts, {whole} of use, {} taken", releases.len());
    print_by_rule(&releases);
    print_counts(&releases);
    let all: Vec<(&Path, &Located)> = releases
        .iter()
        .flat_map(|release| release.findings.iter().map(|finding| (&*release.chart, finding)))
        .collect();
    for (chart, finding) in spread(all, args.draw, args.seed) {
        let place = &finding.location;
        println!(
            "\n{}\n  {}:{} [{}]\n  {}",
            chart.display(),
            place.file,
            place.line,
            finding.rule.name,
            finding.message
        );
    }
    Ok(())
}

/// The values that no template of a chart reads.
fn unused_values(chart: &Path, mut release: ReleaseJob) -> Option<Release> {
    let is_values = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let folder = path.parent().and_then(Path::file_name).unwrap_or_default();
        name.ends_with(".yaml") && (folder == "ci" && !name.starts_with('.') || name.starts_with("values-"))
    };
    let nearby = WalkDir::new(chart).max_depth(2).sort_by_file_name().into_iter();
    let nearby = nearby.filter_map(Result::ok).map(walkdir::DirEntry::into_path);
    // One file is one environment.
    if let Some(path) = nearby.into_iter().find(|path| is_values(path)) {
        release.layers.files.push(ValuesFile {
            bytes: std::fs::read(&path).map_err(|error| error.to_string()),
            path: path.display().to_string(),
        });
    }
    let report = pipeline::unused_values(chart, &release).ok()?;
    let is_broken = report.counts().errors > 0;
    let findings = report.findings.into_iter();
    let findings: Vec<Located> = findings
        .filter(|finding| finding.rule.name == UNUSED_VALUE.name)
        .collect();
    (!is_broken).then(|| Release {
        chart: chart.to_path_buf(),
        objects: 0,
        findings,
    })
}

/// The folders with a `Chart.yaml` that are no subchart of another.
fn charts_below(folder: &Path) -> Vec<PathBuf> {
    let is_vendored = |path: &Path| {
        path.file_name().is_some_and(|name| name == "charts")
            && path
                .parent()
                .is_some_and(|parent| parent.join("Chart.yaml").exists())
    };
    WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| !is_vendored(entry.path()))
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name() == "Chart.yaml")
        .filter_map(|entry| entry.path().parent().map(Path::to_path_buf))
        .collect()
}

/// `count` of some items, evenly spread; `seed` shifts the start.
fn spread<T>(items: Vec<T>, count: usize, seed: usize) -> Vec<T> {
    let total = items.len();
    if count == 0 || total == 0 {
        return Vec::new();
    }
    let picked: std::collections::BTreeSet<usize> = (0..count.min(total))
        .map(|number| (number * total / count.min(total) + seed) % total)
        .collect();
    let numbered = items.into_iter().enumerate();
    numbered
        .filter(|(number, _)| picked.contains(number))
        .map(|(_, item)| item)
        .collect()
}

fn print_by_rule(releases: &[Release]) {
    let mut rules: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for release in releases {
        let mut of_release: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in &release.findings {
            *of_release.entry(finding.rule.name).or_default() += 1;
        }
        for (rule, count) in of_release {
            let totals = rules.entry(rule).or_default();
            *totals = (totals.0 + count, totals.1 + 1);
        }
    }
    let mut rows: Vec<_> = rules.into_iter().collect();
    rows.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    println!("findings  releases  rule");
    for (rule, (count, releases)) in rows {
        println!("{count:8}  {releases:8}  {rule}");
    }
}

fn print_counts(releases: &[Release]) {
    let mut counts: Vec<usize> = releases.iter().map(|release| release.findings.len()).collect();
    counts.sort_unstable();
    let at = |share: usize| {
        counts
            .get(counts.len() * share / 100)
            .copied()
            .unwrap_or_default()
    };
    let objects: usize = releases.iter().map(|release| release.objects).sum();
    println!(
        "a release: median {}, 75 % at most {}, 90 % at most {}; {} findings on {objects} objects",
        at(50),
        at(75),
        at(90),
        counts.iter().sum::<usize>()
    );
}
