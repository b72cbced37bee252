//! Templates to text.
//!
//! A template's extension decides its engine: Go templates as Helm has them ([`helm`]), or Jinja ([`jinja`]). Both see the
//! same charts, values, release and capabilities.

pub mod capabilities;
pub mod helm;
pub mod jinja;
pub mod output;
pub mod question;
pub mod release;

use plimsoll_gotpl::Parsed;

use crate::chart::{Chart, is_compatible_range};
use crate::finding::{Anchor, Finding, Group, RuleMeta, Severity, Stage};
use crate::source::{SourceId, SourceMap, Span};
use crate::values::{UnitId, Units, Values};

pub use capabilities::{Capabilities, KubeVersion};
pub use helm::Parses;
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
    fix: None,
    page: include_str!("../../fixtures/rules/incompatible-kube-version.md"),
};

/// A call whose result is another in each render shows in the output.
pub static UNREPEATABLE_TEMPLATE: RuleMeta = RuleMeta {
    name: "unrepeatable-template",
    group: Group::Chart,
    stage: Stage::Render,
    severity: Severity::Info,
    default: true,
    summary: "a template that prints something else in each render",
    peers: &[],
    fix: None,
    page: include_str!("../../fixtures/rules/unrepeatable-template.md"),
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
    /// The released chart's own Go templates, partials too; not those of its subcharts.
    pub templates: Vec<ParsedTemplate>,
}

/// A template that could be parsed, for who reads it.
#[derive(Debug, Clone)]
pub struct ParsedTemplate {
    /// Its text.
    pub source: SourceId,
    /// What it says.
    pub parsed: Parsed,
}

impl ParsedTemplate {
    /// A part of its text, in bytes.
    pub fn anchor(&self, part: std::ops::Range<usize>) -> Anchor {
        let place = |at| u32::try_from(at).unwrap_or(u32::MAX);
        Anchor::Text(Span::new(self.source, place(part.start), place(part.end)))
    }
}

/// How to render.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Time stands still and random functions are seeded: the same input gives the same bytes.
    pub deterministic: bool,
    /// Say which calls make two renders of the release differ, which takes a second render where there are such calls.
    pub find_unrepeatable: bool,
    /// `getHostByName` may ask the network.
    pub enable_dns: bool,
}

/// Renders a release: all its templates, whatever their engine.
pub fn render(
    chart: &Chart,
    values: &Values,
    release: &Release,
    capabilities: &Capabilities,
    options: &Options,
    parses: &Parses,
    sources: &SourceMap,
) -> (Rendered, Vec<Finding>) {
    if let Some(finding) = refuse_kube_version(chart, capabilities) {
        return (Rendered::default(), vec![finding]);
    }
    let (mut rendered, mut findings) = helm::render(values, release, capabilities, options, parses, sources);
    let (by_jinja, other) = jinja::render(values, release, capabilities, sources);
    findings.extend(other);
    if !by_jinja.files.is_empty() {
        rendered.files.extend(by_jinja.files);
        rendered.files.sort_by(|a, b| a.name.cmp(&b.name));
    }
    rendered.notes = rendered.notes.or(by_jinja.notes);
    crds(&values.units, UnitId::ROOT, &mut rendered.crds);
    (rendered, findings)
}

/// Upstream: `renderResources` of `pkg/action/action.go`, which looks at the released chart alone.
fn refuse_kube_version(chart: &Chart, capabilities: &Capabilities) -> Option<Finding> {
    let wanted = &chart.metadata.kube_version;
    let version = &capabilities.kube_version;
    if wanted.is_empty() || is_compatible_range(wanted, &version.normalized) {
        return None;
    }
    let at = chart
        .metadata
        .kube_version_span
        .map_or_else(|| Anchor::File(chart.path.clone()), Anchor::Text);
    let message = format!(
        "the chart is for Kubernetes `{wanted}`, and is rendered for {}",
        version.version
    );
    Some(
        Finding::new(&INCOMPATIBLE_KUBE_VERSION, at, message)
            .help("give the version of the cluster with `--kube-version`, or widen `kubeVersion`"),
    )
}

/// Upstream: `CRDObjects` of `pkg/chart/v2/chart.go`.
fn crds(units: &Units, unit: UnitId, found: &mut Vec<RenderedFile>) {
    let path = &units.get(unit).path;
    found.extend(units.get(unit).chart.crds().map(|file| RenderedFile {
        name: format!("{path}/{}", file.name),
        path: file.path.clone(),
        template: None,
        bytes: file.bytes.to_vec(),
    }));
    for &child in &units.get(unit).children {
        crds(units, child, found);
    }
}

#[cfg(test)]
mod tests;
