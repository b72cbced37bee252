//! What is installed where: the releases and environments of a project, from its file and those that it includes.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::{Layer, Stencil};
use crate::finding::{Anchor, Finding};
use crate::input::project::INVALID_CONFIGURATION;
use crate::manifest::select::Base;
use crate::source::{SourceKind, SourceMap, Span};
use crate::suggest;

/// The name of the one environment of a project that names none: helmfile's.
pub const DEFAULT_ENVIRONMENT: &str = "default";
/// The blanks of the texts of a release.
pub const BLANKS: &[&str] = &["env", "release"];

/// The releases of a project and the environments they are installed in.
#[derive(Debug, Clone, Default)]
pub struct Project {
    /// In the order of the file.
    pub environments: Vec<Environment>,
    /// Each behind those that it needs.
    pub releases: Vec<Release>,
}

/// Where releases are installed.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Its name.
    pub name: Arc<str>,
    /// Where it is named.
    pub place: Place,
    /// API versions that charts find besides Kubernetes' own.
    pub api_versions: Vec<String>,
    /// What its releases are installed with, below what each says itself.
    pub deploy: Deploy,
    /// What it says of rules and versions, laid over what the project says.
    pub layer: Arc<Layer>,
}

/// A chart with what it is installed with.
#[derive(Debug, Clone)]
pub struct Release {
    /// Its name.
    pub name: Arc<str>,
    /// Where it is named.
    pub place: Place,
    /// The path of its chart.
    pub chart: Phrase,
    /// The `defaults` of its file.
    pub defaults: Arc<Deploy>,
    /// What holds in all environments.
    pub deploy: Deploy,
    /// The environments it is for, and what holds there besides; `None` for all.
    pub environments: Option<Vec<(Arc<str>, Place, Deploy)>>,
    /// What it is chosen by.
    pub labels: BTreeMap<String, String>,
    /// Releases that are installed before it.
    pub needs: Vec<(Arc<str>, Place)>,
    /// Whether values files that are not there are left out.
    pub ignores_missing_values: bool,
}

/// What a release is installed with.
#[derive(Debug, Clone, Default)]
pub struct Deploy {
    /// The namespace.
    pub namespace: Option<Phrase>,
    /// Values files; the last one wins.
    pub values: Vec<Phrase>,
    /// Values, as `--set` takes them.
    pub set: Vec<Phrase>,
}

/// A text that is filled in for each release and environment.
#[derive(Debug, Clone)]
pub struct Phrase {
    /// The text.
    pub stencil: Stencil,
    /// Where it is written.
    pub place: Place,
}

/// A place in a file of the project.
#[derive(Debug, Clone)]
pub struct Place {
    file: Arc<File>,
    span: plimsoll_yaml::Span,
}

/// A file of the project.
#[derive(Debug)]
pub(super) struct File {
    pub(super) path: Arc<str>,
    pub(super) text: Arc<str>,
    pub(super) base: Base,
}

impl Place {
    pub(super) fn new(file: &Arc<File>, span: plimsoll_yaml::Span) -> Self {
        Self {
            file: Arc::clone(file),
            span,
        }
    }

    /// The place for a finding.
    pub fn anchor(&self, sources: &SourceMap) -> Anchor {
        let File { path, text, .. } = &*self.file;
        let source = sources.add(Arc::clone(path), Arc::clone(text), SourceKind::File);
        Anchor::Text(Span::in_part(source, 0, self.span))
    }

    /// What tells it from other places: the file, and where in it.
    pub fn key(&self) -> (Arc<str>, u32) {
        (Arc::clone(&self.file.path), self.span.start)
    }

    fn refuse(&self, message: String, help: String, sources: &SourceMap) -> Finding {
        Finding::new(&INVALID_CONFIGURATION, self.anchor(sources), message).help(help)
    }
}

impl Phrase {
    /// The text for a release in an environment.
    pub fn text(&self, release: &Release, environment: &Environment) -> String {
        self.stencil.fill(|blank| match blank {
            "env" => &*environment.name,
            _ => &*release.name,
        })
    }

    /// A path, seen from where it is written.
    pub fn path(&self, release: &Release, environment: &Environment) -> PathBuf {
        self.place.file.base.path(&self.text(release, environment))
    }
}

impl Release {
    /// Whether it is for an environment.
    pub fn is_for(&self, environment: &str) -> bool {
        let named = self.environments.as_ref();
        named.is_none_or(|named| named.iter().any(|(name, ..)| **name == *environment))
    }

    /// What it is installed with in an environment, the last to win: defaults, the environment's, its own, its own there.
    pub fn deploys<'d>(
        &'d self,
        environment: &'d Environment,
    ) -> impl DoubleEndedIterator<Item = &'d Deploy> {
        let there = self.environments.iter().flatten();
        let there = there.filter(|(name, ..)| *name == environment.name);
        [&*self.defaults, &environment.deploy, &self.deploy]
            .into_iter()
            .chain(there.map(|(_, _, deploy)| deploy))
    }
}

