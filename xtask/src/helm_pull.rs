//! The real helm pulls and renders what `plimsoll package` and `plimsoll repo index` write, served over HTTP on this
//! machine, and what both print is compared.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail, ensure};

use crate::conformance::oracle;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The real helm, as often as there are versions to try; the two pinned ones are built when none is given
    #[arg(long, value_name = "PATH")]
    helm: Vec<PathBuf>,
    /// Ours
    #[arg(long, value_name = "PATH")]
    plimsoll: PathBuf,
    /// Charts to publish, besides one with a dependency on the first of them
    #[arg(value_name = "CHART", default_value = "charts/echo")]
    charts: Vec<PathBuf>,
    /// Where built helms are kept
    #[arg(long, default_value = "/tmp/plimsoll-conformance", value_name = "DIR")]
    cache: PathBuf,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let helms = if args.helm.is_empty() {
        let bin = args.cache.join("bin");
        vec![oracle::build(4, &bin)?, oracle::build(3, &bin)?]
    } else {
        args.helm.clone()
    };
    let scratch = std::env::temp_dir().join(format!("plimsoll-helm-pull-{}", std::process::id()));
    fs::create_dir_all(&scratch)?;
    let ours = Tool {
        program: fs::canonicalize(&args.plimsoll)?,
        scratch: scratch.clone(),
    };
    let result = helms.iter().try_for_each(|helm| {
        with_helm(helm, &ours, &args.charts).with_context(|| helm.display().to_string())
    });
    fs::remove_dir_all(&scratch)?;
    result
}

fn with_helm(program: &Path, ours: &Tool, charts: &[PathBuf]) -> anyhow::Result<()> {
    let helm = Tool {
        program: fs::canonicalize(program)?,
        scratch: ours.scratch.clone(),
    };
    let version = String::from_utf8(helm.run(&["version", "--short"])?)?;
    let compat = version
        .trim()
        .strip_prefix('v')
        .and_then(|version| version.split('.').next())
        .context("helm says its version")?;
    let root = ours.scratch.join(compat);
    let published = root.join("published");
    fs::create_dir_all(&published)?;
    let url = serve(published.clone())?;

    let mut words = vec!["package".to_owned(), "-d".to_owned(), text(&published)];
    for chart in charts {
        words.push(text(&fs::canonicalize(chart)?));
    }
    ours.run(&words)?;
    ours.run(&["repo", "index", &text(&published), "--url", &url])?;
    same_index(&helm, &published, &root.join("again"), &url)?;

    let mut names = Vec::new();
    for archive in archives(&published)? {
        let file = archive
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let (name, version) = name_and_version(&file)?;
        let pulled = root.join("pulled");
        fs::create_dir_all(&pulled)?;
        helm.run(&[
            "pull",
            &name,
            "--repo",
            &url,
            "--version",
            &version,
            "-d",
            &text(&pulled),
        ])?;
        ensure!(
            fs::read(pulled.join(&file))? == fs::read(&archive)?,
            "helm pulled other bytes of {file}"
        );
        helm.run(&["lint", &text(&archive)])?;
        let location = format!("{url}/{file}");
        for words in [
            vec!["template", "rel", &name, "--repo", &url, "--version", &version],
            vec!["template", "rel", &location],
        ] {
            same_render(&helm, ours, compat, &words)?;
        }
        names.push((name, version));
    }
    let (name, version) = names.first().context("there are archives")?;
    with_dependency(&helm, ours, compat, &root, &url, name, version)?;
    println!(
        "{}: {} charts published, pulled and rendered alike",
        version_line(&helm)?,
        names.len()
    );
    Ok(())
}

/// A chart with a dependency: `helm dependency build` on one copy, `plimsoll dep build` on another.
fn with_dependency(
    helm: &Tool,
    ours: &Tool,
    compat: &str,
    root: &Path,
    url: &str,
    name: &str,
    version: &str,
) -> anyhow::Result<()> {
    let chart = format!(
        "apiVersion: v2\nname: parent\nversion: 0.1.0\ndependencies:\n- name: {name}\n  version: '>={version} <9'\n  \
         repository: {url}\n"
    );
    let (theirs, mine) = (root.join("theirs/parent"), root.join("mine/parent"));
    for folder in [&theirs, &mine] {
        fs::create_dir_all(folder)?;
        fs::write(folder.join("Chart.yaml"), &chart)?;
    }
    helm.run(&["dependency", "update", &text(&theirs)])?;
    let expected = helm.run(&["template", "rel", &text(&theirs)])?;
    // Their lock is followed by us, and found to fit.
    fs::copy(theirs.join("Chart.lock"), mine.join("Chart.lock"))?;
    ours.run(&["dep", "build", &text(&mine)])?;
    ensure!(!mine.join("charts").exists(), "dep build wrote into the chart");
    let found = ours.run(&["template", "rel", &text(&mine), "--helm-compat", compat])?;
    ensure!(found == expected, "a chart with a dependency renders otherwise");
    // Our lock and our archives are theirs.
    fs::remove_file(mine.join("Chart.lock"))?;
    ours.run(&["dep", "update", "--vendor", &text(&mine)])?;
    helm.run(&["repo", "add", "published", url, "--force-update"])?;
    helm.run(&["dependency", "build", &text(&mine)])?;
    let found = helm.run(&["template", "rel", &text(&mine)])?;
    ensure!(found == expected, "helm renders our charts/ otherwise");
    Ok(())
}

