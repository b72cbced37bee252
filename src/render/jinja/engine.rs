//! The templates of one chart, rendered one after the other; a broken one does not stop the others.

use std::sync::Arc;

use minijinja::value::Value;
use minijinja::{Environment, Error};

use super::environment::environment;
use super::error::Explainer;
use super::limits::{Budget, MAX_OUTPUT};
use super::mapping::{self, Mapping};
use super::output::Bounded;
use super::scope::Scope;
use super::sources::{Source, Sources};
use crate::finding::Finding;

/// One chart of a tree, ready to render.
pub(super) struct Engine {
    /// Helm's path of the chart: `shop/charts/db`.
    chart: String,
    scope: Scope,
    sources: Arc<Sources>,
    budget: Arc<Budget>,
    env: Environment<'static>,
}

impl Engine {
    /// # Errors
    /// When the engine cannot be set up, which is a bug.
    pub(super) fn new(chart: &str, scope: Scope, sources: &Arc<Sources>) -> Result<Self, Error> {
        let budget = Arc::new(Budget::new());
        let env = environment(chart, &scope, sources, &budget)?;
        Ok(Self {
            chart: chart.to_owned(),
            scope,
            sources: Arc::clone(sources),
            budget,
            env,
        })
    }

    /// Renders one template, or says what is wrong with it.
    pub(super) fn render(&self, template: &Source) -> Result<String, Finding> {
        self.budget.reset();
        mapping::forget();
        self.run(template).map_err(|error| self.explain(&error, template))
    }

    /// Reads a template that is not rendered itself: a partial may be broken and never used.
    pub(super) fn check(&self, template: &Source) -> Option<Finding> {
        self.env
            .get_template(&template.path)
            .err()
            .map(|error| self.explain(&error, template))
    }

    fn run(&self, template: &Source) -> Result<String, Error> {
        let about = about(&template.path, &self.chart);
        let mut out = Bounded::new(MAX_OUTPUT);
        let compiled = self.env.get_template(&template.path)?;
        compiled.render_captured_to(about, &mut out)?;
        Ok(out.into_text())
    }

    fn explain(&self, error: &Error, template: &Source) -> Finding {
        Explainer {
            chart: &self.chart,
            scope: &self.scope,
            sources: &self.sources,
        }
        .finding(error, template)
    }
}

/// `template` and Helm's `Template`.
fn about(path: &str, chart: &str) -> Value {
    let base = format!("{chart}/templates");
    let entries = |name: &str, base_path: &str| {
        Mapping::value([
            (Arc::from(name), Value::from(path)),
            (Arc::from(base_path), Value::from(base.as_str())),
        ])
    };
    Mapping::value([
        (Arc::from("template"), entries("name", "base_path")),
        (Arc::from("Template"), entries("Name", "BasePath")),
    ])
}

/// Adds findings, each once: a broken partial breaks every template that uses it in the same way.
pub(super) fn push_new(findings: &mut Vec<Finding>, finding: Finding) {
    let is_known = findings
        .iter()
        .any(|known| known.at == finding.at && known.message == finding.message);
    if !is_known {
        findings.push(finding);
    }
}
