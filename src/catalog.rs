//! Every rule of every stage, by name.

use crate::finding::RuleMeta;
use crate::lint::rules::RULES;
use crate::lint::{LintRule, RuleSet};
use crate::{admission, chart, input, lint, manifest, render, schema, values};

/// Rules of the stages before lint: they always run.
static STAGE_RULES: &[&RuleMeta] = &[
    &chart::CHART_TOO_LARGE,
    &chart::INVALID_CHART,
    &chart::LINK_OUT_OF_CHART,
    &chart::MISSING_DEPENDENCY,
    &chart::UNREADABLE_CHART_FILE,
    &input::INPUT_TOO_LARGE,
    &input::UNREADABLE_INPUT,
    &lint::INTERNAL_ERROR,
    &manifest::parse::DUPLICATE_KEY,
    &manifest::parse::NOT_AN_OBJECT,
    &manifest::parse::YAML_SYNTAX,
    &render::INCOMPATIBLE_KUBE_VERSION,
    &render::UNREPEATABLE_TEMPLATE,
    &render::output::UNSORTABLE_MANIFEST,
    &values::INVALID_FLAG,
    &values::INVALID_VALUES,
    &values::VALUES_SCHEMA,
    &values::VALUE_TYPE_CLASH,
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
    let stages = STAGE_RULES
        .iter()
        .chain(&render::jinja::RULES)
        .chain(schema::RULES)
        .chain(admission::RULES)
        .copied();
    let mut all: Vec<_> = stages.chain(RULES.iter().map(|rule| &rule.meta)).collect();
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
    Err(UnknownRule {
        name: name.to_owned(),
        nearest,
    })
}

/// Whether rules can be asked for by this group.
pub fn is_group(name: &str) -> bool {
    all().iter().any(|rule| rule.group.as_str() == name)
}

/// Reads `--rules`: `none`, `all`, `default`, or names of rules and groups.
///
/// # Errors
/// A name that is neither, with the nearest one.
pub fn rule_set<S: AsRef<str>>(names: &[S]) -> Result<RuleSet, UnknownRule> {
    let mut chosen: Vec<&'static LintRule> = Vec::new();
    for name in names
        .iter()
        .map(|name| name.as_ref().trim())
        .filter(|name| !name.is_empty())
    {
        match name {
            "none" => {}
            "all" => chosen.extend(RULES),
            "default" => chosen.extend(RuleSet::default().rules()),
            _ => {
                let before = chosen.len();
                chosen.extend(
                    RULES
                        .iter()
                        .filter(|rule| rule.meta.name == name || rule.meta.group.as_str() == name),
                );
                // A rule of another stage always runs; naming it is no mistake.
                if chosen.len() == before && !is_group(name) {
                    find(name)?;
                }
            }
        }
    }
    chosen.sort_by_key(|rule| rule.meta.name);
    chosen.dedup_by_key(|rule| rule.meta.name);
    Ok(RuleSet::of(chosen))
}

#[cfg(test)]
mod tests {
    use super::rule_set;

    fn names(words: &[&str]) -> Vec<&'static str> {
        rule_set(words)
            .expect("known names")
            .rules()
            .iter()
            .map(|rule| rule.meta.name)
            .collect()
    }

    #[test]
    fn names_and_groups() {
        assert_eq!(names(&["none"]), Vec::<&str>::new());
        assert_eq!(names(&["latest-tag"]), ["latest-tag"]);
        assert_eq!(names(&["images", "latest-tag"]), ["latest-tag"]);
        assert!(names(&["probes"]).contains(&"identical-probes"));
        assert_eq!(names(&["yaml-syntax"]), Vec::<&str>::new());
    }

    #[test]
    fn a_typo_names_the_nearest_rule() {
        let error = rule_set(&["latest-tags"]).expect_err("no such rule");
        assert_eq!(
            error.to_string(),
            "no rule or group is called `latest-tags`; did you mean `latest-tag`?"
        );
    }
}
