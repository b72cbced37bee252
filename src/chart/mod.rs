//! A chart as it is on disk or in an archive: metadata, templates, files, default values, subcharts.
//!
//! A [`Chart`] is read once and never changes; what a release makes of it (aliases, conditions, values) is in
//! [`crate::values`]. Reading goes through [`Files`], so that nothing here knows whether a chart is a folder, an archive
//! or a test's memory; only [`disk`] touches the file system.
//!
//! Upstream: `pkg/chart/v2/loader` and `pkg/chart/v2` of Helm 4.3.1, `pkg/chart/loader` and `pkg/chart` of 3.22.0.

pub mod archive;
mod compat;
pub mod disk;
mod files;
mod helmignore;
mod load;
mod metadata;
mod version;

use std::sync::Arc;

use crate::finding::{Anchor, Finding, Group, RuleMeta, Severity, Stage};
use crate::source::SourceId;
use crate::values::Tree;

pub use compat::HelmCompat;
pub(crate) use helmignore::glob;

pub use files::{Entry, EntryKind, Files, Memory, RawFile, read_tree};
pub use load::{load, load_files, load_with};
pub use metadata::{Dependency, ImportValue, Maintainer, Metadata};
pub use version::is_compatible_range;

/// The most bytes that the files of a chart may have together, unpacked. Upstream: `MaxDecompressedChartSize`.
pub const MAX_CHART_BYTES: u64 = 100 * 1024 * 1024;
/// The most bytes that a single file may have in Helm 3. Upstream: `MaxDecompressedFileSize`.
pub const MAX_FILE_BYTES: u64 = 5 * 1024 * 1024;
/// The most files of a chart, those of its subcharts included.
pub const MAX_CHART_FILES: usize = 50_000;
/// How deep subcharts may nest.
pub const MAX_CHART_DEPTH: usize = 32;
/// How deep folders may nest in a chart.
pub const MAX_FOLDER_DEPTH: usize = 64;

/// A chart that Helm refuses to load.
pub static INVALID_CHART: RuleMeta = RuleMeta {
    name: "invalid-chart",
    group: Group::Chart,
    stage: Stage::Values,
    severity: Severity::Error,
    default: true,
    summary: "a chart that cannot be loaded: its Chart.yaml is missing or broken, or a subchart is",
    peers: &["helm-lint:chart"],
    fix: None,
    page: include_str!("../../fixtures/rules/invalid-chart.md"),
};

/// A file of a chart that cannot be read, or that leads out of the chart.
pub static UNREADABLE_CHART_FILE: RuleMeta = RuleMeta {
    name: "unreadable-chart-file",
    group: Group::Chart,
    stage: Stage::Values,
    severity: Severity::Error,
    default: true,
    summary: "a file of a chart that cannot be read: no permission, a link in a circle, a path out of the archive",
    peers: &[],
    fix: None,
    page: include_str!("../../fixtures/rules/unreadable-chart-file.md"),
};

/// A link in a chart leads to a file outside of it.
pub static LINK_OUT_OF_CHART: RuleMeta = RuleMeta {
    name: "link-out-of-chart",
    group: Group::Chart,
    stage: Stage::Values,
    severity: Severity::Warning,
    default: true,
    summary: "a link in a chart's folder that leads out of it",
    peers: &[],
    fix: None,
    page: include_str!("../../fixtures/rules/link-out-of-chart.md"),
};

/// A chart is larger than what is read.
pub static CHART_TOO_LARGE: RuleMeta = RuleMeta {
    name: "chart-too-large",
    group: Group::Chart,
    stage: Stage::Values,
    severity: Severity::Error,
    default: true,
    summary: "a chart over the limits: 100 MiB unpacked, 50,000 files, 32 levels of subcharts",
    peers: &[],
    fix: None,
    page: include_str!("../../fixtures/rules/chart-too-large.md"),
};

