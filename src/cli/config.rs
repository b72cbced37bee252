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
        match self.project(sources)? {
            Ok(project) => Ok(project.unwrap_or_default()),
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

    /// What the project says, if it says anything; or all that is wrong with how it says it.
    pub(super) fn project(&self, sources: &SourceMap) -> anyhow::Result<Result<Option<Layer>, Vec<Finding>>> {
        if self.no_config {
            return Ok(Ok(None));
        }
        let here = std::env::current_dir().context("the working directory cannot be read")?;
        let (file, shown) = match &self.config {
            Some(file) => (file.clone(), file.clone()),
            None => match project::find(&here) {
                Some(file) => {
                    let shown = file.strip_prefix(&here).map(PathBuf::from);
                    (file.clone(), shown.unwrap_or(file))
                }
                None => return Ok(Ok(None)),
            },
        };
        let text = match project::read(&file) {
            Ok(text) => text,
            Err(finding) => return Ok(Err(vec![finding])),
        };
        let folder = project::folder_of(&file).with_context(|| format!("`{}` is nowhere", file.display()))?;
        let base = Base::new(&folder, &here);
        let shown = shown.display().to_string();
        let read = config::read(&shown, &text, Owner::Project, base, Vec::new(), sources);
        Ok(read
            .and_then(|layer| with_includes(layer, &here, sources))
            .map(Some))
    }
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
