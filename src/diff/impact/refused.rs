//! Changes the API server refuses: what its own validation of updates says ([`crate::admission::update`]).

use super::{Impact, Reason};
use crate::admission;
use crate::finding::{Finding, Severity};
use crate::manifest::Manifest;
use crate::schema::SchemaStore;

/// Why a server with these schemas would refuse the change, if it would.
pub(super) fn of(old: &Manifest, new: &Manifest, schemas: &SchemaStore) -> Option<Reason> {
    let first = admission::update(old, new, schemas)
        .into_iter()
        .find(|finding| finding.severity == Severity::Error)?;
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
