//! `plimsoll repo index`: the index of a folder of charts.

use std::path::PathBuf;

use anyhow::{Context as _, bail};

use super::{Exit, output};
use crate::registry::{publish, write_whole};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Write index.yaml for the chart archives in a folder
    Index(IndexArgs),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  plimsoll package charts/* -d dist && plimsoll repo index dist --url https://charts.example.com

Each chart is as old as its file; SOURCE_DATE_EPOCH sets the time of all of them, for an index that is the same
wherever it is made")]
struct IndexArgs {
    /// The folder with the archives
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,

    /// Address of the repository, put before the names of archives
    #[arg(long, default_value = "", value_name = "URL", hide_default_value = true)]
    url: String,

    /// An index whose charts are kept, unless the folder has them
    #[arg(long, value_name = "FILE")]
    merge: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let Command::Index(args) = &args.command;
    if !args.folder.is_dir() {
        bail!("`{}` is not a folder", args.folder.display());
    }
    let epoch = super::dep::source_date_epoch()?;
    let (index, skipped) = publish::index(&args.folder, &args.url, args.merge.as_deref(), epoch)?;
    for why in skipped {
        output::complain(&anyhow::anyhow!("{why}; it is not in the index"));
    }
    let file = args.folder.join("index.yaml");
    write_whole(&file, index.as_bytes()).with_context(|| format!("cannot write `{}`", file.display()))?;
    Ok(Exit::Clean)
}
