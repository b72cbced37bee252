//! Template functions beside the real Sprig and Helm: the goldens of `crates/sprig`, and differential fuzzing.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use plimsoll_gostd::strconv;
use plimsoll_sprig::Profile;
use serde_json::{Value as Json, json};

use grammar::Generator;

mod grammar;
#[path = "../../crates/sprig/tests/support/known.rs"]
mod known;
#[path = "../../crates/sprig/tests/support/render.rs"]
mod render;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(clap::Subcommand)]
enum Task {
    /// Ask Helm about generated expressions of every area and write the answers to fixtures/functions
    Goldens {
        /// Expressions for each function
        #[arg(long, default_value_t = 30)]
        each: usize,
    },
    /// Compare random nested expressions with Helm
    Fuzz {
        /// Number of expressions
        #[arg(long, default_value_t = 100_000)]
        cases: u64,
        /// Seed
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Stop after this many differences
        #[arg(long, default_value_t = 40)]
        differences: usize,
        /// Only functions whose name contains this
        #[arg(long, default_value = "")]
        only: String,
    },
}

type Answer = Result<Vec<u8>, String>;

/// Builds `oracle/functions` into the target directory.
fn build(root: &Path) -> anyhow::Result<PathBuf> {
    let directory = root.join("oracle/functions");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let binary = target.join("oracle-functions");
    let status = Command::new("go")
        .args(["build", "-o"])
        .arg(&binary)
        .arg(".")
        .current_dir(&directory)
        .status();
    if !status.context("run go build")?.success() {
        bail!("go build failed in {}", directory.display());
    }
    Ok(binary)
}

/// Asks the oracle about templates, each for a profile.
fn ask(binary: &Path, questions: &[(String, Profile)]) -> anyhow::Result<Vec<Answer>> {
    let mut process = Command::new(binary)
        .env("TZ", "UTC")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut requests = BufWriter::new(process.stdin.take().context("stdin")?);
    let answers = BufReader::new(process.stdout.take().context("stdout")?);
    let mut all = Vec::with_capacity(questions.len());
    std::thread::scope(|scope| -> anyhow::Result<()> {
        let writer = scope.spawn(move || -> anyhow::Result<()> {
            for (text, profile) in questions {
                let profile = if *profile == Profile::Helm3 { 3 } else { 4 };
                writeln!(requests, "{}", json!({"text": text, "profile": profile}))?;
            }
            requests.flush()?;
            Ok(())
        });
        for line in answers.lines() {
            let answer: Json = serde_json::from_str(&line?)?;
            all.push(if let Some(error) = answer["error"].as_str() {
                Err(error.to_owned())
            } else if let Some(bytes) = answer["bytes"].as_str() {
                Ok(decode64(bytes))
            } else {
                Ok(answer["output"].as_str().unwrap_or_default().as_bytes().to_vec())
            });
        }
        match writer.join() {
            Ok(written) => written,
            Err(_) => bail!("the writer failed"),
        }
    })?;
    process.wait()?;
    if all.len() != questions.len() {
        bail!("{} answers to {} questions", all.len(), questions.len());
    }
    Ok(all)
}

/// Standard base64, as Go's JSON writes bytes.
fn decode64(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => break,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    out
}

fn expectation(answer: &Answer) -> String {
    match answer {
        Ok(output) => format!("= {}", strconv::quote(output)),
        Err(error) => format!("! {}", strconv::quote(error.as_bytes())),
    }
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("the workspace")?;
    let binary = build(root)?;
    match &args.task {
        Task::Goldens { each } => goldens(root, &binary, *each),
        Task::Fuzz {
            cases,
            seed,
            differences,
            only,
        } => plimsoll_gotpl::on_large_stack(|| fuzz(&binary, *cases, *seed, *differences, only)),
    }
}

fn goldens(root: &Path, binary: &Path, each: usize) -> anyhow::Result<()> {
    let directory = root.join("fixtures/functions");
    std::fs::create_dir_all(&directory)?;
    let names = Command::new(binary).arg("names").output()?.stdout;
    std::fs::write(directory.join("names.json"), names)?;
    for area in grammar::AREAS {
        let templates = Generator::new(7).area(area, each);
        let questions: Vec<(String, Profile)> = templates
            .iter()
            .flat_map(|template| [Profile::Helm4, Profile::Helm3].map(|profile| (template.clone(), profile)))
            .collect();
        let answers = ask(binary, &questions)?;
        let mut text = String::new();
        for (template, answers) in templates.iter().zip(answers.chunks(2)) {
            writeln!(text, "{template}\n{}", expectation(&answers[0]))?;
            if answers[0] != answers[1] {
                writeln!(text, "3{}", expectation(&answers[1]))?;
            }
            text.push('\n');
        }
        std::fs::write(directory.join(format!("{}.txt", area.name)), text)?;
        println!("{}: {} expressions", area.name, templates.len());
    }
    Ok(())
}

fn fuzz(binary: &Path, cases: u64, seed: u64, differences: usize, only: &str) -> anyhow::Result<()> {
    const BATCH: u64 = 5_000;
    let mut generator = Generator::new(seed);
    let (mut done, mut found) = (0, 0);
    while done < cases {
        let batch: Vec<(String, Profile)> = (0..BATCH.min(cases - done))
            .map(|i| {
                let profile = if i % 4 == 0 {
                    Profile::Helm3
                } else {
                    Profile::Helm4
                };
                (generator.template(only), profile)
            })
            .collect();
        let answers = ask(binary, &batch)?;
        for ((template, profile), helm) in batch.iter().zip(&answers) {
            let ours = render::render(template, *profile);
            if ours != *helm && !known::difference(template, helm, &ours) {
                found += 1;
                println!(
                    "{profile:?} {template}\n  helm {}\n  ours {}",
                    expectation(helm),
                    expectation(&ours)
                );
            }
        }
        done += batch.len() as u64;
        if found >= differences {
            break;
        }
    }
    println!("{done} cases, {found} differences (seed {seed})");
    if found > 0 {
        bail!("{found} differences");
    }
    Ok(())
}
