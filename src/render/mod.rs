//! Templates to text.
//!
//! A template's extension decides its engine: Go templates as Helm has them ([`helm`]), or Jinja ([`jinja`]). Both see the
//! same charts, values, release and capabilities.

pub mod capabilities;
pub mod jinja;
pub mod output;
pub mod release;

use crate::finding::{Group, RuleMeta, Severity, Stage};
use crate::source::SourceId;

pub use capabilities::{Capabilities, KubeVersion};
pub use release::Release;

/// A chart is not for this version of Kubernetes.
pub static INCOMPATIBLE_KUBE_VERSION: RuleMeta = RuleMeta {
    name: "incompatible-kube-version",
    group: Group::Chart,
    stage: Stage::Render,
    severity: Severity::Error,
    default: true,
    summary: "a chart whose kubeVersion excludes the version it is rendered for",
    peers: &[],
    page: include_str!("../../fixtures/rules/incompatible-kube-version.md"),
};

/// What one template printed, or a CRD as it is.
#[derive(Debug, Clone)]
pub struct RenderedFile {
    /// Helm's path: `web/charts/redis/templates/service.yaml`. What `# Source:` says.
    pub name: String,
    /// The template's path as the user knows it.
    pub path: String,
    /// The template's text; none of a CRD.
    pub template: Option<SourceId>,
    /// What was printed. Go templates print bytes, mostly UTF-8.
    pub bytes: Vec<u8>,
}

/// What the templates of a release printed.
#[derive(Debug, Clone, Default)]
pub struct Rendered {
    /// Every template that was executed and is no `NOTES.txt`, sorted by Helm's path. Partials (`_*`) are not in it.
    pub files: Vec<RenderedFile>,
    /// Files below `crds/`, as they are: those of the released chart, then of its subcharts.
    pub crds: Vec<RenderedFile>,
    /// The released chart's `NOTES.txt`.
    pub notes: Option<String>,
}

/// How to render.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Time stands still and random functions are seeded: the same input gives the same bytes.
    pub deterministic: bool,
    /// `getHostByName` may ask the network.
    pub enable_dns: bool,
}
