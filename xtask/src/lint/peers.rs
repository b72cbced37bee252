//! Our verdicts beside those of the linters that our rules name: the real programs, run on the same manifests.
//!
//! A check of a peer and our rules for it are compared object by object, as [`compare`] says. What differs for a reason
//! is in `docs/dev/peer-differences.md`, is counted apart, and never counts as equal.

mod compare;
mod differences;
mod matrix;
mod ours;
mod program;
mod report;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use plimsoll::schema::KubernetesVersion;
use rayon::prelude::*;
use walkdir::WalkDir;

use compare::{Comparison, Mapping};
use differences::Differences;
pub(super) use program::known_to_pluto;
use program::{Peer, Program};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The program of a peer, as NAME=FILE: kube-linter, kube-score, polaris, kubeaudit, kubesec, pluto
    #[arg(long = "peer", value_name = "NAME=FILE", required = true)]
    peers: Vec<String>,

    /// Manifests, or folders of manifests
    #[arg(required = true)]
    paths: Vec<PathBuf>,

    /// The differences that have a reason
    #[arg(long, default_value = "docs/dev/peer-differences.md")]
    differences: PathBuf,

    /// The versions of Kubernetes that pluto is asked for, of the manifests and of every kind that it or we know
    #[arg(long, value_name = "VERSION|FROM..TO", default_value = "1.24..")]
    kubernetes: String,

    /// Judge references as for a part of what is deployed; the peers take every file for the whole
    #[arg(long)]
    incomplete: bool,

    /// Take our verdicts as `plimsoll check` shows them, which leaves out what validation makes a guess
    #[arg(long)]
    as_shown: bool,

    /// Compare each check on the peer's own tests for it alone
    #[arg(long)]
    own_tests: bool,

    /// Print every difference of these checks and rules, those with a reason too; `all` for all of them
    #[arg(long, value_delimiter = ',')]
    show: Vec<String>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let differences = Differences::read(&args.differences)?;
    let files = manifests(&args.paths);
    let scratch = tempfile::tempdir()?;
    for peer in &args.peers {
        let (name, file) = peer.split_once('=').context("a peer is NAME=FILE")?;
        let peer: Peer = name.parse()?;
        let mapping = Mapping::of(peer)?;
        let program = Program::new(peer, Path::new(file), &mapping.checks(), scratch.path())?;
        let mut files = files.clone();
        let mut versions = vec![None];
        if peer == Peer::Pluto {
            files.push(matrix::write(Path::new(file), scratch.path())?);
            let chosen = KubernetesVersion::range(&args.kubernetes).map_err(anyhow::Error::msg)?;
            versions = chosen.into_iter().map(Some).collect();
        }
        let asking: Vec<_> = (files.iter())
            .flat_map(|file| versions.iter().map(move |version| (file, *version)))
            .collect();
        let rules = mapping.rules();
        let asked = ours::Asked {
            config: ours::configured(&rules, differences.configuration(peer))?,
            rules,
            is_complete: !args.incomplete,
            as_shown: args.as_shown,
        };
        let cases = asking
            .par_iter()
            .map(|&(file, version)| {
                Ok(compare::Case {
                    file: file.clone(),
                    kubernetes: version,
                    theirs: program.ask(file, version)?,
                    ours: ours::check(file, version, &asked)?,
                })
            })
            .collect::<anyhow::Result<Vec<_>>>()?;
        let mut comparison = Comparison::of(&mapping, &program, &cases);
        if args.own_tests {
            comparison.verdicts.retain(|verdict| verdict.is_own_test);
        }
        report::print(peer, &comparison, &differences, &args.show);
    }
    Ok(())
}

/// The YAML files of some paths that are no part of a chart: its templates are not YAML yet.
fn manifests(paths: &[PathBuf]) -> Vec<PathBuf> {
    let is_chart = |path: &Path| path.is_dir() && path.join("Chart.yaml").is_file();
    let mut files: Vec<PathBuf> = paths
        .iter()
        .flat_map(|path| {
            WalkDir::new(path)
                .sort_by_file_name()
                .into_iter()
                .filter_entry(move |entry| !is_chart(entry.path()))
        })
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.is_file() && path.extension().is_some_and(|end| end == "yaml" || end == "yml"))
        .collect();
    files.dedup();
    files
}
