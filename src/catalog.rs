//! Every rule of every stage, by name.

use std::collections::BTreeSet;

use crate::finding::RuleMeta;
use crate::lint::rules::RULES;
use crate::lint::{LintRule, Preset, RuleSet};
use crate::{admission, chart, diff, input, known, lint, manifest, render, schema, suppress, unused, values};

/// Rules of the stages before lint: they always run.
static STAGE_RULES: &[&RuleMeta] = &[
    &chart::CHART_TOO_LARGE,
    &chart::INVALID_CHART,
    &chart::LINK_OUT_OF_CHART,
    &chart::MISSING_DEPENDENCY,
    &chart::UNREADABLE_CHART_FILE,
    &input::INPUT_TOO_LARGE,
    &input::project::INVALID_CONFIGURATION,
    &input::UNREADABLE_INPUT,
    &known::baseline::UNUSED_BASELINE_ENTRY,
    &lint::INTERNAL_ERROR,
    &manifest::parse::DUPLICATE_KEY,
    &manifest::parse::NOT_AN_OBJECT,
    &manifest::parse::YAML_SYNTAX,
    &render::INCOMPATIBLE_KUBE_VERSION,
    &render::UNREPEATABLE_TEMPLATE,
    &render::output::UNSORTABLE_MANIFEST,
    &unused::REDUNDANT_VALUE,
    &unused::UNUSED_VALUE,
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

/// The rules of a run: those that are built in, and those of a project.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    custom: Vec<&'static LintRule>,
}

impl Catalog {
    /// With the rules of a project.
    pub fn with(custom: Vec<&'static LintRule>) -> Self {
        Self { custom }
    }

    /// All rules, by name.
    pub fn all(&self) -> Vec<&'static RuleMeta> {
        let stages = STAGE_RULES
            .iter()
            .chain(&render::jinja::RULES)
            .chain(schema::RULES)
            .chain(admission::RULES)
            .chain(suppress::RULES)
            .chain(diff::RULES)
            .copied();
        let lint = RULES.iter().chain(&self.custom).map(|rule| &rule.meta);
        let mut all: Vec<_> = stages.chain(lint).collect();
        all.sort_by_key(|rule| rule.name);
        all
    }

    /// The rule of a name.
    ///
    /// # Errors
    /// When there is none, with the nearest one.
    pub fn find(&self, name: &str) -> Result<&'static RuleMeta, UnknownRule> {
        let all = self.all();
        if let Some(rule) = all.iter().find(|rule| rule.name == name) {
            return Ok(rule);
        }
        let nearest = crate::suggest::nearest(name, all.iter().map(|rule| rule.name));
        Err(UnknownRule {
            name: name.to_owned(),
            nearest,
        })
    }

    /// The lint rule behind a name and weight; `None` for rules of other stages.
    pub fn lint_rule(&self, meta: &RuleMeta) -> Option<&'static LintRule> {
        let at = RULES.binary_search_by(|rule| rule.meta.name.cmp(meta.name));
        let custom = || self.custom.iter().find(|rule| rule.meta == *meta);
        at.ok().and_then(|at| RULES.get(at)).or_else(custom).copied()
    }

    /// The rules of every stage that some words mean: presets, groups and names; all for no words.
    ///
    /// # Errors
    /// A word that means none, with the nearest name.
    pub fn chosen<S: AsRef<str>>(&self, words: &[S]) -> Result<Vec<&'static RuleMeta>, UnknownRule> {
        let mut all = self.all();
        if words.is_empty() {
            return Ok(all);
        }
        let mut means = BTreeSet::new();
        for word in words.iter().map(|word| word.as_ref().trim()) {
            if let Some(preset) = Preset::ALL.iter().find(|preset| preset.as_str() == word) {
                means.extend(RuleSet::preset(*preset).rules().iter().map(|rule| rule.meta.name));
                continue;
            }
            let mut of_group = all.iter().filter(|rule| rule.group.as_str() == word).peekable();
            if of_group.peek().is_none() {
                means.insert(self.find(word)?.name);
            }
            means.extend(of_group.map(|rule| rule.name));
        }
        all.retain(|rule| means.contains(rule.name));
        Ok(all)
    }

    /// Reads `--rules`: `none`, `all`, or what [`chosen`](Self::chosen) takes. Rules of other stages always run; naming them
    /// is no mistake.
    ///
    /// # Errors
    /// A word that means no rule, with the nearest name.
    pub fn rule_set<S: AsRef<str>>(&self, words: &[S]) -> Result<RuleSet, UnknownRule> {
        let words = words.iter().map(|word| word.as_ref().trim());
        let words: Vec<&str> = words.filter(|word| !matches!(*word, "" | "none")).collect();
        let chosen = if words.contains(&"all") {
            self.all()
        } else if words.is_empty() {
            Vec::new()
        } else {
            self.chosen(&words)?
        };
        let lint = chosen.into_iter().filter_map(|rule| self.lint_rule(rule));
        Ok(RuleSet::of(lint.collect()))
    }
}

/// All rules that are built in, by name.
pub fn all() -> Vec<&'static RuleMeta> {
    Catalog::default().all()
}

/// The built-in rule of a name.
///
/// # Errors
/// When there is none, with the nearest one.
pub fn find(name: &str) -> Result<&'static RuleMeta, UnknownRule> {
    Catalog::default().find(name)
}

/// The built-in lint rules that some words mean, as [`Catalog::rule_set`] reads them.
///
/// # Errors
/// A word that means no rule, with the nearest name.
pub fn rule_set<S: AsRef<str>>(words: &[S]) -> Result<RuleSet, UnknownRule> {
    Catalog::default().rule_set(words)
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
        assert_eq!(
            names(&["images", "latest-tag"]),
            names(&["images"]),
            "nothing twice"
        );
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
