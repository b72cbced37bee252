//! What of a Secret must never be shown.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plimsoll_yaml::NodeRef;

use crate::manifest::{Manifest, ManifestSet, Route, Step};
use crate::source::SourceId;

/// What stands for a secret value.
pub(crate) const MASK: &str = "******";

/// What Secrets hold.
#[derive(Debug)]
pub(crate) struct Secrets {
    /// The bytes of every value, by text, in order.
    places: BTreeMap<SourceId, Vec<Range<u32>>>,
    /// The lines of every value, as written and as meant: templates and values files that made them hold them as well.
    words: BTreeSet<String>,
}

impl Secrets {
    pub(crate) fn of(manifests: &ManifestSet) -> Self {
        let mut secrets: BTreeMap<SourceId, Vec<Range<u32>>> = BTreeMap::new();
        let mut words = BTreeSet::new();
        for manifest in manifests.iter().filter(|manifest| is_secret(manifest)) {
            let ranges = secrets.entry(manifest.source).or_default();
            for node in DATA.iter().filter_map(|key| manifest.node().get(key)) {
                push_scalars(node, manifest.offset, ranges);
                push_words(node, &mut words);
            }
        }
        for ranges in secrets.values_mut() {
            ranges.sort_unstable_by_key(|range| (range.start, range.end));
        }
        Self {
            places: secrets,
            words,
        }
    }

    /// Whether a value is, or holds, what a Secret holds.
    pub(crate) fn hides(&self, value: &str) -> bool {
        !self.in_origin(value, 0..value.len()).is_empty()
    }

    /// What is secret in a text that manifests were read from, in order.
    pub(super) fn in_manifest(&self, source: SourceId) -> &[Range<u32>] {
        self.places.get(&source).map_or(&[], Vec::as_slice)
    }

    /// What is secret in a part of a template or a values file, in order.
    pub(super) fn in_origin(&self, text: &str, part: Range<usize>) -> Vec<Range<u32>> {
        let shown = text.get(part.clone()).unwrap_or_default();
        let mut found: Vec<Range<usize>> = self
            .words
            .iter()
            .flat_map(|word| occurrences(shown, word))
            .collect();
        found.sort_unstable_by_key(|range| (range.start, range.end));
        // One that lies in another would end it.
        let mut masks: Vec<Range<u32>> = Vec::with_capacity(found.len());
        for range in found {
            let (start, end) = (offset(part.start + range.start), offset(part.start + range.end));
            match masks.last_mut() {
                Some(last) if start <= last.end => last.end = last.end.max(end),
                _ => masks.push(start..end),
            }
        }
        masks
    }
}

const DATA: [&str; 2] = ["data", "stringData"];

fn is_secret(manifest: &Manifest) -> bool {
    &*manifest.id.kind == "Secret"
}

fn push_scalars(node: NodeRef<'_>, offset: u32, ranges: &mut Vec<Range<u32>>) {
    let values = node
        .entries()
        .map(|(_, value)| value)
        .chain(std::iter::once(node));
    ranges.extend(values.filter(|value| value.is_scalar()).map(|value| {
        let span = value.span();
        span.start.saturating_add(offset)..span.end.saturating_add(offset)
    }));
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn push_words(node: NodeRef<'_>, words: &mut BTreeSet<String>) {
    let values = node
        .entries()
        .map(|(_, value)| value)
        .chain(std::iter::once(node));
    for text in values.filter(|value| value.is_scalar()).map(NodeRef::str) {
        let meant = STANDARD
            .decode(text)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        for text in [Some(text), meant.as_deref()].into_iter().flatten() {
            words.extend(
                text.lines()
                    .map(str::trim)
                    .filter(|line| !line.is_empty())
                    .map(str::to_owned),
            );
        }
    }
}

/// Where a word stands by itself.
fn occurrences<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
    let is_letter = |char: Option<char>| char.is_some_and(char::is_alphanumeric);
    text.match_indices(word)
        .map(|(at, found)| at..at + found.len())
        .filter(move |range| {
            let (first, last) = (word.chars().next(), word.chars().next_back());
            let before = text[..range.start].chars().next_back();
            let after = text[range.end..].chars().next();
            !(is_letter(first) && is_letter(before) || is_letter(last) && is_letter(after))
        })
}

/// What is said about a route, without the secret text that is there.
pub(crate) fn masked(text: String, manifest: &Manifest, route: &Route) -> String {
    match value_at(manifest, route) {
        Some(value) => text.replace(value, MASK),
        None => text,
    }
}

/// What is said about an object, without anything that it holds as a secret.
pub(crate) fn without_values(text: String, manifest: &Manifest) -> String {
    if !is_secret(manifest) {
        return text;
    }
    let mut words = BTreeSet::new();
    for node in DATA.iter().filter_map(|key| manifest.node().get(key)) {
        node.entries()
            .for_each(|(_, value)| push_words(value, &mut words));
    }
    // The longest first, for one may be a part of another.
    let mut words: Vec<String> = words.into_iter().collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words
        .iter()
        .fold(text, |text, word| text.replace(word.as_str(), MASK))
}

/// The secret text at a route, if there is one and it is long enough to be told from ordinary words.
fn value_at<'m>(manifest: &'m Manifest, route: &Route) -> Option<&'m str> {
    let in_data = matches!(route.steps().first(), Some(Step::Key(key)) if DATA.contains(&&**key));
    if !is_secret(manifest) || !in_data {
        return None;
    }
    manifest
        .at(route)
        .filter(|node| node.is_scalar())
        .map(NodeRef::str)
        .filter(|value| !value.is_empty())
}