impl Project {
    /// Whether there is anything to install.
    pub fn is_empty(&self) -> bool {
        self.releases.is_empty()
    }

    /// Joins what files say, and puts releases behind those that they need.
    ///
    /// # Errors
    /// Names that are there twice or not at all, and needs in a circle.
    pub fn join(parts: Vec<Self>, sources: &SourceMap) -> Result<Self, Vec<Finding>> {
        let mut joined = Self::default();
        let mut problems = Vec::new();
        for part in parts {
            joined.environments.extend(part.environments);
            joined.releases.extend(part.releases);
        }
        let twice = |what: &str, name: &str, first: &Place, second: &Place| {
            let message = format!("there is {what} `{name}` already");
            second
                .refuse(message, "give it a name of its own".to_owned(), sources)
                .related(first.anchor(sources), "the other one")
        };
        for (number, environment) in joined.environments.iter().enumerate() {
            let earlier = joined.environments[..number].iter();
            if let Some(first) = earlier.clone().find(|other| other.name == environment.name) {
                problems.push(twice(
                    "an environment",
                    &environment.name,
                    &first.place,
                    &environment.place,
                ));
            }
        }
        for (number, release) in joined.releases.iter().enumerate() {
            let mut earlier = joined.releases[..number].iter();
            if let Some(first) = earlier.find(|other| other.name == release.name) {
                problems.push(twice("a release", &release.name, &first.place, &release.place));
            }
        }
        if let (true, Some(release)) = (joined.environments.is_empty(), joined.releases.first()) {
            joined.environments.push(Environment {
                name: Arc::from(DEFAULT_ENVIRONMENT),
                place: release.place.clone(),
                api_versions: Vec::new(),
                deploy: Deploy::default(),
                layer: Arc::default(),
            });
        }
        problems.extend(joined.unknown_names(sources));
        if problems.is_empty() {
            problems.extend(joined.sort(sources));
        }
        if problems.is_empty() {
            Ok(joined)
        } else {
            Err(problems)
        }
    }

    /// Environments and needed releases that are not there.
    fn unknown_names(&self, sources: &SourceMap) -> Vec<Finding> {
        let environments: Vec<&str> = self.environments.iter().map(|known| &*known.name).collect();
        let releases: Vec<&str> = self.releases.iter().map(|known| &*known.name).collect();
        let mut problems = Vec::new();
        for release in &self.releases {
            for (name, place, _) in release.environments.iter().flatten() {
                if !environments.contains(&&**name) {
                    let help = suggest::meant_or(
                        name,
                        &environments,
                        format!(
                            "name it under `environments`, or take one of {}",
                            suggest::list(&environments)
                        ),
                    );
                    problems.push(place.refuse(format!("no environment is called `{name}`"), help, sources));
                }
            }
            for (name, place) in &release.needs {
                let needed = self.releases.iter().find(|other| other.name == *name);
                let Some(needed) = needed else {
                    let help = suggest::meant(name, &releases);
                    problems.push(place.refuse(format!("no release is called `{name}`"), help, sources));
                    continue;
                };
                let lacking = environments
                    .iter()
                    .find(|environment| release.is_for(environment) && !needed.is_for(environment));
                if let Some(environment) = lacking {
                    let message = format!(
                        "`{}` needs `{name}`, which is not for the environment `{environment}`",
                        release.name
                    );
                    let help = format!("add `{environment}` to the `environments` of `{name}`");
                    problems.push(place.refuse(message, help, sources));
                }
            }
        }
        problems
    }

    /// Puts each release behind those that it needs, and else leaves them in their order.
    fn sort(&mut self, sources: &SourceMap) -> Option<Finding> {
        let mut left: Vec<Release> = std::mem::take(&mut self.releases);
        while !left.is_empty() {
            let waits = |release: &Release| {
                let mut needs = release.needs.iter();
                needs.any(|(name, _)| left.iter().any(|other| other.name == *name))
            };
            match left.iter().position(|release| !waits(release)) {
                Some(next) => self.releases.push(left.remove(next)),
                None => {
                    let names: Vec<_> = left.iter().map(|release| format!("`{}`", release.name)).collect();
                    let (_, place) = left.first()?.needs.first()?;
                    return Some(place.refuse(
                        format!("releases need each other in a circle, among {}", names.join(", ")),
                        "leave out the need that is not one".to_owned(),
                        sources,
                    ));
                }
            }
        }
        None
    }
}

/// The file that a path of `includes` names, and where it is named.
#[derive(Debug, Clone)]
pub struct Include {
    /// The path, seen from where the user stands.
    pub path: PathBuf,
    /// Where it is named.
    pub place: Place,
}

impl Include {
    pub(super) fn new(base: &Base, written: &str, place: Place) -> Self {
        Self {
            path: base.path(written),
            place,
        }
    }
}
