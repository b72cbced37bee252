//! Mappings as go-yaml v2's decoder reads them: merge keys applied, of equal keys the last value.
//!
//! The decoder assigns entry by entry in document order, and a merge (`<<`) assigns all entries of what it names at that
//! moment. So a merge that follows a key overrides it, unlike in the YAML merge specification and in go-yaml v3; of a list
//! of mappings the first takes precedence.

use std::collections::HashMap;

use crate::Span;
use crate::doc::{
    Doc, DuplicateKey, Entries, HAS_DUPLICATES, HAS_MERGE, Kind, Node, NodeKind, NodeRef, Style,
};
use crate::error::DecodeError;
use crate::order::Key;

/// A key in a form that can be hashed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Identity<'d> {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(u64),
    Str(&'d str),
    /// Equal to nothing but itself: NaN, and collections, which are no keys for go-yaml.
    Unique(u32),
}

impl<'d> Identity<'d> {
    #[inline]
    fn of(node: NodeRef<'d>) -> Self {
        let raw = node.raw();
        if raw.kind != NodeKind::Scalar {
            return Self::Unique(node.site);
        }
        // Most keys.
        if raw.props == 0 {
            let text = node.str();
            if raw.style != Style::Plain || !crate::resolve::may_resolve(text) {
                return Self::Str(text);
            }
        }
        match Key::from(node.resolve()) {
            Key::Null => Self::Null,
            Key::Bool(value) => Self::Bool(value),
            Key::Int(value) => Self::Int(value),
            Key::Uint(value) => Self::Uint(value),
            Key::Float(value) if value.is_nan() => Self::Unique(node.site),
            // Zero has two representations that are one key.
            Key::Float(value) => Self::Float((value + 0.0).to_bits()),
            Key::Str(text) => Self::Str(text),
        }
    }
}

/// Below this many entries a quadratic search beats a hash table.
const FEW: usize = 12;

impl<'d> NodeRef<'d> {
    /// Whether the scalar is a merge key (`<<`, not quoted, without a tag or with `!!merge`).
    #[must_use]
    #[inline]
    pub fn is_merge_key(self) -> bool {
        // go-yaml asks the written node, so an alias to `<<` is an ordinary key.
        !self.is_alias()
            && self.raw().kind == NodeKind::Scalar
            && self.raw().b - self.raw().a == 2
            && self.str() == "<<"
            && (self.is_implicit() || self.tag() == Some("tag:yaml.org,2002:merge"))
    }

    /// The value of `key` as the consumer of a manifest sees it: merge keys applied, the last of equal keys, and keys of
    /// other types under the text they have in JSON (`yes` is found as `true`).
    #[must_use]
    pub fn get(self, key: &str) -> Option<Self> {
        self.get_entry(key).map(|(_, value)| value)
    }

    /// As [`get`](Self::get), with the key's node.
    #[must_use]
    pub fn get_entry(self, key: &str) -> Option<(Self, Self)> {
        if !self.is_mapping() {
            return None;
        }
        let wanted = WantedKey::new(key);
        let flags = self.raw().flags;
        if flags & (HAS_MERGE | HAS_DUPLICATES) == 0 {
            return wanted.find_in(self);
        }
        self.merged_entries().filter(|(node, _)| wanted.is(*node)).last()
    }

