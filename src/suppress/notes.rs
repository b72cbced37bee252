//! What the notes of a set of objects accept, for what is no finding: the impact of a change.

use super::index::Index;
use super::{Context, Suppression, annotation, comment};
use crate::finding::{Anchor, Finding, Part, RuleMeta, locate};
use crate::manifest::{ManifestId, ManifestSet, Route};

/// The notes of a set of objects that have not ended. What is wrong with them, and which do nothing, is said by `check`.
#[derive(Debug)]
pub struct Notes<'m> {
    manifests: &'m ManifestSet,
    notes: Vec<Suppression>,
    index: Index,
}

impl<'m> Notes<'m> {
    /// Reads them.
    pub fn read(context: &Context<'_, 'm>) -> Self {
        let (mut notes, mut problems) = (Vec::new(), Vec::new());
        annotation::read(context, &mut notes, &mut problems);
        comment::read(context, &mut notes, &mut problems);
        notes.retain(|note| !note.has_ended(context.today));
        Self {
            manifests: context.fleet.manifests(),
            index: Index::of(&notes),
            notes,
        }
    }

    /// Whether a note accepts a rule for an object as a whole, or for a part that holds all of these places.
    pub fn accept(&self, rule: &RuleMeta, object: ManifestId, places: &[Route]) -> bool {
        let anchor = |route: &Route| Anchor::Route(object, route.clone(), Part::Value);
        let whole = anchor(&Route::root());
        let places: Vec<Anchor> = places.iter().map(anchor).collect();
        let notes = self.notes.iter().filter(|note| note.rules.contains(&rule));
        notes.into_iter().any(|note| {
            let holds = |at: &Anchor| note.scope.holds(at, locate::span(self.manifests, at));
            holds(&whole) || !places.is_empty() && places.iter().all(holds)
        })
    }

    /// Takes out the findings that a note accepts.
    pub fn take(&self, findings: &mut Vec<Finding>) {
        findings.retain(|finding| {
            let span = locate::span(self.manifests, &finding.at);
            let mut notes = self
                .index
                .near(&finding.at, span)
                .map(|number| &self.notes[number]);
            !notes.any(|note| note.rules.contains(&finding.rule) && note.scope.holds(&finding.at, span))
        });
    }
}
