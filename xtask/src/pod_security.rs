//! The Pod Security Standards beside the admission plugin's own policy code (`oracle/pod-security`).

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::bail;
use serde_json::{Value as Json, json};

use crate::oracle::{self, Oracle};

mod ours;
mod pods;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Write fixtures/pod-security: generated pods, with the plugin's answers
    Goldens,
    /// Compare generated pods, and those below some folders, with the plugin: every check, every version
    Fuzz {
        /// Folders of YAML files, such as test/testdata of k8s.io/pod-security-admission
        folders: Vec<PathBuf>,
        /// How many generated pods
        #[arg(long, default_value_t = 100_000)]
        cases: u64,
        /// Of the first; the following ones count up
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
}

/// How many generated pods are kept as goldens.
const KEPT: u64 = 400;

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let oracle = oracle::build("pod-security", &[])?;
    match &args.action {
        Action::Goldens => {
            let texts: Vec<String> = (0..KEPT).map(|seed| pods::object(seed).to_string()).collect();
            let answers = ask(&oracle, &texts)?;
            let lines = texts
                .iter()
                .zip(answers)
                .map(|(object, answer)| json!({ "object": object, "answer": answer }));
            let lines: Vec<String> = lines.map(|line| line.to_string() + "\n").collect();
            let folder = oracle::root().join("fixtures/pod-security");
            std::fs::create_dir_all(&folder)?;
            let file = folder.join("pods.jsonl.gz");
            let mut gz =
                flate2::write::GzEncoder::new(std::fs::File::create(&file)?, flate2::Compression::best());
            gz.write_all(lines.concat().as_bytes())?;
            gz.finish()?;
            println!("{}: {KEPT} pods", file.display());
            Ok(())
        }
        Action::Fuzz { folders, cases, seed } => fuzz(&oracle, folders, *cases, *seed),
    }
}

fn fuzz(oracle: &Path, folders: &[PathBuf], cases: u64, seed: u64) -> anyhow::Result<()> {
    let mut texts = Vec::new();
    for folder in folders {
        read(folder, &mut texts)?;
    }
    let read = texts.len();
    let generated = (seed..seed + cases).map(|seed| (format!("seed {seed}"), pods::object(seed).to_string()));
    texts.extend(generated);
    let (names, texts): (Vec<_>, Vec<_>) = texts.into_iter().unzip();
    let answers = ask(oracle, &texts)?;
    let (mut differences, mut forbidden) = (0, 0);
    for ((name, text), go) in names.iter().zip(&texts).zip(&answers) {
        let ours = ours::judge(text);
        forbidden += usize::from(*go.pointer("/restricted/0/2").unwrap_or(&Json::Null) != json!([]));
        if ours != *go {
            differences += 1;
            if differences <= 5 {
                println!("{name}\n  {text}\n  Go   {go}\n  ours {ours}\n");
            }
        }
    }
    println!(
        "{read} files and {cases} generated pods from seed {seed}, {forbidden} of them forbidden by restricted:v1.0: \
         {differences} differences"
    );
    if differences > 0 {
        bail!("{differences} differences");
    }
    Ok(())
}

/// Every YAML file below a folder.
fn read(folder: &Path, into: &mut Vec<(String, String)>) -> anyhow::Result<()> {
    let mut entries: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::path);
    for path in entries.iter().map(std::fs::DirEntry::path) {
        if path.is_dir() {
            read(&path, into)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            into.push((path.display().to_string(), std::fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

/// The plugin's answers, one for each object.
fn ask(oracle: &Path, texts: &[String]) -> anyhow::Result<Vec<Json>> {
    let requests: Vec<Json> = texts.iter().map(|text| json!({ "object": text })).collect();
    Oracle::start(&mut Command::new(oracle))?.ask(&requests)
}