    /// Key and value of each entry with merge keys applied and of equal keys only the last, at the place of the first.
    /// A merge of something that is no mapping is left out; [`check`](crate::Doc::check) reports it.
    #[must_use]
    pub fn merged_entries(self) -> MergedEntries<'d> {
        if self.is_mapping() && self.raw().flags & (HAS_MERGE | HAS_DUPLICATES) != 0 {
            MergedEntries::Merged(self.merge_all().into_iter())
        } else {
            MergedEntries::Plain(self.entries())
        }
    }

    fn merge_all(self) -> Vec<(Self, Self)> {
        let mut slots: Vec<(Self, Self)> = Vec::with_capacity(self.len());
        let mut places: HashMap<Identity<'d>, usize> = HashMap::new();
        // Mappings still to assign, innermost last; each is interrupted by the merges inside it.
        let mut open = vec![self.entries()];
        while let Some(entries) = open.last_mut() {
            let Some((key, value)) = entries.next() else {
                open.pop();
                continue;
            };
            if key.is_merge_key() {
                match value.kind() {
                    Kind::Mapping => open.push(value.entries()),
                    // The last pushed is assigned first, so the first item has the last word.
                    Kind::Sequence if !value.is_alias() => {
                        open.extend(
                            value
                                .items()
                                .filter(|item| item.is_mapping())
                                .map(NodeRef::entries),
                        );
                    }
                    Kind::Sequence | Kind::Scalar => {}
                }
                continue;
            }
            match places.entry(Identity::of(key)) {
                std::collections::hash_map::Entry::Occupied(place) => slots[*place.get()] = (key, value),
                std::collections::hash_map::Entry::Vacant(place) => {
                    place.insert(slots.len());
                    slots.push((key, value));
                }
            }
        }
        slots
    }

    /// The keys of this mapping that repeat an earlier one; merge keys never do.
    #[must_use]
    pub fn duplicate_keys(self) -> Vec<DuplicateKey> {
        if !self.is_mapping() || self.raw().flags & HAS_DUPLICATES == 0 {
            return Vec::new();
        }
        let mut first: HashMap<Identity<'d>, NodeRef<'d>> = HashMap::new();
        let mut found = Vec::new();
        for (key, _) in self.entries().filter(|(key, _)| !key.is_merge_key()) {
            match first.entry(Identity::of(key)) {
                std::collections::hash_map::Entry::Occupied(place) => {
                    found.push(DuplicateKey {
                        first: place.get().span(),
                        again: key.span(),
                    });
                }
                std::collections::hash_map::Entry::Vacant(place) => {
                    place.insert(key);
                }
            }
        }
        found
    }
}

/// A key that is looked for, by its text in JSON.
#[derive(Clone, Copy)]
struct WantedKey<'k> {
    text: &'k str,
    /// Whether a key that is no string can have this text in JSON, so that a differing text says nothing.
    may_be_other: bool,
}

impl<'k> WantedKey<'k> {
    fn new(text: &'k str) -> Self {
        let may_be_other = matches!(text, "true" | "false" | "NaN")
            || !text.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
        Self { text, may_be_other }
    }

    /// The entry of a mapping in which no key is there twice and nothing is merged. Most of what looking into manifests
    /// costs is spent here, on keys that are another.
    fn find_in(self, mapping: NodeRef<'_>) -> Option<(NodeRef<'_>, NodeRef<'_>)> {
        let doc = mapping.doc();
        let mut site = mapping.target + 1;
        for _ in 0..mapping.len() {
            let value = doc.after(site);
            if self.may_be(&doc.nodes[site as usize]) && self.is(doc.node(site)) {
                return Some((doc.node(site), doc.node(value)));
            }
            site = doc.after(value);
        }
        None
    }

    /// Whether it is worth a closer look: nearly all keys are told by their length.
    #[inline]
    fn may_be(self, key: &Node) -> bool {
        key.kind != NodeKind::Scalar
            || key.props != 0
            || self.may_be_other
            || (key.b - key.a) as usize == self.text.len()
    }

    fn is(self, node: NodeRef<'_>) -> bool {
        let raw = node.raw();
        if raw.kind != NodeKind::Scalar {
            return false;
        }
        if raw.props == 0 && !self.may_be_other {
            let has_text = (raw.b - raw.a) as usize == self.text.len() && node.str() == self.text;
            let is_string = || !crate::resolve::may_resolve(self.text) || node.as_str().is_some();
            return has_text && (raw.style != Style::Plain || is_string());
        }
        node.json_key().is_ok_and(|text| text == self.text)
    }
}

/// Iterator of [`NodeRef::merged_entries`].
#[derive(Clone, Debug)]
pub enum MergedEntries<'d> {
    /// The mapping has neither merge keys nor duplicates.
    Plain(Entries<'d>),
    /// The entries that remain.
    Merged(std::vec::IntoIter<(NodeRef<'d>, NodeRef<'d>)>),
}

impl<'d> Iterator for MergedEntries<'d> {
    type Item = (NodeRef<'d>, NodeRef<'d>);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Plain(entries) => entries.next(),
            Self::Merged(entries) => entries.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Plain(entries) => entries.size_hint(),
            Self::Merged(entries) => entries.size_hint(),
        }
    }
}

impl ExactSizeIterator for MergedEntries<'_> {}

