//! Changes the API server refuses: what its own validation of updates says ([`crate::admission::update`]).

use super::{Impact, Reason};
use crate::admission;
use crate::finding::Finding;
use crate::manifest::Manifest;
use crate::schema::Bundle;

/// Why the newest server would refuse the change, if it would.
pub(super) fn of(old: &Manifest, new: &Manifest) -> Option<Reason> {
    let newest: Vec<_> = Bundle::embedded().versions().next_back().into_iter().collect();
    let first = admission::update(old, new, &newest).into_iter().next()?;
    Some(Reason::new(Impact::Refused, sentence(&first)))
}

fn sentence(refusal: &Finding) -> String {
    let remedy = "delete the object and make it anew, or give the new one another name";
    // A message begins with the field, also where the finding points above it because the field was removed.
    match refusal.message.split_once(": ") {
        Some((field, _)) if refusal.rule == &admission::IMMUTABLE_FIELD => {
            format!("`{field}` cannot be changed: {remedy}")
        }
        _ => format!("the server refuses the change ({}): {remedy}", refusal.message),
    }
}
