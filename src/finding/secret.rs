//! What of a Secret must never be shown.

use std::collections::BTreeMap;
use std::ops::Range;

use plimsoll_yaml::NodeRef;

use crate::manifest::{Manifest, ManifestSet, Route, Step};
use crate::source::SourceId;

/// What stands for a secret value in a message.
pub(super) const MASK: &str = "******";

/// The bytes of every Secret's values, by text, in order.
pub(super) struct Secrets(BTreeMap<SourceId, Vec<Range<u32>>>);

impl Secrets {
    pub(super) fn of(manifests: &ManifestSet) -> Self {
        let mut secrets: BTreeMap<SourceId, Vec<Range<u32>>> = BTreeMap::new();
        for manifest in manifests.iter().filter(|manifest| is_secret(manifest)) {
            let ranges = secrets.entry(manifest.source).or_default();
            for node in DATA.iter().filter_map(|key| manifest.node().get(key)) {
                push_scalars(node, manifest.offset, ranges);
            }
        }
        for ranges in secrets.values_mut() {
            ranges.sort_unstable_by_key(|range| (range.start, range.end));
        }
        Self(secrets)
    }

    pub(super) fn in_text(&self, source: SourceId) -> &[Range<u32>] {
        self.0.get(&source).map_or(&[], Vec::as_slice)
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

/// The secret text at a route, if there is one and it is long enough to be told from ordinary words.
pub(super) fn value_at<'m>(manifest: &'m Manifest, route: &Route) -> Option<&'m str> {
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
