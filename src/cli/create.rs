//! `plimsoll create NAME`: a starter chart that passes every check.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::{Exit, output};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  plimsoll create shop && plimsoll check shop")]
pub(super) struct Args {
    /// Name of the chart, and of the folder it is written to; a path is allowed
    name: PathBuf,

    /// The template language
    #[arg(long, value_enum, default_value_t)]
    engine: Engine,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum Engine {
    /// Jinja templates (`.j2`)
    #[default]
    Jinja,
    /// Go templates, as Helm's
    Helm,
}

/// What stands for the chart's name in the starter files.
const PLACEHOLDER: &str = "STARTER";

macro_rules! starter {
    ($engine:literal: $($path:literal),+ $(,)?) => {
        &[$(($path, include_str!(concat!("create/", $engine, "/", $path)))),+]
    };
}

const JINJA: &[(&str, &str)] = starter!["jinja":
    ".helmignore", "Chart.yaml", "values.yaml", "templates/_macros.j2", "templates/deployment.yaml.j2",
    "templates/pdb.yaml.j2", "templates/service.yaml.j2",
];

const HELM: &[(&str, &str)] = starter!["helm":
    ".helmignore", "Chart.yaml", "values.yaml", "templates/_helpers.tpl", "templates/deployment.yaml",
    "templates/pdb.yaml", "templates/service.yaml",
];

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let folder = &args.name;
    let name = folder
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    if !is_chart_name(name) {
        bail!("`{name}` is no chart name: use lower-case letters, digits and `-`, starting with a letter");
    }
    if folder.exists() {
        bail!("`{}` exists already; nothing was written", folder.display());
    }
    let files = match args.engine {
        Engine::Jinja => JINJA,
        Engine::Helm => HELM,
    };
    write_whole(folder, files, name)?;
    let mut out = output::stdout();
    let shown = folder.display();
    writeln!(
        out,
        "created {shown}: try `plimsoll check {shown}` and `plimsoll render {shown}`"
    )?;
    out.flush()?;
    Ok(Exit::Clean)
}

/// Labels and object names carry the chart's name, so it must be a DNS label.
fn is_chart_name(name: &str) -> bool {
    name.starts_with(|char: char| char.is_ascii_lowercase())
        && name.len() <= 50
        && !name.ends_with('-')
        && name
            .chars()
            .all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-')
}

/// Writes all files beside the target and renames once: the folder is there whole or not at all.
fn write_whole(folder: &Path, files: &[(&str, &str)], name: &str) -> anyhow::Result<()> {
    let parent = folder
        .parent()
        .filter(|parent| *parent != Path::new(""))
        .unwrap_or(Path::new("."));
    fs::create_dir_all(parent).with_context(|| format!("cannot create `{}`", parent.display()))?;
    let draft = parent.join(format!(".{name}.plimsoll-{}", std::process::id()));
    let written = files.iter().try_for_each(|(path, text)| {
        let path = draft.join(path);
        fs::create_dir_all(path.parent().unwrap_or(&draft))?;
        fs::write(&path, text.replace(PLACEHOLDER, name))
    });
    let renamed = written.and_then(|()| fs::rename(&draft, folder));
    if renamed.is_err() {
        // The draft is ours alone; what matters is the first error.
        let _ = fs::remove_dir_all(&draft);
    }
    renamed.with_context(|| format!("cannot write `{}`", folder.display()))
}
