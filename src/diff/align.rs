//! Which object of the old set is which of the new.

use std::collections::HashMap;

use super::likeness;
use crate::manifest::{Manifest, ManifestSet};

/// Both sides of one object; at least one is there.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub(super) old: Option<&'a Manifest>,
    pub(super) new: Option<&'a Manifest>,
    /// Whether they were paired by likeness: one object under another name, of another kind, or in another namespace.
    pub(super) is_moved: bool,
}

/// How strictly objects are compared by name. An object may move to another version of its API, and some kinds have moved
/// to another group (`Ingress` from `extensions`), so the group decides only where two candidates differ in it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Identity<'a> {
    WithGroup(&'a str, &'a str, &'a str, &'a str),
    WithoutGroup(&'a str, &'a str, &'a str),
}

impl<'a> Identity<'a> {
    fn of(manifest: &'a Manifest, namespace: &'a str, with_group: bool) -> Self {
        let id = &manifest.id;
        let namespace = id.namespace.as_deref().unwrap_or(namespace);
        if with_group {
            Self::WithGroup(id.group(), &id.kind, namespace, &id.name)
        } else {
            Self::WithoutGroup(&id.kind, namespace, &id.name)
        }
    }
}

/// Pairs in the order of the new set, then what only the old set has, in its order.
///
/// Objects that are in one set twice are paired one by one in reading order. What is left on both sides is paired by
/// likeness. Objects that name no namespace are in `namespace`.
pub(super) fn pairs<'a>(old: &'a ManifestSet, new: &'a ManifestSet, namespace: &'a str) -> Vec<Pair<'a>> {
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
                .entry(Identity::of(manifest, namespace, with_group))
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
            let candidates = waiting.get_mut(&Identity::of(manifest, namespace, with_group));
            if let Some(position) = candidates.and_then(Vec::pop) {
                is_paired[position] = true;
                *partner = old.iter().nth(position);
            }
        }
    }
    let gone: Vec<usize> = (0..old.len()).filter(|place| !is_paired[*place]).collect();
    let come: Vec<usize> = (0..new.len()).filter(|place| partner[*place].is_none()).collect();
    let (olds, news): (Vec<&Manifest>, Vec<&Manifest>) = (old.iter().collect(), new.iter().collect());
    let at = |all: &[&'a Manifest], places: &[usize]| -> Vec<&'a Manifest> {
        places.iter().map(|place| all[*place]).collect()
    };
    let mut is_moved = vec![false; new.len()];
    for (place, other) in likeness::pairs(&at(&olds, &gone), &at(&news, &come)) {
        is_paired[gone[place]] = true;
        is_moved[come[other]] = true;
        partner[come[other]] = Some(olds[gone[place]]);
    }
    let removed = olds
        .into_iter()
        .zip(is_paired)
        .filter(|(_, is_paired)| !is_paired)
        .map(|(manifest, _)| Pair {
            old: Some(manifest),
            new: None,
            is_moved: false,
        });
    let kept = news
        .into_iter()
        .zip(partner)
        .zip(is_moved)
        .map(|((manifest, partner), is_moved)| Pair {
            old: partner,
            new: Some(manifest),
            is_moved,
        });
    kept.chain(removed).collect()
}
