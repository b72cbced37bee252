//! One command against another, as whole processes.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;

/// Runs the commands in turn and gives the median of each.
pub(super) fn alternate(commands: &[Vec<&str>], runs: usize) -> anyhow::Result<Vec<Measured>> {
    let mut all = vec![Vec::new(); commands.len()];
    for round in 0..=runs {
        for (command, measured) in commands.iter().zip(&mut all) {
            let once = Measured::of(command)?;
            if round > 0 {
                measured.push(once);
            }
        }
    }
    Ok(all.into_iter().map(Measured::median).collect())
}

/// What one process took.
#[derive(Clone, Copy)]
pub(super) struct Measured {
    pub(super) wall: Duration,
    pub(super) cpu: Duration,
    pub(super) peak_kib: u64,
}

impl Measured {
    /// Runs it twice: alone for the clock, and below GNU's `time`, which costs a process of its own, for what the
    /// kernel accounts to it.
    fn of(command: &[&str]) -> anyhow::Result<Self> {
        let [program, words @ ..] = command else {
            anyhow::bail!("a command has a program")
        };
        let start = Instant::now();
        Command::new(program)
            .args(words)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        let wall = start.elapsed();
        let output = Command::new("/usr/bin/time")
            .args(["-f", "%U %S %M"])
            .args(command)
            .stdout(Stdio::null())
            .output()
            .context("needs GNU time (Debian's package `time`)")?;
        let text = String::from_utf8_lossy(&output.stderr);
        let line = text.lines().last().unwrap_or_default();
        let numbers: Vec<f64> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
        let [user, system, peak] = numbers[..] else {
            anyhow::bail!("{command:?} printed {text}")
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count of KiB"
        )]
        let peak_kib = peak as u64;
        Ok(Self {
            wall,
            cpu: Duration::from_secs_f64(user + system),
            peak_kib,
        })
    }

    fn median(mut runs: Vec<Self>) -> Self {
        let middle = runs.len() / 2;
        runs.sort_by_key(|run| run.wall);
        let wall = runs[middle].wall;
        runs.sort_by_key(|run| run.cpu);
        let cpu = runs[middle].cpu;
        runs.sort_by_key(|run| run.peak_kib);
        Self {
            wall,
            cpu,
            peak_kib: runs[middle].peak_kib,
        }
    }
}

impl std::fmt::Display for Measured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
        write!(
            f,
            "{:.1} ms | {:.0} ms | {:.1} MiB",
            milliseconds(self.wall),
            milliseconds(self.cpu),
            self.peak_kib as f64 / 1024.0
        )
    }
}
