//! Which rules run.

use super::LintRule;
use super::rules::RULES;
use crate::catalog::{self, UnknownRule};

/// The lint rules of a run, in the order of their names.
#[derive(Debug, Clone)]
pub struct RuleSet(Vec<&'static LintRule>);

impl Default for RuleSet {
    /// What runs when nobody chose.
    fn default() -> Self {
        Self(RULES.iter().copied().filter(|rule| rule.meta.default).collect())
    }
}

impl RuleSet {
    /// These rules and no others.
    pub fn of(rules: Vec<&'static LintRule>) -> Self {
        Self(rules)
    }

    /// Reads `--rules`: `none`, `all`, `default`, or names of rules and groups.
    ///
    /// # Errors
    /// A name that is neither, with the nearest one.
    pub fn parse<S: AsRef<str>>(names: &[S]) -> Result<Self, UnknownRule> {
        let mut chosen: Vec<&'static LintRule> = Vec::new();
        for name in names.iter().map(|name| name.as_ref().trim()).filter(|name| !name.is_empty()) {
            match name {
                "none" => {}
                "all" => chosen.extend(RULES),
                "default" => chosen.extend(Self::default().0),
                _ => {
                    let before = chosen.len();
                    chosen.extend(
                        RULES.iter().filter(|rule| rule.meta.name == name || rule.meta.group.as_str() == name),
                    );
                    // A rule of another stage always runs; naming it is no mistake.
                    if chosen.len() == before && !catalog::is_group(name) {
                        catalog::find(name)?;
                    }
                }
            }
        }
        chosen.sort_by_key(|rule| rule.meta.name);
        chosen.dedup_by_key(|rule| rule.meta.name);
        Ok(Self(chosen))
    }

    /// The rules, in order.
    pub fn rules(&self) -> &[&'static LintRule] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::RuleSet;

    fn names(words: &[&str]) -> Vec<&'static str> {
        RuleSet::parse(words).expect("known names").rules().iter().map(|rule| rule.meta.name).collect()
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
        let error = RuleSet::parse(&["latest-tags"]).expect_err("no such rule");
        assert_eq!(error.to_string(), "no rule or group is called `latest-tags`; did you mean `latest-tag`?");
    }
}
