//! A version of a kind that is still served, and on its way out.
//!
//! Kubernetes deprecates an alpha or beta version with the release that serves a newer one beside it, and takes it away
//! some releases later. Both are read off the bundle: which versions each release serves.

use super::bundle::{KindEntry, Versions};
use super::store::SchemaStore;
use super::{removed, rules};
use crate::finding::{Anchor, Finding, Part, Severity};
use crate::manifest::{Manifest, Route};

/// How many releases ahead Kubernetes gives notice of the end of a beta version.
const NOTICE: usize = 3;

/// A finding for a built-in kind that every chosen version serves in a newer version too, or that one of the
/// next releases no longer serves; `present` are all versions that serve this one.
pub(super) fn find(manifest: &Manifest, store: &SchemaStore, present: Versions) -> Option<Finding> {
    let id = &manifest.id;
    let own = maturity(id.version())?;
    if !store.versions.without(present).is_empty() {
        return None;
    }
    let newest = store.bundle.list(store.versions).next_back()?;
    let later = store.bundle.versions().filter(|version| *version > newest);
    let gone = later
        .take(NOTICE)
        .find(|version| store.bundle.only(*version).and(present).is_empty());
    let newer = newer(manifest, store, own);
    let name = format!("`{}` {}", id.api_version, id.kind);
    let (message, severity) = match (gone, &newer) {
        (Some(gone), _) => (
            format!("{name} is served for now: Kubernetes {gone} removed it"),
            Severity::Warning,
        ),
        (None, Some(newer)) => (
            format!("{name} is deprecated: `{newer}` is served as well"),
            Severity::Info,
        ),
        (None, None) => return None,
    };
    let removed = removed::find(&id.api_version, &id.kind);
    let help = match (newer, removed) {
        (Some(newer), Some(removed)) => removed.help(&newer),
        (Some(newer), None) => format!("use `apiVersion: {newer}`"),
        (None, Some(removed)) => removed.help(removed.replacement),
        (None, None) => format!("move away from {} before the cluster is upgraded", id.kind),
    };
    let at = Anchor::Route(manifest.number, Route::root().then("apiVersion"), Part::Value);
    Some(
        Finding::new(&rules::SUPERSEDED_API, at, message)
            .severity(severity)
            .help(help),
    )
}

/// The newest version of the kind that every chosen version of Kubernetes serves, if it is newer.
fn newer(manifest: &Manifest, store: &SchemaStore, own: Maturity) -> Option<String> {
    let id = &manifest.id;
    let is_other = |entry: &KindEntry<'_>| entry.kind == &*id.kind && entry.group == id.group();
    let mut served: Vec<(KindEntry<'static>, Versions)> = Vec::new();
    for entry in store.bundle.kinds().filter(is_other) {
        match served.last_mut() {
            Some((last, versions)) if last.version == entry.version => *versions = versions.or(entry.present),
            _ => served.push((entry, entry.present)),
        }
    }
    served
        .into_iter()
        .filter(|(_, versions)| store.versions.without(*versions).is_empty())
        .map(|(entry, _)| (maturity(entry.version).unwrap_or(STABLE), entry))
        .filter(|(maturity, _)| *maturity > own)
        .max_by_key(|(maturity, _)| *maturity)
        .map(|(_, entry)| entry.api_version())
}

/// Whether it is stable (2), beta (1) or alpha (0), the major version, and which beta or alpha: Kubernetes prefers the
/// greatest.
type Maturity = (u8, u16, u16);

/// That of `v1`, `v2` and so on: they are not deprecated by each other.
const STABLE: Maturity = (2, 0, 0);

/// That of an alpha or beta version; `None` for a stable one.
fn maturity(version: &str) -> Option<Maturity> {
    let numbers = |level: &str| {
        let (major, minor) = version.strip_prefix('v')?.split_once(level)?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    };
    let alpha = numbers("alpha").map(|(major, minor)| (0, major, minor));
    alpha.or_else(|| numbers("beta").map(|(major, minor)| (1, major, minor)))
}

#[cfg(test)]
mod tests {
    use super::{STABLE, maturity};

    #[test]
    fn versions_are_ordered_as_kubernetes_prefers_them() {
        let order = [
            "v1alpha1", "v1alpha3", "v2alpha1", "v1beta1", "v1beta2", "v2beta1",
        ];
        let maturities: Vec<_> = order.iter().map(|version| maturity(version)).collect();
        assert!(maturities.is_sorted() && maturities.iter().all(|one| one.is_some_and(|one| one < STABLE)));
        assert_eq!(maturity("v1"), None);
        assert_eq!(maturity("one"), None);
    }
}
