//! The HTML report in a real browser: `xtask/browser/page.mjs` uses it as a person does, by Playwright.
//!
//! Needs `chromium` (Debian has a package of that name), node and npm; Playwright itself comes from npm into a scratch
//! folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::pre_commit::{build, run_plain};

/// The release of Playwright, from npm; it brings no browser of its own.
const PLAYWRIGHT: &str = "playwright@1.65.1";

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The binary to run; built in the debug profile when not given
    #[arg(long)]
    binary: Option<PathBuf>,

    /// The browser
    #[arg(long, default_value = "/usr/bin/chromium")]
    chromium: PathBuf,

    /// Where the pictures go
    #[arg(long, default_value = "target/browser")]
    pictures: PathBuf,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    ensure!(
        args.chromium.exists(),
        "there is no browser at `{}`: install chromium, or name one by --chromium",
        args.chromium.display()
    );
    let binary = match &args.binary {
        Some(binary) => fs::canonicalize(binary)?,
        None => build()?,
    };
    fs::create_dir_all(&args.pictures)?;
    let pictures = fs::canonicalize(&args.pictures)?;
    let scratch = tempfile::tempdir()?;
    run_plain(
        Command::new("npm")
            .args(["install", "--silent", "--no-save", "--ignore-scripts", PLAYWRIGHT])
            .current_dir(scratch.path()),
    )?;
    // Node looks for modules beside the script.
    let script = scratch.path().join("page.mjs");
    fs::copy("xtask/browser/page.mjs", &script).context("run from the root of the checkout")?;
    let report = scratch.path().join("report.html");
    page(
        &binary,
        &["charts/storefront", "-f", "charts/storefront/values-prod.yaml"],
        &report,
    )?;
    let hostile = scratch.path().join("hostile.html");
    page(&binary, &["fixtures/reports/hostile.yaml"], &hostile)?;
    let status = Command::new("node")
        .arg(&script)
        .arg(&args.chromium)
        .args([&report, &hostile, &pictures])
        .current_dir(scratch.path())
        .status()?;
    ensure!(
        status.success(),
        "the page does not work; pictures are in {}",
        pictures.display()
    );
    println!("pictures are in {}", pictures.display());
    Ok(())
}

fn page(binary: &Path, input: &[&str], to: &Path) -> anyhow::Result<()> {
    run_plain(
        Command::new(binary)
            .arg("check")
            .args(input)
            .args(["--rules", "all", "--fail-on", "never", "--no-config"])
            .arg(format!("--format=html={}", to.display())),
    )
}
