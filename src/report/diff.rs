//! The formats of a difference, and what they share: the order in which changes are told, and which are told once.

use std::collections::HashMap;
use std::io;

use serde_json::Value;

use super::{diff_html, diff_human, diff_json, diff_markdown, diff_unified};
use crate::diff::{Change, ChangeSet, FieldChangeKind, FieldSide, Impact, Reason};

/// The format of a difference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum DiffFormat {
    /// For people: what changes and what that does, worst first
    #[default]
    Human,
    /// A patch of the objects as YAML
    Unified,
    /// For machines: a stable contract, `schemas/diff.schema.json`
    Json,
    /// For a comment on a pull request: a table, and details to unfold, within 65,536 characters
    Markdown,
    /// One page that needs nothing else
    Html,
}

/// Writes all changes in a format; `color` only matters to people.
///
/// # Errors
/// When the output cannot be written.
pub fn write(
    changes: &ChangeSet,
    format: DiffFormat,
    color: bool,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        DiffFormat::Human => diff_human::write(changes, color, out),
        DiffFormat::Unified => diff_unified::write(changes, out),
        DiffFormat::Json => diff_json::write(changes, out),
        DiffFormat::Markdown => diff_markdown::write(changes, out),
        DiffFormat::Html => diff_html::write(changes, out),
    }
}

/// Unchanged lines around each hunk.
pub(super) const CONTEXT: usize = 3;
/// Characters of a value that are shown on a field's line; the text below it shows all.
const MAX_VALUE: usize = 60;
/// Objects that are named before the rest is counted.
const NAMED: usize = 5;

/// Changes that are told once: the first, and those that are the same on other objects.
pub(super) struct Telling<'c> {
    pub(super) change: &'c Change,
    /// Objects on which the same changes, with the same effect.
    pub(super) same: Vec<&'c Change>,
    /// Objects of the same kind and name in other namespaces, on which something else changes.
    pub(super) different: Vec<&'c Change>,
}

/// All changes, worst first and else in their order, those that are the same together.
pub(super) fn tellings(changes: &ChangeSet) -> Vec<Telling<'_>> {
    let mut tellings: Vec<Telling<'_>> = Vec::new();
    let mut by_content: HashMap<String, usize> = HashMap::new();
    let mut by_name: HashMap<(&str, &str), Vec<&Change>> = HashMap::new();
    for change in &changes.changes {
        by_name
            .entry((&change.object.kind, &change.object.name))
            .or_default()
            .push(change);
        let place = *by_content.entry(content(change)).or_insert(tellings.len());
        match tellings.get_mut(place) {
            Some(telling) => telling.same.push(change),
            None => tellings.push(Telling {
                change,
                same: Vec::new(),
                different: Vec::new(),
            }),
        }
    }
    for telling in &mut tellings {
        if telling.same.is_empty() {
            continue;
        }
        let namesakes = by_name.get(&(&*telling.change.object.kind, &*telling.change.object.name));
        let told = |other: &&Change| {
            std::ptr::eq(*other, telling.change)
                || telling.same.iter().any(|same| std::ptr::eq(*same, *other))
        };
        // Many objects of one name are looked at only where they are few.
        let namesakes = namesakes.filter(|namesakes| namesakes.len() <= 1_000);
        telling.different = namesakes
            .into_iter()
            .flatten()
            .copied()
            .filter(|other| !told(other))
            .collect();
    }
    tellings.sort_by_key(|telling| std::cmp::Reverse(telling.change.impact));
    tellings
}

/// What makes two changes the same but for the object.
fn content(change: &Change) -> String {
    use std::fmt::Write as _;
    let mut text = format!("{:?} {}\n", change.impact, change.is_accepted());
    let object = match (&change.old, &change.new) {
        (Some(_), Some(_)) => None,
        (old, new) => old.as_ref().or(new.as_ref()),
    };
    // Writing to a text cannot fail.
    let _ = match (object, &change.moved_from) {
        // What comes and goes is the same only as a whole, in another namespace.
        (Some(object), _) => {
            let mut object = object.clone();
            if let Some(Value::Object(metadata)) = object.get_mut("metadata") {
                metadata.shift_remove("namespace");
            }
            write!(text, "{} {object}", if change.old.is_some() { '-' } else { '+' })
        }
        (None, Some(from)) => write!(text, "{from} {}", change.object),
        (None, None) => change.fields.iter().try_for_each(|field| {
            let value = |side: &Option<FieldSide>| side.as_ref().map(|side| side.value.to_string());
            writeln!(
                text,
                "{} {:?} {:?} {:?}",
                field.path(),
                field.kind,
                value(&field.old),
                value(&field.new)
            )
        }),
    };
    for reason in &change.reasons {
        text.push_str(&reason.message);
        text.push('\n');
    }
    text
}

