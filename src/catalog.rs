//! Every rule of every stage, by name.

use crate::finding::RuleMeta;
use crate::lint::rules::RULES;
use crate::{input, lint, manifest, schema};

/// Rules of the stages before lint: they always run.
static STAGE_RULES: &[&RuleMeta] = &[
    &input::INPUT_TOO_LARGE,
    &input::UNREADABLE_INPUT,
    &lint::INTERNAL_ERROR,
    &manifest::parse::DUPLICATE_KEY,
    &manifest::parse::NOT_AN_OBJECT,
    &manifest::parse::YAML_SYNTAX,
];

/// A name that no rule has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no rule or group is called `{name}`{}", .nearest.map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default())]
pub struct UnknownRule {
    /// What was asked for.
    pub name: String,
    /// The rule whose name is nearest, if any is near.
    pub nearest: Option<&'static str>,
}

/// All rules, by name.
pub fn all() -> Vec<&'static RuleMeta> {
    let mut all: Vec<_> = STAGE_RULES.iter().chain(schema::RULES).copied().chain(RULES.iter().map(|rule| &rule.meta)).collect();
    all.sort_by_key(|rule| rule.name);
    all
}

/// The rule of a name.
///
/// # Errors
/// When there is none, with the nearest one.
pub fn find(name: &str) -> Result<&'static RuleMeta, UnknownRule> {
    let all = all();
    if let Some(rule) = all.iter().find(|rule| rule.name == name) {
        return Ok(rule);
    }
    let nearest = crate::suggest::nearest(name, all.iter().map(|rule| rule.name));
    Err(UnknownRule { name: name.to_owned(), nearest })
}

/// Whether rules can be asked for by this group.
pub fn is_group(name: &str) -> bool {
    all().iter().any(|rule| rule.group.as_str() == name)
}
