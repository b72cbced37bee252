//! Words and what is wrong with them.

use std::collections::BTreeSet;

use jiff::civil::Date;
use plimsoll_yaml::NodeRef;

use super::{Problem, Reader, rules::presets};
use crate::admission::pod_security::Standard;
use crate::config::Stencil;
use crate::config::project::BLANKS;
use crate::config::shape::Word;
use crate::manifest::Route;
use crate::manifest::select::Pattern;
use crate::render::release::is_release_name;
use crate::schema::{Bundle, KubernetesVersion, SchemaStore};
use crate::suggest::{self, meant, meant_or};

impl Reader {
    pub(super) fn word(&mut self, node: NodeRef<'_>, word: Word, name: &str) {
        if !node.is_scalar() || node.is_null() {
            self.refuse(node, format!("`{name}` takes words here"), "write a word");
        } else if let Err((message, help)) = self.read_word(node.str(), word, name) {
            self.refuse(node, message, help);
        }
    }

    fn read_word(&self, text: &str, word: Word, name: &str) -> Result<(), Problem> {
        let pattern = |read: Result<Pattern, String>| match read {
            Ok(_) => Ok(()),
            Err(needed) => Err((format!("`{text}` is no pattern"), format!("write {needed}"))),
        };
        match word {
            Word::Text | Word::Path => Ok(()),
            Word::Preset => {
                let known: Vec<_> = presets().collect();
                one_of(text, &known, name)
            }
            Word::Rule => {
                let known: Vec<_> = self.rules.iter().map(|rule| rule.name).collect();
                one_of_many(text, &known, "rule")
            }
            Word::Kind => self.read_kind(text),
            Word::Pattern => pattern(Pattern::new(text)),
            Word::Files => pattern(Pattern::of_files(text)),
            Word::Day => match text.parse::<Date>() {
                Ok(_) => Ok(()),
                Err(_) => Err((
                    format!("`{text}` is no day"),
                    "write the last day as year, month and day: `2027-01-31`".to_owned(),
                )),
            },
            Word::Kubernetes => {
                let versions = KubernetesVersion::range(text)
                    .map_err(|message| (message, "write `1.36`, or a range `1.31..1.36`".to_owned()))?;
                match SchemaStore::new(&versions) {
                    Ok(_) => Ok(()),
                    Err(unknown) => Err((unknown.to_string(), "name versions that are known".to_owned())),
                }
            }
            Word::PodSecurity => match text.parse::<Standard>() {
                Ok(_) => Ok(()),
                Err(problem) => Err((
                    format!("`{text}` is no Pod Security Standard: {problem}"),
                    "write `privileged`, `baseline` or `restricted`, or `restricted:v1.31` for that of one version"
                        .to_owned(),
                )),
            },
            Word::NewRule => {
                let is_kebab = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-';
                if text.chars().all(is_kebab) && text.starts_with(|char: char| char.is_ascii_lowercase()) {
                    Ok(())
                } else {
                    Err((
                        format!("`{text}` is no name of a rule"),
                        "write lower-case words with hyphens that say what is wrong: `team-label-missing`".to_owned(),
                    ))
                }
            }
            Word::Field => match Route::parse(text) {
                Ok(_) => Ok(()),
                Err(_) => Err((
                    format!("`{text}` is no field"),
                    "write it as `spec.containers[0].image`".to_owned(),
                )),
            },
            Word::Count => match text.parse::<usize>() {
                Ok(1..) => Ok(()),
                _ => Err((
                    format!("`{name}` cannot be `{text}`"),
                    "write a number of 1 or more".to_owned(),
                )),
            },
            Word::Stencil => Stencil::new(text, BLANKS).map(drop),
            Word::Release => match is_release_name(text) {
                true => Ok(()),
                false => Err((
                    format!("`{text}` cannot be the name of a release"),
                    "write lower case letters, digits, `-` and `.`, at most 53".to_owned(),
                )),
            },
            Word::Environment => match is_environment_name(text) {
                true => Ok(()),
                false => Err((
                    format!("`{text}` cannot be the name of an environment"),
                    "write letters, digits, `-`, `_` and `.`, with a letter or digit at both ends".to_owned(),
                )),
            },
            Word::OneOf(known) => one_of(text, known, name),
        }
    }

    /// A kind with its group is taken as it is; one without may be a custom kind, or a misspelled one of Kubernetes.
    fn read_kind(&self, text: &str) -> Result<(), Problem> {
        if text.contains('.') {
            return Ok(());
        }
        let known: BTreeSet<&str> = Bundle::embedded().kinds().map(|entry| entry.kind).collect();
        match suggest::nearest(text, known.iter().copied()) {
            Some(nearest) if !known.contains(text) => Err((
                format!("Kubernetes has no kind `{text}`"),
                format!(
                    "did you mean `{nearest}`? A custom kind of that name is written with its group: `{text}.example.com`"
                ),
            )),
            _ => Ok(()),
        }
    }
}

/// Refuses a word that is none of a few, and lists them.
fn one_of(text: &str, known: &[&str], name: &str) -> Result<(), Problem> {
    if known.contains(&text) {
        return Ok(());
    }
    Err((format!("`{name}` cannot be `{text}`"), meant(text, known)))
}

/// Refuses a word that is none of more than one wants to read.
pub(super) fn one_of_many(text: &str, known: &[&str], what: &str) -> Result<(), Problem> {
    if known.contains(&text) {
        return Ok(());
    }
    let help = "`plimsoll rules` lists them".to_owned();
    Err((
        format!("no {what} is called `{text}`"),
        meant_or(text, known, help),
    ))
}

/// Whether it can be the name of an environment, and so of a folder.
fn is_environment_name(text: &str) -> bool {
    let is_end = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    is_end(bytes.first())
        && is_end(bytes.last())
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}
