//! The template engine as charts see it.

use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior};

use super::limits::{Budget, FUEL, MAX_RECURSION};
use super::scope::Scope;
use super::sources::Sources;
use super::{function, print};

/// An environment for the templates of one chart of a tree.
///
/// What is undefined is an error, nothing is escaped, and the line break at a template's end stays.
pub(super) fn environment(
    chart: &str,
    scope: &Scope,
    sources: &Arc<Sources>,
    budget: &Arc<Budget>,
) -> Result<Environment<'static>, Error> {
    let mut env = Environment::new();
    // Debug keeps the places of expressions, and the names of what is undefined.
    env.set_debug(true);
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_auto_escape_callback(|_| AutoEscape::None);
    env.set_formatter(print::formatter);
    env.set_syntax(SyntaxConfig::builder().keep_trailing_newline(true).build()?);
    env.set_fuel(Some(FUEL));
    env.set_recursion_limit(MAX_RECURSION);
    // It prints the whole state, secrets included.
    env.remove_global("debug");
    function::add(&mut env, budget);
    scope.add_globals(&mut env);
    let (chart, sources) = (chart.to_owned(), Arc::clone(sources));
    env.set_loader(move |name| Ok(sources.find(&chart, name).map(|source| source.text.to_string())));
    Ok(env)
}
