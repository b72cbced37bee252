//! Template functions beside the real Sprig and Helm: the goldens of `crates/sprig`, and differential fuzzing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use plimsoll_gostd::strconv;
use plimsoll_sprig::Profile;
use serde_json::{Value as Json, json};

use grammar::Generator;

use crate::oracle::{self, Oracle};

mod grammar;
#[path = "../../crates/sprig/tests/support/known.rs"]
mod known;
mod made;
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
        /// Show so many differences of each row of KNOWN_DIFFERENCES.md
        #[arg(long, default_value_t = 0)]
        examples: usize,
    },
}

type Answer = Result<Vec<u8>, String>;

/// What Helm gives.
struct Helm {
    answer: Answer,
    /// What it would give if Go's slices ended where their elements end, when that is something else.
    clipped: Option<Answer>,
}

/// Starts the oracle.
fn start(binary: &Path) -> anyhow::Result<Oracle> {
    Oracle::start(
        Command::new(binary)
            .env("TZ", "UTC")
            // What a case may take at most is far below; a generator that breaks this is told, not swapped.
            .env("GOMEMLIMIT", "1GiB"),
    )
}

/// Asks about templates, each for a profile.
fn ask(oracle: &mut Oracle, questions: &[(String, Profile)]) -> anyhow::Result<Vec<Helm>> {
    let request = |(text, profile): &(String, Profile)| {
        let profile = if *profile == Profile::Helm3 { 3 } else { 4 };
        json!({"text": text, "profile": profile})
    };
    let requests: Vec<Json> = questions.iter().map(request).collect();
    let answers: Vec<Json> = oracle.ask(&requests)?;
    let helm = |json: &Json| Helm {
        answer: answer(json),
        clipped: json.get("clipped").map(answer),
    };
    Ok(answers.iter().map(helm).collect())
}

fn answer(json: &Json) -> Answer {
    if let Some(error) = json["error"].as_str() {
        Err(error.to_owned())
    } else if let Some(bytes) = json["bytes"].as_str() {
        Ok(decode64(bytes))
    } else {
        Ok(json["output"].as_str().unwrap_or_default().as_bytes().to_vec())
    }
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
    let root = oracle::root();
    let binary = oracle::build("functions", &[])?;
    match &args.task {
        Task::Goldens { each } => goldens(root, &binary, *each),
        Task::Fuzz {
            cases,
            seed,
            differences,
            only,
            examples,
        } => {
            let run = Run {
                cases: *cases,
                seed: *seed,
                differences: *differences,
                only,
                examples: *examples,
            };
            plimsoll_gotpl::on_large_stack(|| fuzz(&binary, &run))
        }
    }
}

fn goldens(root: &Path, binary: &Path, each: usize) -> anyhow::Result<()> {
    let directory = root.join("fixtures/functions");
    std::fs::create_dir_all(&directory)?;
    let names = Command::new(binary).arg("names").output()?.stdout;
    std::fs::write(directory.join("names.json"), names)?;
    let globs = Command::new(binary).args(["globs", "1", "3000"]).output()?.stdout;
    std::fs::write(root.join("fixtures/glob/gobwas.tsv"), globs)?;
    let mut oracle = start(binary)?;
    for area in grammar::AREAS {
        let templates = Generator::new(7).area(area, each);
        let questions: Vec<(String, Profile)> = templates
            .iter()
            .flat_map(|template| [Profile::Helm4, Profile::Helm3].map(|profile| (template.clone(), profile)))
            .collect();
        let answers = ask(&mut oracle, &questions)?;
        let mut text = String::new();
        for (template, answers) in templates.iter().zip(answers.chunks(2)) {
            let [four, three] = answers else { continue };
            if four.clipped.is_some() || three.clipped.is_some() {
                continue;
            }
            writeln!(text, "{template}\n{}", expectation(&four.answer))?;
            if four.answer != three.answer {
                writeln!(text, "3{}", expectation(&three.answer))?;
            }
            text.push('\n');
        }
        std::fs::write(directory.join(format!("{}.txt", area.name)), text)?;
        println!("{}: {} expressions", area.name, templates.len());
    }
    Ok(())
}

/// What a run of the fuzzer is asked for.
struct Run<'a> {
    cases: u64,
    seed: u64,
    differences: usize,
    only: &'a str,
    examples: usize,
}

/// What a run has seen.
#[derive(Default)]
struct Seen {
    done: u64,
    errors: u64,
    unexplained: usize,
    /// Differences that `known` explains, by the row that does.
    explained: BTreeMap<&'static str, usize>,
}

impl Seen {
    fn compare(&mut self, run: &Run<'_>, (template, profile): &(String, Profile), helm: &Helm) {
        self.done += 1;
        let Helm {
            answer: helm,
            clipped,
        } = helm;
        self.errors += u64::from(helm.is_err());
        let ours = render::render(template, *profile);
        if ours == *helm {
            return;
        }
        let row = if clipped.as_ref() == Some(&ours) {
            Some("slice beyond the length")
        } else {
            known::explanation(template, helm, &ours)
        };
        let shown = || {
            format!(
                "{profile:?} {template}\n  helm {}\n  ours {}",
                expectation(helm),
                expectation(&ours)
            )
        };
        if let Some(row) = row {
            let count = self.explained.entry(row).or_default();
            *count += 1;
            if *count <= run.examples {
                println!("[{row}] {}", shown());
            }
        } else {
            self.unexplained += 1;
            println!("{}", shown());
        }
    }
}

fn fuzz(binary: &Path, run: &Run<'_>) -> anyhow::Result<()> {
    const BATCH: u64 = 5_000;
    let started = std::time::Instant::now();
    let mut generator = Generator::new(run.seed);
    let mut oracle = start(binary)?;
    let mut seen = Seen::default();
    while seen.done < run.cases && seen.unexplained < run.differences {
        let batch: Vec<(String, Profile)> = (0..BATCH.min(run.cases - seen.done))
            .map(|i| {
                let profile = if i % 4 == 0 {
                    Profile::Helm3
                } else {
                    Profile::Helm4
                };
                (generator.template(run.only), profile)
            })
            .collect();
        let answers = ask(&mut oracle, &batch)?;
        for (question, helm) in batch.iter().zip(&answers) {
            seen.compare(run, question, helm);
        }
    }
    for (row, count) in &seen.explained {
        println!("{count} times {row}");
    }
    println!(
        "seed {}: {} cases in {:.0} s, {} of Helm's answers errors, {} differences explained, {} not",
        run.seed,
        seen.done,
        started.elapsed().as_secs_f64(),
        seen.errors,
        seen.explained.values().sum::<usize>(),
        seen.unexplained
    );
    anyhow::ensure!(seen.unexplained == 0, "{} differences", seen.unexplained);
    Ok(())
}
