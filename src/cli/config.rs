//! Which configuration holds: the flags that name it, and reading it.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::catalog::Catalog;
use crate::config::{self, Layer, Owner, Project};
use crate::finding::Finding;
use crate::input::{self, project};
use crate::manifest::select::Base;
use crate::pipeline;
use crate::report::{self, Format};
use crate::revision::Tree;
use crate::source::SourceMap;

#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Configuration")]
pub(super) struct ConfigArgs {
    /// The project's configuration; the nearest `plimsoll.yaml` of this folder and those it is in when not given
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    config: Option<PathBuf>,

    /// Read no configuration, of charts neither
    #[arg(long)]
    pub(super) no_config: bool,
}

impl ConfigArgs {
    /// This file, or the nearest one.
    pub(super) fn named(config: Option<PathBuf>) -> Self {
        Self {
            config,
            no_config: false,
        }
    }

    /// Whether the call names the file.
    pub(super) fn is_named(&self) -> bool {
        self.config.is_some()
    }

    /// The rules of the project, and those that are built in.
    pub(super) fn catalog(&self) -> anyhow::Result<Catalog> {
        let project = self.whole(&SourceMap::default())?;
        Ok(Catalog::with(project.rules_of_its_own()))
    }

    /// What the project says, for a command that reports nothing itself.
    pub(super) fn whole(&self, sources: &SourceMap) -> anyhow::Result<Layer> {
        told(self.project(sources)?.map(Option::unwrap_or_default), sources)
    }

    /// What the project said at another commit.
    pub(super) fn whole_then(&self, tree: &Tree, sources: &SourceMap) -> anyhow::Result<Layer> {
        let here = std::env::current_dir().context("the working directory cannot be read")?;
        let Some((file, _)) = self.file(&here) else {
            return Ok(Layer::default());
        };
        let file = tree.path(&file)?;
        if !file.is_file() {
            return Ok(Layer::default());
        }
        told(read(&file, &file, &here, sources)?, sources)
    }

    /// What the project says, if it says anything; or all that is wrong with how it says it.
    pub(super) fn project(&self, sources: &SourceMap) -> anyhow::Result<Result<Option<Layer>, Vec<Finding>>> {
        let here = std::env::current_dir().context("the working directory cannot be read")?;
        match self.file(&here) {
            Some((file, shown)) => Ok(read(&file, &shown, &here, sources)?.map(Some)),
            None => Ok(Ok(None)),
        }
    }

    /// The file, and its path as it is shown.
    fn file(&self, here: &Path) -> Option<(PathBuf, PathBuf)> {
        if self.no_config {
            return None;
        }
        if let Some(file) = &self.config {
            return Some((file.clone(), file.clone()));
        }
        let file = project::find(here)?;
        let shown = file.strip_prefix(here).map(PathBuf::from);
        Some((file.clone(), shown.unwrap_or(file)))
    }
}

/// A layer, or the error that says what is wrong with it.
fn told(read: Result<Layer, Vec<Finding>>, sources: &SourceMap) -> anyhow::Result<Layer> {
    match read {
        Ok(layer) => Ok(layer),
        Err(problems) => {
            let report = pipeline::report(problems, sources);
            let mut text = Vec::new();
            report::write(&report, Format::Human, false, &mut text)?;
            anyhow::bail!(
                "the configuration cannot be used:\n\n{}",
                String::from_utf8_lossy(&text).trim_end()
            )
        }
    }
}

/// Reads a project's file with those that it includes.
fn read(
    file: &Path,
    shown: &Path,
    here: &Path,
    sources: &SourceMap,
) -> anyhow::Result<Result<Layer, Vec<Finding>>> {
    let text = match project::read(file) {
        Ok(text) => text,
        Err(finding) => return Ok(Err(vec![finding])),
    };
    let folder = project::folder_of(file).with_context(|| format!("`{}` is nowhere", file.display()))?;
    let base = Base::new(&folder, here);
    let shown = shown.display().to_string();
    let read = config::read(&shown, &text, Owner::Project, base, Vec::new(), sources);
    Ok(read.and_then(|layer| with_includes(layer, here, sources)))
}

/// A project's file with the releases and environments of those that it includes.
fn with_includes(mut layer: Layer, here: &Path, sources: &SourceMap) -> Result<Layer, Vec<Finding>> {
    let mut parts = vec![std::mem::take(&mut layer.project)];
    let mut problems = Vec::new();
    for include in &layer.includes {
        let text = project::read(&include.path).and_then(|text| {
            let folder = project::folder_of(&include.path);
            let folder = folder.map_err(|error| input::unreadable(&include.path, &error))?;
            Ok((text, folder))
        });
        let (text, folder) = match text {
            Ok(read) => read,
            Err(mut finding) => {
                finding.at = include.place.anchor(sources);
                problems.push(finding);
                continue;
            }
        };
        let (shown, base) = (include.path.display().to_string(), Base::new(&folder, here));
        match config::read(&shown, &text, Owner::Include, base, Vec::new(), sources) {
            Ok(included) => parts.push(included.project),
            Err(wrong) => problems.extend(wrong),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    layer.project = Project::join(parts, sources)?;
    Ok(layer)
}
