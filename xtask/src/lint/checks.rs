//! What other linters look for, as lists: asked of their programs, or read off their sources where no program tells.
//!
//! `tests/it/peers.rs` holds each check to a rule of ours or to a reason.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use serde_json::Value;
use walkdir::WalkDir;

use super::peers::known_to_pluto;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The program of kube-linter, kube-score, kubesec or pluto, or the sources of polaris, kubeaudit, trivy
    /// (trivy-checks) or checkov, as NAME=PATH
    #[arg(long = "peer", value_name = "NAME=PATH", required = true)]
    peers: Vec<String>,

    /// The folder of the lists
    #[arg(long, default_value = "fixtures/peers")]
    out: PathBuf,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    for peer in &args.peers {
        let (name, path) = peer.split_once('=').context("a peer is NAME=PATH")?;
        let checks = list(name, Path::new(path)).with_context(|| name.to_owned())?;
        if checks.is_empty() {
            bail!("{path} lists no checks of {name}");
        }
        println!("{name}: {} checks", checks.len());
        let lines: Vec<String> = checks.into_iter().map(|check| check + "\n").collect();
        std::fs::write(args.out.join(format!("{name}.txt")), lines.concat())?;
    }
    Ok(())
}

fn list(peer: &str, path: &Path) -> anyhow::Result<BTreeSet<String>> {
    Ok(match peer {
        "kube-linter" => named(path, &["checks", "list", "--format", "json"], "name")?,
        "kubesec" => named(path, &["print-rules"], "id")?,
        "kube-score" => {
            let list = output(path, &["list"])?;
            let ids = list.lines().filter_map(|line| line.split(',').next());
            ids.map(str::to_owned).collect()
        }
        "pluto" => {
            let known = known_to_pluto(path)?.into_iter();
            known
                .map(|(api_version, kind)| format!("{api_version} {kind}"))
                .collect()
        }
        "polaris" => files(&path.join("pkg/config/checks"), ".yaml")
            .filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned()))
            .collect(),
        "kubeaudit" => lines(&path.join("auditors"), ".go", constant)?,
        "trivy" => lines(&path.join("checks/kubernetes"), ".rego", trivy_id)?,
        "checkov" => lines(&path.join("checkov/kubernetes/checks"), "", checkov_id)?,
        _ => bail!("no such peer"),
    })
}

fn output(program: &Path, args: &[&str]) -> anyhow::Result<String> {
    let output = Command::new(program).args(args).output()?;
    Ok(String::from_utf8(output.stdout)?)
}

/// One field of each entry of a list in JSON.
fn named(program: &Path, args: &[&str], key: &str) -> anyhow::Result<BTreeSet<String>> {
    let list: Vec<Value> = serde_json::from_str(&output(program, args)?)?;
    let names = list.iter().filter_map(|entry| entry[key].as_str());
    Ok(names.map(str::to_owned).collect())
}

fn files(folder: &Path, end: &str) -> impl Iterator<Item = PathBuf> {
    let files = WalkDir::new(folder).into_iter().filter_map(Result::ok);
    files.map(walkdir::DirEntry::into_path).filter(move |file| {
        let name = file
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        file.is_file() && name.ends_with(end) && !name.contains("_test.")
    })
}

/// What is found in the lines of the files below a folder; files that are no text are left out.
fn lines(folder: &Path, end: &str, find: fn(&str) -> Option<String>) -> anyhow::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for file in files(folder, end) {
        let text = std::fs::read(file)?;
        if let Ok(text) = std::str::from_utf8(&text) {
            found.extend(text.lines().filter_map(find));
        }
    }
    Ok(found)
}

/// `LimitsNotSet = "LimitsNotSet"`: so kubeaudit declares the names of its results.
fn constant(line: &str) -> Option<String> {
    let (name, value) = line.trim().split_once(" = ")?;
    (value == format!("{name:?}")).then(|| name.to_owned())
}

/// `#   avd_id: AVD-KSV-0110` or `#   id: KSV-0110`, as `KSV-0110`; `id: KSV110` stands beside the former.
fn trivy_id(line: &str) -> Option<String> {
    let id = line.trim_start_matches(['#', ' ']).trim_start_matches("avd_");
    let id = id.strip_prefix("id: ")?.trim_matches('"');
    let (group, number) = id.strip_prefix("AVD-").unwrap_or(id).split_at_checked(3)?;
    let number: u32 = number.trim_start_matches('-').parse().ok()?;
    Some(format!("{group}-{number:04}"))
}

/// `id = "CKV_K8S_20"` of a class, `"id": "CKV2_K8S_5"` of a check of relations.
fn checkov_id(line: &str) -> Option<String> {
    let mut words = line.split(['"', '\'']);
    let id = words.find(|word| word.starts_with("CKV_K8S_") || word.starts_with("CKV2_K8S_"));
    id.map(str::to_owned)
}
