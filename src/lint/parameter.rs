//! What users of a rule choose: a number, a list of words, an amount. Declared beside the rule, set in the configuration.

use plimsoll_yaml::{NodeRef, Scalar};

use super::sink::Sink;
use crate::admission::quantity::Quantity;
use crate::manifest::select::Pattern;

/// A whole number.
#[derive(Debug)]
pub struct Number {
    /// The key in the configuration.
    pub name: &'static str,
    /// What it means, with its unit.
    pub about: &'static str,
    /// The least that makes sense.
    pub least: i64,
    /// What holds when nobody chose.
    pub default: i64,
}

/// A list of words, compared as they are.
#[derive(Debug)]
pub struct Words {
    /// The key in the configuration.
    pub name: &'static str,
    /// What it means.
    pub about: &'static str,
    /// What holds when nobody chose.
    pub default: &'static [&'static str],
}

/// A list of patterns: `*` stands for any characters but a slash, `?` for one, `{a,b}` for either. What is below a name,
/// behind a slash, is meant with it.
#[derive(Debug)]
pub struct Globs {
    /// The key in the configuration.
    pub name: &'static str,
    /// What it means.
    pub about: &'static str,
    /// What holds when nobody chose.
    pub default: &'static [&'static str],
}

/// An amount as Kubernetes writes it: `500m`, `2Gi`.
#[derive(Debug)]
pub struct Amount {
    /// The key in the configuration.
    pub name: &'static str,
    /// What it means.
    pub about: &'static str,
    /// What holds when nobody chose; without one the rule does not look at it.
    pub default: Option<&'static str>,
}

/// A parameter of any shape.
#[derive(Debug, Clone, Copy)]
pub enum Parameter {
    Number(&'static Number),
    Words(&'static Words),
    Globs(&'static Globs),
    Amount(&'static Amount),
}

/// What the configuration gives a parameter.
#[derive(Debug, Clone)]
pub enum ParameterValue {
    Number(i64),
    Words(Vec<String>),
    Globs(Vec<Pattern>),
    Amount(String),
}

impl Parameter {
    /// The key in the configuration.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Number(number) => number.name,
            Self::Words(words) => words.name,
            Self::Globs(globs) => globs.name,
            Self::Amount(amount) => amount.name,
        }
    }

    /// What it means.
    pub const fn about(&self) -> &'static str {
        match self {
            Self::Number(number) => number.about,
            Self::Words(words) => words.about,
            Self::Globs(globs) => globs.about,
            Self::Amount(amount) => amount.about,
        }
    }

    /// What holds when nobody chose, as it would be written.
    pub fn default(&self) -> String {
        match self {
            Self::Number(number) => number.default.to_string(),
            Self::Words(Words { default, .. }) | Self::Globs(Globs { default, .. }) => {
                format!("[{}]", default.join(", "))
            }
            Self::Amount(amount) => amount.default.unwrap_or("none").to_owned(),
        }
    }

    /// Reads what the configuration gives it.
    ///
    /// # Errors
    /// What it must be instead.
    pub fn read(&self, node: NodeRef<'_>) -> Result<ParameterValue, String> {
        match self {
            Self::Number(number) => match node.resolve() {
                Scalar::Int(value) if value >= number.least => Ok(ParameterValue::Number(value)),
                _ => Err(format!("a whole number of at least {}", number.least)),
            },
            Self::Words(_) => words(node).map(ParameterValue::Words),
            Self::Globs(_) => words(node)?
                .iter()
                .map(|text| Pattern::of_files(text))
                .collect::<Result<_, _>>()
                .map(ParameterValue::Globs),
            Self::Amount(_) => match Quantity::parse(node.str()) {
                Some(_) => Ok(ParameterValue::Amount(node.str().to_owned())),
                None => Err("an amount such as `500m` or `2Gi`".to_owned()),
            },
        }
    }
}

/// A list of texts, or one text alone.
fn words(node: NodeRef<'_>) -> Result<Vec<String>, String> {
    let is_text = |node: &NodeRef<'_>| node.is_scalar() && !node.is_null();
    if is_text(&node) {
        return Ok(vec![node.str().to_owned()]);
    }
    if !node.is_sequence() || !node.items().all(|item| is_text(&item)) {
        return Err("a list of texts".to_owned());
    }
    Ok(node.items().map(|item| item.str().to_owned()).collect())
}

impl Sink<'_> {
    /// What holds for a number here.
    pub fn number(&self, parameter: &'static Number) -> i64 {
        match self.chosen(parameter.name) {
            Some(ParameterValue::Number(value)) => *value,
            _ => parameter.default,
        }
    }

    /// What holds for a list of words here.
    pub fn words(&self, parameter: &'static Words) -> Vec<&str> {
        match self.chosen(parameter.name) {
            Some(ParameterValue::Words(words)) => words.iter().map(String::as_str).collect(),
            _ => parameter.default.to_vec(),
        }
    }

    /// What holds for a list of patterns here.
    pub fn globs(&self, parameter: &'static Globs) -> Vec<Pattern> {
        match self.chosen(parameter.name) {
            Some(ParameterValue::Globs(patterns)) => patterns.clone(),
            // A default that is no pattern would be found by the tests of the rule's page.
            _ => parameter
                .default
                .iter()
                .filter_map(|text| Pattern::of_files(text).ok())
                .collect(),
        }
    }

    /// Whether a list of patterns names a text. One that names nothing allows everything.
    pub fn allows(&self, parameter: &'static Globs, text: &str) -> bool {
        let patterns = self.globs(parameter);
        patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(text))
    }

    /// A list of patterns as a sentence ends with it.
    pub fn listed(&self, parameter: &'static Globs) -> String {
        let patterns = self.globs(parameter);
        let words: Vec<_> = patterns
            .iter()
            .map(|pattern| format!("`{}`", pattern.as_str()))
            .collect();
        words.join(", ")
    }

    /// What holds for an amount here, and how it was written.
    pub(crate) fn amount(&self, parameter: &'static Amount) -> Option<(Quantity, &str)> {
        let text = match self.chosen(parameter.name) {
            Some(ParameterValue::Amount(text)) => Some(text.as_str()),
            _ => parameter.default,
        }?;
        Some((Quantity::parse(text)?, text))
    }

    fn chosen(&self, parameter: &str) -> Option<&ParameterValue> {
        self.rules.settings.get(self.rule.name)?.parameters.get(parameter)
    }
}