fn version_line(helm: &Tool) -> anyhow::Result<String> {
    Ok(String::from_utf8(helm.run(&["version", "--short"])?)?
        .trim()
        .to_owned())
}

/// Our index and helm's of the same folder, but for the times.
fn same_index(helm: &Tool, published: &Path, again: &Path, url: &str) -> anyhow::Result<()> {
    fs::create_dir_all(again)?;
    for archive in archives(published)? {
        fs::copy(&archive, again.join(archive.file_name().unwrap_or_default()))?;
    }
    helm.run(&["repo", "index", &text(again), "--url", url])?;
    let lines = |folder: &Path| -> anyhow::Result<Vec<String>> {
        let index = fs::read_to_string(folder.join("index.yaml"))?;
        Ok(index
            .lines()
            .map(|line| match line.split_once(": \"") {
                Some((key, _)) if key.ends_with("created") || key == "generated" => key.to_owned(),
                _ => line.to_owned(),
            })
            .collect())
    };
    let (ours, theirs) = (lines(published)?, lines(again)?);
    if let Some(at) = (0..ours.len().max(theirs.len())).find(|at| ours.get(*at) != theirs.get(*at)) {
        bail!(
            "index.yaml, line {}: helm {:?}, ours {:?}",
            at + 1,
            theirs.get(at),
            ours.get(at)
        );
    }
    Ok(())
}

fn same_render(helm: &Tool, ours: &Tool, compat: &str, words: &[&str]) -> anyhow::Result<()> {
    let expected = helm.run(words)?;
    let found = ours.run(&[words, &["--helm-compat", compat]].concat())?;
    ensure!(!expected.is_empty(), "{words:?}: helm prints nothing");
    ensure!(
        found == expected,
        "{words:?}: what we print is not what helm prints"
    );
    Ok(())
}

fn archives(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "tgz") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// `echo-0.1.0.tgz`: the version begins behind the last `-` with a digit after it that has dots.
fn name_and_version(file: &str) -> anyhow::Result<(String, String)> {
    let stem = file.strip_suffix(".tgz").context("an archive")?;
    stem.match_indices('-')
        .find(|(at, _)| stem[at + 1..].starts_with(|char: char| char.is_ascii_digit()))
        .map(|(at, _)| (stem[..at].to_owned(), stem[at + 1..].to_owned()))
        .with_context(|| format!("{file} has a name and a version"))
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// A program with a home of its own.
struct Tool {
    program: PathBuf,
    scratch: PathBuf,
}

impl Tool {
    fn run(&self, args: &[impl AsRef<str>]) -> anyhow::Result<Vec<u8>> {
        let words: Vec<&str> = args.iter().map(AsRef::as_ref).collect();
        let output = Command::new(&self.program)
            .args(&words)
            .env_clear()
            .env("HOME", self.scratch.join("home"))
            .env("KUBECONFIG", "/dev/null")
            .output()
            .with_context(|| format!("cannot run {}", self.program.display()))?;
        ensure!(
            output.status.success(),
            "{} {}: {}",
            self.program.display(),
            words.join(" "),
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(output.stdout)
    }
}

/// Serves the files of a folder on a free port of this machine until the process ends; its address.
fn serve(folder: PathBuf) -> anyhow::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A client that goes away is its own business.
            let _ = answer(stream, &folder);
        }
    });
    Ok(url)
}

fn answer(mut stream: TcpStream, folder: &Path) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let name = request
        .split(' ')
        .nth(1)
        .unwrap_or_default()
        .trim_start_matches('/');
    let file = (!name.contains('/'))
        .then(|| fs::read(folder.join(name)).ok())
        .flatten();
    let (status, body) = file.map_or((404, Vec::new()), |body| (200, body));
    write!(
        stream,
        "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(&body)
}
