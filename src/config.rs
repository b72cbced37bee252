//! What a project says once: `plimsoll.yaml`, and for one chart the `.plimsoll.yaml` beside its `Chart.yaml`.
//!
//! A file is a [`Layer`]; the layers of a unit of work, the project's first, are its [`Config`]. Every key is declared in
//! `shape`, which the reader checks against and the JSON Schema is made of. A file with mistakes is not used in part: all
//! of them are told, and nothing else is done.

mod custom;
pub mod project;
mod read;
mod resolve;
pub mod schema;
mod shape;
mod stencil;

use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Date;

use crate::admission::pod_security::Standard;
use crate::finding::{Finding, RuleMeta, Severity};
use crate::lint::{LintRule, ParameterValue, RuleSet};
use crate::manifest::fleet::External;
use crate::manifest::select::{Base, Selects};
use crate::schema::{KubernetesVersion, UnknownKinds};
use crate::source::{SourceKind, SourceMap};
use crate::suppress::{Acceptance, Accepted};

pub use project::Project;
pub use read::read;
pub use stencil::Stencil;

/// Whose file it is: a chart's says less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// A project's.
    Project,
    /// A chart's.
    Chart,
    /// A project's, which includes it.
    Include,
}

/// What one file says.
#[derive(Debug, Default)]
pub struct Layer {
    /// Its path, as it is shown, and its text.
    file: (Arc<str>, Arc<str>),
    /// Where its paths begin.
    pub base: Base,
    /// The lint rules of its presets; `None` when it names none.
    presets: Option<Vec<&'static LintRule>>,
    settings: Settings,
    overrides: Vec<Override>,
    /// Objects that are made elsewhere.
    pub externals: Vec<External>,
    /// Findings that are accepted.
    pub ignore: Vec<Accepted>,
    /// Rules of its own.
    pub custom_rules: Vec<CustomRule>,
    /// Whether the input holds everything its objects refer to.
    pub is_complete: Option<bool>,
    /// The Kubernetes versions whose schemas hold.
    pub kubernetes: Vec<KubernetesVersion>,
    /// The folder of the project's own schemas.
    pub schemas: Option<PathBuf>,
    /// What custom kinds without a schema are.
    pub unknown_kinds: Option<UnknownKinds>,
    /// The Pod Security Standard of namespaces that do not say.
    pub pod_security: Option<Standard>,
    /// The least severity that fails a run; `Some(None)` for a run that never fails.
    pub fail_on: Option<Option<Severity>>,
    /// What this file says of releases and environments.
    pub project: Project,
    /// Files that say more of them.
    pub includes: Vec<project::Include>,
}

/// A rule of a project's own.
#[derive(Debug)]
pub struct CustomRule {
    /// The rule.
    pub rule: &'static LintRule,
    /// The objects it is asked of.
    pub selects: Selects,
    /// What it must say of some manifests.
    pub tests: Vec<RuleTest>,
}

/// What a rule must say of a manifest.
#[derive(Debug)]
pub struct RuleTest {
    /// What it shows.
    pub name: String,
    /// Where it is written: the line of the file.
    pub line: u32,
    /// The text of the manifest, or the file it is in.
    pub manifest: Result<Arc<str>, PathBuf>,
    /// How many findings there must be; with `None` one or more.
    pub count: Option<usize>,
    /// The fields they point at; not asked when there is none.
    pub at: Vec<String>,
}

/// What is said of rules in one place: groups before single rules, so that what is said of one rule wins.
#[derive(Debug, Default)]
struct Settings(Vec<RuleSetting>);

/// What is said of a rule, or of each of a group.
#[derive(Debug)]
struct RuleSetting {
    rules: Vec<&'static RuleMeta>,
    /// The lint rules among them.
    lint: Vec<&'static LintRule>,
    level: Level,
    parameters: Vec<(&'static str, ParameterValue)>,
}

/// Whether rules run, and how much their findings weigh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Off,
    On,
    Weighs(Severity),
}

/// Settings that hold for some objects.
#[derive(Debug)]
struct Override {
    selects: Selects,
    settings: Settings,
}

impl Layer {
    /// The path of the file, as it is shown.
    pub fn path(&self) -> &str {
        &self.file.0
    }

    /// The rules that it defines.
    pub fn rules_of_its_own(&self) -> Vec<&'static LintRule> {
        self.custom_rules.iter().map(|custom| custom.rule).collect()
    }

    /// What is wrong with the entries of `ignore`, when it is known what they did.
    pub fn judge(
        &self,
        done: &Acceptance,
        is_whole: bool,
        today: Option<Date>,
        sources: &SourceMap,
    ) -> Vec<Finding> {
        if self.ignore.is_empty() {
            return Vec::new();
        }
        let (path, text) = &self.file;
        let source = sources.add(Arc::clone(path), Arc::clone(text), SourceKind::File);
        done.problems(&self.ignore, source, is_whole, today)
    }
}

/// What holds for a unit of work.
#[derive(Debug, Clone, Default)]
pub struct Config {
    layers: Vec<Arc<Layer>>,
    /// The lint rules of the command line: they take the place of presets and of what `rules` switches on and off.
    chosen: Option<RuleSet>,
}

impl Config {
    /// What a project says, and the lint rules that the command line names.
    pub fn new(project: Layer, chosen: Option<RuleSet>) -> Self {
        Self {
            layers: vec![Arc::new(project)],
            chosen,
        }
    }

    /// With what a chart or an environment says of itself, if it says anything.
    #[must_use]
    pub fn with(&self, layer: Option<&Arc<Layer>>) -> Self {
        let mut config = self.clone();
        config.layers.extend(layer.cloned());
        config
    }

    /// What the files say, the project's first.
    pub fn layers(&self) -> impl DoubleEndedIterator<Item = &Layer> {
        self.layers.iter().map(|layer| &**layer)
    }

    /// The objects that are made elsewhere.
    pub fn externals(&self) -> Vec<&External> {
        self.layers().flat_map(|layer| &layer.externals).collect()
    }

    /// Whether the input holds everything its objects refer to: the last file that says so decides.
    pub fn is_complete(&self) -> bool {
        self.layers()
            .rev()
            .find_map(|layer| layer.is_complete)
            .unwrap_or_default()
    }

    /// The rules of the project's own.
    pub fn custom_rules(&self) -> Vec<&'static LintRule> {
        self.layers().flat_map(Layer::rules_of_its_own).collect()
    }

    /// The findings that are accepted.
    pub fn ignore(&self) -> Vec<&Accepted> {
        self.layers().flat_map(|layer| &layer.ignore).collect()
    }
}
