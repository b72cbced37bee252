//! YAML beside the real go-yaml: the goldens of `crates/yaml`, and differential fuzzing.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use serde_json::{Value as Json, json};

use compare::Answer;
use generate::Random;
use notation::Value;

use crate::oracle::{self, Oracle};

mod cases;
#[path = "../../crates/yaml/tests/it/compare.rs"]
mod compare;
mod generate;
#[path = "../../crates/yaml/tests/it/notation.rs"]
mod notation;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(clap::Subcommand)]
enum Task {
    /// Ask go-yaml about every case and write the answers to fixtures/yaml
    Goldens,
    /// Compare every .yaml and .yml file below some folders with go-yaml
    Files {
        /// Folders
        #[arg(required = true)]
        folders: Vec<PathBuf>,
    },
    /// Compare random texts and values with go-yaml
    Fuzz {
        /// Number of cases; half are parsed, half are printed
        #[arg(long, default_value_t = 100_000)]
        cases: u64,
        /// Seed of the first batch
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Stop after this many differences
        #[arg(long, default_value_t = 20)]
        differences: usize,
    },
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let root = oracle::root();
    let binary = oracle::build("yaml", &[])?;
    match &args.task {
        Task::Goldens => goldens(root, &binary),
        Task::Files { folders } => files(&binary, folders),
        &Task::Fuzz {
            cases,
            seed,
            differences,
        } => fuzz(root, &binary, cases, seed, differences),
    }
}

/// Asks about each input.
fn ask(oracle: &mut Oracle, op: &str, inputs: &[Json]) -> anyhow::Result<Vec<Answer>> {
    let request = |input: &Json| json!({"op": op, "input": input});
    let requests: Vec<Json> = inputs.iter().map(request).collect();
    oracle.ask(&requests)
}

/// One line of a golden file.
#[derive(serde::Serialize, serde::Deserialize)]
struct Golden {
    input: Json,
    answer: Answer,
}

fn goldens(root: &Path, binary: &Path) -> anyhow::Result<()> {
    let mut oracle = Oracle::start(&mut Command::new(binary))?;
    let mut random = Random::new(2026);
    let mut texts: Vec<Json> = cases::TEXTS.iter().map(|&text| Json::from(text)).collect();
    let seeds: Vec<String> = cases::TEXTS.iter().map(|&text| text.to_owned()).collect();
    texts.extend((0..600).map(|_| Json::from(random.text(&seeds))));
    let mut values: Vec<Json> = cases::scalars().iter().map(Value::to_json).collect();
    values.extend((0..600).map(|_| random.value(3).to_json()));
    for (op, inputs) in [("parse", texts), ("emit", values)] {
        let answers = ask(&mut oracle, op, &inputs)?;
        let mut out = String::new();
        for (input, answer) in inputs.into_iter().zip(answers) {
            let difference = match (op, input.as_str()) {
                ("parse", Some(text)) => compare::parse_case(text, &answer),
                _ => compare::emit_case(&Value::from_json(&input).context("a value")?, &answer),
            };
            if let Err(difference) = difference {
                println!("{input}\n{difference}\n");
            }
            out.push_str(&serde_json::to_string(&Golden { input, answer })?);
            out.push('\n');
        }
        let path = golden_path(root, op);
        std::fs::create_dir_all(path.parent().context("fixtures")?)?;
        println!(
            "{}: {} lines, {} bytes",
            path.display(),
            out.lines().count(),
            out.len()
        );
        std::fs::write(path, out)?;
    }
    Ok(())
}

fn golden_path(root: &Path, op: &str) -> PathBuf {
    root.join("fixtures/yaml").join(format!("{op}.jsonl"))
}

fn files(binary: &Path, folders: &[PathBuf]) -> anyhow::Result<()> {
    let mut oracle = Oracle::start(&mut Command::new(binary))?;
    let (mut compared, mut bytes, mut found) = (0, 0, 0);
    for entry in folders.iter().flat_map(walkdir::WalkDir::new) {
        let entry = entry?;
        if !entry
            .path()
            .extension()
            .is_some_and(|ext| ext == "yaml" || ext == "yml")
        {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(entry.path()) else {
            continue;
        };
        let answers = ask(&mut oracle, "parse", &[Json::from(text.as_str())])?;
        compared += 1;
        bytes += text.len();
        for answer in answers {
            if let Err(difference) = compare::parse_case(&text, &answer) {
                found += 1;
                println!("{}\n{difference}\n", entry.path().display());
            }
        }
    }
    println!("{compared} files, {bytes} bytes, {found} differences");
    anyhow::ensure!(found == 0, "{found} differences");
    Ok(())
}

const BATCH: u64 = 500;

fn fuzz(root: &Path, binary: &Path, cases: u64, seed: u64, most: usize) -> anyhow::Result<()> {
    let mut seeds: Vec<String> = cases::TEXTS.iter().map(|&text| text.to_owned()).collect();
    for entry in walkdir::WalkDir::new(root.join("fixtures"))
        .into_iter()
        .chain(walkdir::WalkDir::new(root.join("charts")))
    {
        let Ok(entry) = entry else { continue };
        if entry
            .path()
            .extension()
            .is_some_and(|ext| ext == "yaml" || ext == "yml")
            && let Ok(text) = std::fs::read_to_string(entry.path())
        {
            seeds.push(text);
        }
    }
    seeds.sort();
    let mut oracle = Oracle::start(&mut Command::new(binary))?;
    let (mut parsed, mut printed, mut found) = (0u64, 0u64, 0usize);
    let start = std::time::Instant::now();
    let mut batch = 0;
    while parsed + printed < cases && found < most {
        let mut random = Random::new(seed.wrapping_mul(1_000_003).wrapping_add(batch));
        let texts: Vec<String> = (0..BATCH).map(|_| random.text(&seeds)).collect();
        let inputs: Vec<Json> = texts.iter().map(|text| Json::from(text.as_str())).collect();
        for (text, answer) in texts.iter().zip(ask(&mut oracle, "parse", &inputs)?) {
            if let Err(difference) = compare::parse_case(text, &answer) {
                found += 1;
                println!("{text:?}\n{difference}\n");
            }
        }
        let values: Vec<Value> = (0..BATCH).map(|_| random.value(3)).collect();
        let inputs: Vec<Json> = values.iter().map(Value::to_json).collect();
        for (value, answer) in values.iter().zip(ask(&mut oracle, "emit", &inputs)?) {
            if let Err(difference) = compare::emit_case(value, &answer) {
                found += 1;
                println!("{value:?}\n{difference}\n");
            }
        }
        parsed += BATCH;
        printed += BATCH;
        batch += 1;
    }
    println!(
        "seed {seed}: {parsed} texts and {printed} values in {:.1} s, {found} differences",
        start.elapsed().as_secs_f64()
    );
    anyhow::ensure!(found == 0, "{found} differences");
    Ok(())
}
