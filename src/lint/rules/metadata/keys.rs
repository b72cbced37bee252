//! Labels and annotations as rules with patterns ask for them.

use plimsoll_yaml::NodeRef;

use crate::manifest::Manifest;
use crate::manifest::select::Pattern;

/// Keys and values of a mapping of texts.
pub(super) struct Entries<'m>(Vec<(&'m str, &'m str)>);

impl<'m> Entries<'m> {
    /// Those at a path of an object; none if there is no mapping.
    pub(super) fn of(manifest: &'m Manifest, path: &str) -> Self {
        let entries = manifest.get(path).into_iter().flat_map(NodeRef::merged_entries);
        Self(entries.map(|(key, value)| (key.str(), value.str())).collect())
    }

    /// The first key that a pattern names, alone or as `key=value`.
    pub(super) fn find(&self, pattern: &Pattern) -> Option<&'m str> {
        let named =
            |(key, value): &&(&str, &str)| pattern.matches(key) || pattern.matches(&format!("{key}={value}"));
        self.0.iter().find(named).map(|(key, _)| *key)
    }
}
