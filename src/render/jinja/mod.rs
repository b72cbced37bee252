//! Jinja templates, rendered with minijinja.
//!
//! Every template with the extension `.j2` or `.jinja` of a chart and its subcharts is rendered; a file whose name starts
//! with `_` is only read. A broken template is a finding and costs only itself. What templates may use is documented in
//! `docs/jinja/`.
//!
//! Invariant: the output depends on the arguments of [`render`] alone: no clock, no random numbers, no disk, no cluster.

mod context;
mod engine;
mod environment;
mod error;
#[cfg(test)]
mod examples;
mod files;
mod function;
mod limits;
mod mapping;
mod names;
mod output;
mod print;
mod rules;
mod scope;
mod sources;

use std::sync::Arc;

use engine::Engine as Renderer;
use sources::{Source, Sources};

use super::{Capabilities, Release, Rendered, RenderedFile};
use crate::chart::{Engine, Template};
use crate::finding::Finding;
use crate::source::SourceMap;
use crate::values::{UnitId, Values};

pub use rules::{RULES, TEMPLATE_ERROR, TEMPLATE_FAIL, TEMPLATE_LIMIT, TEMPLATE_SYNTAX, TEMPLATE_UNDEFINED};

/// The extensions of Jinja templates.
const EXTENSIONS: [&str; 2] = [".j2", ".jinja"];

/// Renders the Jinja templates of a release. Its files are sorted by Helm's path; CRDs are not its business.
pub fn render(
    values: &Values,
    release: &Release,
    capabilities: &Capabilities,
    sources: &SourceMap,
) -> (Rendered, Vec<Finding>) {
    let units = units(values);
    let mut all = Sources::default();
    for id in &units {
        for template in templates(values, *id) {
            all.add(source(values, *id, template, sources));
        }
    }
    let all = Arc::new(all);
    let (mut rendered, mut findings) = (Rendered::default(), Vec::new());
    for id in units
        .into_iter()
        .filter(|id| templates(values, *id).next().is_some())
    {
        let scope = context::scope(values, id, release, capabilities, sources);
        let Ok(renderer) = Renderer::new(&values.units.get(id).path, scope, &all) else {
            continue;
        };
        let is_library = values.units.get(id).chart.metadata.is_library();
        for template in templates(values, id) {
            let source = source(values, id, template, sources);
            if is_library || is_partial(&template.name) {
                renderer
                    .check(&source)
                    .into_iter()
                    .for_each(|finding| engine::push_new(&mut findings, finding));
                continue;
            }
            match renderer.render(&source) {
                Err(finding) => engine::push_new(&mut findings, finding),
                Ok(text) if is_notes(&template.name) => {
                    if id == UnitId::ROOT {
                        rendered.notes = Some(text);
                    }
                }
                Ok(text) => rendered.files.push(RenderedFile {
                    name: source.path.to_string(),
                    path: sources.get(template.source).path.to_string(),
                    template: Some(template.source),
                    bytes: text.into_bytes(),
                }),
            }
        }
    }
    rendered.files.sort_by(|one, other| one.name.cmp(&other.name));
    (rendered, findings)
}

/// The charts of a release, parents before children.
fn units(values: &Values) -> Vec<UnitId> {
    let mut units = Vec::new();
    let mut open = vec![UnitId::ROOT];
    while let Some(id) = open.pop() {
        units.push(id);
        open.extend(values.units.get(id).children.iter().rev());
    }
    units
}

/// The Jinja templates of a chart, in reading order.
fn templates(values: &Values, id: UnitId) -> impl Iterator<Item = &Template> {
    values
        .units
        .get(id)
        .chart
        .templates
        .iter()
        .filter(|template| template.engine == Engine::Jinja)
}

fn source(values: &Values, id: UnitId, template: &Template, sources: &SourceMap) -> Source {
    Source {
        path: Arc::from(format!("{}/{}", values.units.get(id).path, template.name)),
        id: template.source,
        text: Arc::clone(sources.get(template.source).text()),
    }
}

/// Whether a file only lends what it defines: `templates/_macros.j2`.
fn is_partial(name: &str) -> bool {
    name.rsplit('/').next().is_some_and(|file| file.starts_with('_'))
}

/// Whether a template prints words for the user rather than manifests: `templates/NOTES.txt.j2`.
fn is_notes(name: &str) -> bool {
    EXTENSIONS
        .iter()
        .any(|extension| name.strip_suffix(extension) == Some("templates/NOTES.txt"))
}
