//! Rendering, ours beside helm's: one release as a whole process, many releases, and how the cost grows.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

use super::measured::{Measured, alternate};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Charts that render with their default values; charts/echo when none is given
    charts: Vec<PathBuf>,

    /// Our binary, built in the release profile
    #[arg(long, default_value = "target/release/plimsoll")]
    binary: PathBuf,

    /// The helm to stand beside
    #[arg(long, default_value = "helm")]
    helm: PathBuf,

    /// Measured runs of each command
    #[arg(long, default_value_t = 15)]
    runs: usize,

    /// Releases of the first chart: one process of ours against a helm call each; 0 for none
    #[arg(long, default_value_t = 1_000)]
    releases: usize,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let scratch = tempfile::tempdir()?;
    measure(args, scratch.path())
}

fn measure(args: &Args, scratch: &Path) -> anyhow::Result<()> {
    let ours = fs::canonicalize(&args.binary).context("build it: cargo build --release")?;
    let ours = ours.display().to_string();
    let helm = args.helm.display().to_string();
    let charts = match args.charts.as_slice() {
        [] => vec![PathBuf::from("charts/echo")],
        charts => charts.to_vec(),
    };
    println!(
        "{} cores, medians of {} runs after a warm-up: wall, CPU, peak memory",
        std::thread::available_parallelism()?,
        args.runs
    );
    println!("| chart | plimsoll template | | | helm template | | | wall | CPU | memory |");
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for chart in &charts {
        let name = chart.file_name().map(|name| name.to_string_lossy().into_owned());
        beside(&name.unwrap_or_default(), chart, (&ours, &helm), args.runs)?;
    }
    for count in [10, 100, 1_000] {
        let chart = scratch.join(format!("umbrella-{count}"));
        write_umbrella(&chart, count)?;
        beside(
            &format!("{count} subcharts"),
            &chart,
            (&ours, &helm),
            args.runs.min(5),
        )?;
    }
    for count in [100, 1_000, 10_000] {
        let chart = scratch.join(format!("tpl-{count}"));
        write_tpl(&chart, count)?;
        beside(
            &format!("{count} tpl calls"),
            &chart,
            (&ours, &helm),
            args.runs.min(5),
        )?;
    }
    if args.releases > 0 {
        many(&charts[0], args.releases, (&ours, &helm), scratch)?;
    }
    Ok(())
}

/// One row: the same chart by both.
fn beside(name: &str, chart: &Path, (ours, helm): (&str, &str), runs: usize) -> anyhow::Result<()> {
    let chart = chart.to_str().context("a plain path")?;
    let command = |binary| vec![binary, "template", "rel", chart];
    let measured = alternate(&[command(ours), command(helm)], runs)?;
    let [a, b] = measured[..] else {
        anyhow::bail!("two commands give two figures")
    };
    println!("| {name} | {a} | {b} | {} |", ratios(&b, &a));
    Ok(())
}

/// How many times more the first took.
fn ratios(slow: &Measured, fast: &Measured) -> String {
    format!(
        "{:.1}x | {:.1}x | {:.1}x",
        slow.wall.as_secs_f64() / fast.wall.as_secs_f64(),
        slow.cpu.as_secs_f64() / fast.cpu.as_secs_f64().max(0.001),
        slow.peak_kib as f64 / fast.peak_kib as f64
    )
}

/// Copies of a chart, rendered by one process of ours and by one call of helm each.
fn many(chart: &Path, count: usize, (ours, helm): (&str, &str), scratch: &Path) -> anyhow::Result<()> {
    let folder = scratch.join("releases");
    fs::create_dir_all(&folder)?;
    let mut paths = Vec::new();
    for number in 0..count {
        let path = folder.join(format!("{number:04}"));
        copy(chart, &path)?;
        paths.push(path);
    }
    let spend = |command: &mut Command| -> anyhow::Result<Duration> {
        let start = Instant::now();
        let status = command.stdout(Stdio::null()).status()?;
        ensure!(status.success(), "{command:?} failed");
        Ok(start.elapsed())
    };
    let together = spend(Command::new(ours).arg("render").args(&paths))?;
    let mut alone = Duration::ZERO;
    for path in &paths {
        alone += spend(Command::new(helm).args(["template", "rel"]).arg(path))?;
    }
    println!(
        "{count} releases: one process of ours {:.2} s, {count} helm calls {:.2} s: {:.0}x",
        together.as_secs_f64(),
        alone.as_secs_f64(),
        alone.as_secs_f64() / together.as_secs_f64()
    );
    Ok(())
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// A chart of nothing but subcharts, each with a template, a helper and values.
fn write_umbrella(chart: &Path, count: usize) -> anyhow::Result<()> {
    fs::create_dir_all(chart.join("templates"))?;
    let mut metadata = String::from("apiVersion: v2\nname: umbrella\nversion: 1.0.0\ndependencies:\n");
    let mut values = String::from("global:\n  region: north\n");
    for number in 0..count {
        let name = format!("part{number}");
        let _ = writeln!(
            metadata,
            "  - name: {name}\n    version: 1.0.0\n    condition: {name}.enabled"
        );
        let _ = writeln!(values, "{name}:\n  enabled: true\n  port: {}", 8000 + number);
        let part = chart.join("charts").join(&name);
        fs::create_dir_all(part.join("templates"))?;
        fs::write(
            part.join("Chart.yaml"),
            format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\n"),
        )?;
        fs::write(part.join("values.yaml"), "port: 80\nlabels:\n  tier: web\n")?;
        fs::write(
            part.join("templates/_names.tpl"),
            format!("{{{{ define \"{name}.name\" }}}}{{{{ .Release.Name }}}}-{name}{{{{ end }}}}"),
        )?;
        fs::write(
            part.join("templates/service.yaml"),
            format!(
                "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{{{ include \"{name}.name\" . }}}}\n  labels:\n    \
                 {{{{- toYaml .Values.labels | nindent 4 }}}}\n    region: {{{{ .Values.global.region }}}}\nspec:\n  \
                 ports:\n    - port: {{{{ .Values.port }}}}\n"
            ),
        )?;
    }
    fs::write(chart.join("Chart.yaml"), metadata)?;
    fs::write(chart.join("values.yaml"), values)?;
    Ok(())
}

/// A chart that calls `tpl` so many times, with helpers for it to carry along.
fn write_tpl(chart: &Path, count: usize) -> anyhow::Result<()> {
    fs::create_dir_all(chart.join("templates"))?;
    fs::write(
        chart.join("Chart.yaml"),
        "apiVersion: v2\nname: texts\nversion: 1.0.0\n",
    )?;
    let mut helpers = String::new();
    for number in 0..100 {
        let _ = writeln!(
            helpers,
            "{{{{ define \"helper{number}\" }}}}{{{{ .Release.Name }}}}-{number}{{{{ end }}}}"
        );
    }
    fs::write(chart.join("templates/_helpers.tpl"), helpers)?;
    let mut values = String::from("texts:\n");
    for number in 0..count {
        let _ = writeln!(
            values,
            "  - '{number} {{{{ include \"helper7\" . }}}} of {{{{ .Chart.Name | upper }}}}'"
        );
    }
    fs::write(chart.join("values.yaml"), values)?;
    fs::write(
        chart.join("templates/map.yaml"),
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: texts\ndata:\n{{- range $i, $text := .Values.texts }}\n  \
         key{{ $i }}: {{ tpl $text $ | quote }}\n{{- end }}\n",
    )?;
    Ok(())
}
