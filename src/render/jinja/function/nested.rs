//! Templates inside templates: `include()` as an expression, and `tpl`. Page: `docs/jinja/nested.md`.

use std::sync::Arc;

use minijinja::{Environment, Error, State, Template, context};

use super::super::limits::{Budget, MAX_OUTPUT};
use super::super::output::Bounded;
use super::invalid;

pub(super) fn add(env: &mut Environment<'_>, budget: &Arc<Budget>) {
    let shared = Arc::clone(budget);
    env.add_function("include", move |state: &State<'_, '_>, name: &str| {
        include(state, name, &shared)
    });
    let shared = Arc::clone(budget);
    env.add_filter("tpl", move |state: &State<'_, '_>, text: &str| {
        tpl(state, text, &shared)
    });
    let shared = Arc::clone(budget);
    env.add_function("tpl", move |state: &State<'_, '_>, text: &str| {
        tpl(state, text, &shared)
    });
}

/// `include("configmap.yaml.j2")`: what that template prints, as text.
fn include(state: &State<'_, '_>, name: &str, budget: &Budget) -> Result<String, Error> {
    let template = state.env().get_template(name)?;
    budget.nested(|| render(&template, state))
}

/// `text | tpl`: the text rendered as a template of this chart.
fn tpl(state: &State<'_, '_>, text: &str, budget: &Budget) -> Result<String, Error> {
    let explain = |error: Error| {
        let what = error
            .detail()
            .map_or_else(|| error.kind().to_string(), str::to_owned);
        let line = error.line().unwrap_or(1);
        invalid(format!("in line {line} of the text given to `tpl`: {what}"))
    };
    budget.nested(|| {
        let template = state
            .env()
            .template_from_named_str(state.name(), text)
            .map_err(explain)?;
        render(&template, state).map_err(explain)
    })
}

fn render(template: &Template<'_, '_>, state: &State<'_, '_>) -> Result<(String, u64), Error> {
    let mut out = Bounded::new(MAX_OUTPUT);
    let about = state.lookup("template").unwrap_or_default();
    let captured = template.render_captured_to(
        context! { template => about.clone(), Template => about },
        &mut out,
    )?;
    let used = captured.state().fuel_levels().map_or(0, |(used, _)| used);
    drop(captured);
    Ok((out.into_text(), used))
}
