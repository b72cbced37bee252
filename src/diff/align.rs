//! Which object of the old set is which of the new.

use std::collections::HashMap;

use crate::manifest::{Manifest, ManifestSet};

/// Both sides of one object; at least one is there.
pub(super) type Pair<'a> = (Option<&'a Manifest>, Option<&'a Manifest>);

/// How strictly objects are compared by name. An object may move to another version of its API, and some kinds have moved
/// to another group (`Ingress` from `extensions`), so the group decides only where two candidates differ in it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Identity<'a> {
    WithGroup(&'a str, &'a str, Option<&'a str>, &'a str),
    WithoutGroup(&'a str, Option<&'a str>, &'a str),
}

impl<'a> Identity<'a> {
    fn of(manifest: &'a Manifest, with_group: bool) -> Self {
        let id = &manifest.id;
        if with_group {
            Self::WithGroup(id.group(), &id.kind, id.namespace.as_deref(), &id.name)
        } else {
            Self::WithoutGroup(&id.kind, id.namespace.as_deref(), &id.name)
        }
    }
}

/// Pairs in the order of the new set, then what only the old set has, in its order.
///
/// Objects that are in one set twice are paired one by one in reading order.
pub(super) fn pairs<'a>(old: &'a ManifestSet, new: &'a ManifestSet) -> Vec<Pair<'a>> {
    let mut partner: Vec<Option<&'a Manifest>> = vec![None; new.len()];
    let mut is_paired = vec![false; old.len()];
    for with_group in [true, false] {
        // Last in reading order first, so that `pop` gives the first.
        let mut waiting: HashMap<Identity<'a>, Vec<usize>> = HashMap::new();
        for (position, manifest) in old
            .iter()
            .enumerate()
            .rev()
            .filter(|(position, _)| !is_paired[*position])
        {
            waiting
                .entry(Identity::of(manifest, with_group))
                .or_default()
                .push(position);
        }
        if waiting.is_empty() {
            break;
        }
        let open = new
            .iter()
            .zip(&mut partner)
            .filter(|(_, partner)| partner.is_none());
        for (manifest, partner) in open {
            let candidates = waiting.get_mut(&Identity::of(manifest, with_group));
            if let Some(position) = candidates.and_then(Vec::pop) {
                is_paired[position] = true;
                *partner = old.iter().nth(position);
            }
        }
    }
    let removed = old
        .iter()
        .zip(is_paired)
        .filter(|(_, is_paired)| !is_paired)
        .map(|(manifest, _)| (Some(manifest), None));
    new.iter()
        .zip(partner)
        .map(|(manifest, partner)| (partner, Some(manifest)))
        .chain(removed)
        .collect()
}