/// A dependency of Chart.yaml is not in `charts/`.
pub static MISSING_DEPENDENCY: RuleMeta = RuleMeta {
    name: "missing-dependency",
    group: Group::Chart,
    stage: Stage::Values,
    severity: Severity::Error,
    default: true,
    summary: "a dependency that Chart.yaml declares and that is not in charts/",
    peers: &["helm-lint:dependencies"],
    fix: None,
    page: include_str!("../../fixtures/rules/missing-dependency.md"),
};

/// Which engine renders a template: its extension says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Go's text/template, as Helm has it.
    Go,
    /// Jinja: `.j2` and `.jinja`.
    Jinja,
}

/// A file of a chart that is not a template.
#[derive(Debug, Clone)]
pub struct File {
    /// Its path in the chart: `crds/widget.yaml`.
    pub name: String,
    /// Its path as the user knows it.
    pub path: String,
    /// Its bytes, without a byte-order mark.
    pub bytes: Arc<[u8]>,
}

/// A template.
#[derive(Debug, Clone)]
pub struct Template {
    /// Its path in the chart: `templates/deployment.yaml`.
    pub name: String,
    /// What renders it.
    pub engine: Engine,
    /// Its text. Bytes that are no UTF-8 are replaced here, for showing; `bytes` has them.
    pub source: SourceId,
    /// Its bytes, without a byte-order mark.
    pub bytes: Arc<[u8]>,
}

/// A chart.
#[derive(Debug, Clone)]
pub struct Chart {
    /// Where it is, as the user knows it: a folder, an archive, `web/charts/redis-1.0.0.tgz`.
    pub path: String,
    /// `Chart.yaml`, and the dependencies of `requirements.yaml`.
    pub metadata: Metadata,
    /// Everything below `templates/`, in reading order.
    pub templates: Vec<Template>,
    /// Every other file, `crds/` included.
    pub files: Vec<File>,
    /// The default values.
    pub values: Arc<Tree>,
    /// The text of `values.yaml`.
    pub values_source: Option<SourceId>,
    /// `values.schema.json`.
    pub schema: Option<File>,
    /// `Chart.lock` or `requirements.lock`.
    pub lock: Option<File>,
    /// The charts in `charts/`, by the name of their folder or archive.
    pub dependencies: Vec<Arc<Self>>,
}

impl Chart {
    /// The files below `crds/` that hold manifests, in reading order.
    pub fn crds(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| {
            let extension = file.name.rsplit('.').next().unwrap_or_default();
            file.name.starts_with("crds/")
                && ["yaml", "yml", "json"]
                    .iter()
                    .any(|known| extension.eq_ignore_ascii_case(known))
        })
    }

    /// The dependencies that `Chart.yaml` declares and `charts/` does not have.
    ///
    /// Upstream: `CheckDependencies` of `pkg/action/install.go`.
    pub fn missing_dependencies(&self) -> impl Iterator<Item = &Dependency> {
        self.metadata.dependencies.iter().flatten().filter(|wanted| {
            !self
                .dependencies
                .iter()
                .any(|chart| chart.metadata.name == wanted.name)
        })
    }

    /// What keeps the chart from being rendered by itself: dependencies that are not there, or that it is a library.
    ///
    /// Upstream: `checkIfInstallable` and `CheckDependencies`, called by `pkg/cmd/install.go`.
    pub fn refusals(&self) -> Vec<Finding> {
        let whole = || Anchor::File(self.path.clone());
        let mut findings: Vec<Finding> = self
            .missing_dependencies()
            .map(|dependency| {
                let at = dependency.span.map_or_else(whole, Anchor::Text);
                let message = format!("the dependency `{}` is not in charts/", dependency.name);
                Finding::new(&MISSING_DEPENDENCY, at, message)
                    .help("run `plimsoll dep build` or `helm dependency build`")
            })
            .collect();
        if self.metadata.kind == "library" {
            findings.push(
                Finding::new(
                    &INVALID_CHART,
                    whole(),
                    "a library chart renders nothing by itself".to_owned(),
                )
                .help("render a chart that depends on it"),
            );
        }
        findings
    }
}