impl Doc {
    /// Every key of the document that repeats an earlier one of the same mapping, in document order. go-yaml takes the
    /// later value without a word.
    #[must_use]
    pub fn duplicate_keys(&self) -> Vec<DuplicateKey> {
        let mut found = Vec::new();
        for (site, node) in self.nodes.iter().enumerate() {
            if node.kind == NodeKind::Mapping && node.flags & HAS_DUPLICATES != 0 {
                found.extend(self.node(site as u32).duplicate_keys());
            }
        }
        found
    }

    /// What go-yaml v2 would refuse when it decodes the document, in document order: tags that do not fit, merges of
    /// something else than mappings, collections as keys. Empty for nearly every document.
    #[must_use]
    pub fn check(&self) -> Vec<DecodeError> {
        self.check_range(0, self.nodes.len() as u32)
    }

    /// What go-yaml would refuse in the mapping, if it has merge keys or duplicates: of the entries that a later one
    /// replaces nothing else is seen.
    pub(crate) fn check_merges(&self, mapping: NodeRef<'_>) -> Option<DecodeError> {
        if mapping.raw().flags & (HAS_MERGE | HAS_DUPLICATES) == 0 {
            return None;
        }
        self.check_range(mapping.target, mapping.raw().b)
            .into_iter()
            .next()
    }

    /// [`check`](Self::check) of the nodes written at `from..to`.
    pub(crate) fn check_range(&self, from: u32, to: u32) -> Vec<DecodeError> {
        let mut found = Vec::new();
        for site in from..to {
            let raw = &self.nodes[site as usize];
            let node = self.node(site);
            match raw.kind {
                NodeKind::Scalar if raw.props != 0 => found.extend(node.try_resolve().err()),
                NodeKind::Mapping => {
                    for (key, value) in node.entries() {
                        if key.is_merge_key() {
                            found.extend(merge_error(value));
                        } else if !key.is_scalar() {
                            found.push(collection_key(key));
                        }
                    }
                }
                NodeKind::Scalar | NodeKind::Sequence | NodeKind::Alias => {}
            }
        }
        found
    }
}

fn merge_error(value: NodeRef<'_>) -> Option<DecodeError> {
    let fits = match value.kind() {
        Kind::Mapping => true,
        Kind::Sequence => !value.is_alias() && value.items().all(NodeRef::is_mapping),
        Kind::Scalar => false,
    };
    let message = "map merge requires map or sequence of maps as the value";
    (!fits).then(|| DecodeError::new(value.span(), message))
}

/// The error for a key that is a collection. `{{ x }}` is one: a mapping whose key is a mapping.
pub(crate) fn collection_key(key: NodeRef<'_>) -> DecodeError {
    let kind = if key.is_mapping() {
        "map[interface {}]interface {}"
    } else {
        "[]interface {}"
    };
    let message = format!("invalid map key: {kind}");
    let span = key.span();
    let source = key.doc().source();
    let action = source
        .get(..span.start as usize)
        .is_some_and(|before| before.ends_with('{'))
        && source[span.range()].starts_with('{');
    if !action {
        return DecodeError::new(span, message);
    }
    let end = source
        .get(span.end as usize..)
        .map_or(0, |after| after.len() - after.trim_start().len()) as u32;
    let closes = source
        .get((span.end + end) as usize..)
        .is_some_and(|after| after.starts_with('}'));
    let end = if closes { span.end + end + 1 } else { span.end };
    DecodeError::new(Span::new(span.start - 1, end), message)
}

/// Sets [`HAS_MERGE`] and [`HAS_DUPLICATES`] of a mapping whose nodes are complete.
pub(crate) fn flags(mapping: NodeRef<'_>) -> u8 {
    let mut flags = 0;
    if mapping.len() <= FEW {
        let mut seen = [Identity::Null; FEW];
        let mut count = 0;
        for (key, _) in mapping.entries() {
            if key.is_merge_key() {
                flags |= HAS_MERGE;
                continue;
            }
            let identity = Identity::of(key);
            if seen[..count].contains(&identity) {
                flags |= HAS_DUPLICATES;
            }
            seen[count] = identity;
            count += 1;
        }
    } else {
        let mut seen = std::collections::HashSet::with_capacity(mapping.len());
        for (key, _) in mapping.entries() {
            if key.is_merge_key() {
                flags |= HAS_MERGE;
            } else if !seen.insert(Identity::of(key)) {
                flags |= HAS_DUPLICATES;
            }
        }
    }
    flags
}