impl Telling<'_> {
    /// Where else the same changes, in one sentence; `None` if it is one object only.
    pub(super) fn elsewhere(&self) -> Option<String> {
        if self.same.is_empty() {
            let environment = self.change.environment.as_ref()?;
            return Some(format!("in the environment {environment}"));
        }
        let first = &self.change.object;
        let is_namesake =
            |other: &&Change| other.object.kind == first.kind && other.object.name == first.name;
        if !self.same.iter().all(is_namesake) {
            let names: Vec<String> = self.same.iter().map(|same| same.object.to_string()).collect();
            return Some(format!("the same change: {}", listed(&names)));
        }
        let namespace = |change: &Change| {
            let environment = change.environment.as_deref();
            environment
                .or(change.object.namespace.as_deref())
                .unwrap_or("no namespace")
                .to_owned()
        };
        let same: Vec<String> = std::iter::once(self.change)
            .chain(self.same.iter().copied())
            .map(namespace)
            .collect();
        let all = same.len() + self.different.len();
        let mut text = format!(
            "the same change in {} of {all} environments: {}",
            same.len(),
            listed(&same)
        );
        if !self.different.is_empty() {
            let different: Vec<String> = self.different.iter().copied().map(namespace).collect();
            text.push_str("; another one in ");
            text.push_str(&listed(&different));
        }
        Some(text)
    }
}

/// Names, the first of many.
fn listed(names: &[String]) -> String {
    if names.len() <= NAMED {
        return names.join(", ");
    }
    format!("{} and {} more", names[..NAMED].join(", "), names.len() - NAMED)
}

/// How much there is of each impact that occurs, worst first.
pub(super) fn impacts(changes: &ChangeSet) -> Vec<(Impact, usize)> {
    let counts = Impact::ALL
        .into_iter()
        .rev()
        .map(|impact| (impact, changes.count(impact)));
    counts.filter(|(_, count)| *count > 0).collect()
}

/// `2 changed, 1 added, 12 unchanged: 1 rolling-restart, 1 traffic`.
pub(super) fn summary(changes: &ChangeSet) -> String {
    let (added, removed) = (changes.added(), changes.removed());
    let changed = changes.changes.len() - added - removed;
    if changes.is_empty() {
        return match changes.unchanged {
            1 => "no difference in 1 object".to_owned(),
            count => format!("no difference in {count} objects"),
        };
    }
    let counts = [
        (changed, "changed"),
        (added, "added"),
        (removed, "removed"),
        (changes.unchanged, "unchanged"),
    ];
    let counts = join(counts.into_iter().map(|(count, word)| (count, word.to_owned())));
    let impacts = impacts(changes)
        .into_iter()
        .filter(|(impact, _)| !matches!(impact, Impact::Added | Impact::Removed))
        .map(|(impact, count)| (count, impact.as_str().to_owned()));
    let accepted = std::iter::once((changes.accepted(), "accepted".to_owned()));
    let impacts = join(impacts.chain(accepted));
    if impacts.is_empty() {
        counts
    } else {
        format!("{counts}: {impacts}")
    }
}

fn join(counts: impl Iterator<Item = (usize, String)>) -> String {
    let words: Vec<String> = counts
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    words.join(", ")
}

/// `+`, `-` or `~`: the object came, went or changed.
pub(super) fn sign(change: &Change) -> char {
    match (&change.old, &change.new) {
        (None, _) => '+',
        (_, None) => '-',
        _ => '~',
    }
}

/// The reasons that say more than that an object comes or goes, which its sign does.
pub(super) fn reasons(change: &Change) -> &[Reason] {
    match change.reasons.as_slice() {
        [only] if matches!(only.impact, Impact::Added | Impact::Removed) => &[],
        reasons => reasons,
    }
}

/// ` (accepted)` where somebody has accepted it.
pub(super) const fn accepted(is_accepted: bool) -> &'static str {
    if is_accepted { " (accepted)" } else { "" }
}

/// The field changes of an object, each as path, sign and values on one line.
pub(super) fn fields(change: &Change) -> impl Iterator<Item = FieldLine> + '_ {
    change.fields.iter().map(|field| {
        let value =
            |side: &Option<FieldSide>| side.as_ref().map(|side| shown(&side.value)).unwrap_or_default();
        FieldLine {
            kind: field.kind,
            path: field.path().to_string(),
            old: value(&field.old),
            new: value(&field.new),
        }
    })
}

/// One field on one line.
pub(super) struct FieldLine {
    pub(super) kind: FieldChangeKind,
    pub(super) path: String,
    pub(super) old: String,
    pub(super) new: String,
}

/// A value on one line, cut where it is long.
fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) if text.contains('\n') => {
            let lines = text.lines().count();
            return if lines == 1 {
                "1 line".to_owned()
            } else {
                format!("{lines} lines")
            };
        }
        Value::String(text) if !text.is_empty() && is_unambiguous(text) => text.clone(),
        other => other.to_string(),
    };
    if text.chars().count() <= MAX_VALUE {
        return text;
    }
    text.chars().take(MAX_VALUE - 1).chain(['…']).collect()
}

/// Whether text needs no quotes to be told from a number, a boolean or nothing.
fn is_unambiguous(text: &str) -> bool {
    plimsoll_yaml::resolve::is_plain_string(text)
        && !text.starts_with(['{', '[', '"'])
        && text.trim() == text
        && !text.contains(char::is_control)
}
