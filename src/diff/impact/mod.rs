//! What the cluster will do when a change is applied.
//!
//! One class, one file. Each looks at one object's change and says in a sentence why it applies, or nothing; the gravest
//! answer is the change's impact. What is decided here needs no other object and no cluster.

mod data;
mod permissions;
mod recreate;
mod refused;
mod rolling_restart;
pub(super) mod rules;
mod scale;
mod schedule;
mod traffic;

use serde_json::Value;

use super::FieldChange;
use crate::manifest::{Manifest, ObjectId};
use crate::schema::SchemaStore;

/// What the cluster will do. The order is the order of gravity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Impact {
    /// Nothing.
    None,
    /// The object is updated; nothing restarts.
    InPlace,
    /// A new object.
    Added,
    /// The number of pods changes, the pods themselves do not.
    Scale,
    /// It runs at other times.
    Schedule,
    /// Somebody may do more or less.
    Permissions,
    /// Every pod is replaced, step by step.
    RollingRestart,
    /// Other pods get the traffic, or it comes in another way.
    Traffic,
    /// An object goes away.
    Removed,
    /// Every pod stops before the new ones start.
    Recreate,
    /// Stored data may be lost.
    Data,
    /// The API server will not accept it.
    Refused,
}

impl Impact {
    /// All classes, gravest last.
    pub const ALL: [Self; 12] = [
        Self::None,
        Self::InPlace,
        Self::Added,
        Self::Scale,
        Self::Schedule,
        Self::Permissions,
        Self::RollingRestart,
        Self::Traffic,
        Self::Removed,
        Self::Recreate,
        Self::Data,
        Self::Refused,
    ];

    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::InPlace => "in-place",
            Self::Added => "added",
            Self::Scale => "scale",
            Self::Schedule => "schedule",
            Self::Permissions => "permissions",
            Self::RollingRestart => "rolling-restart",
            Self::Traffic => "traffic",
            Self::Removed => "removed",
            Self::Recreate => "recreate",
            Self::Data => "data",
            Self::Refused => "refused",
        }
    }
}

/// Why a change has an impact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The class.
    pub impact: Impact,
    /// One sentence without a period.
    pub message: String,
    /// Whether somebody has said that it may be.
    pub accepted: bool,
}

impl Reason {
    fn new(impact: Impact, message: impl Into<String>) -> Self {
        Self {
            impact,
            message: message.into(),
            accepted: false,
        }
    }
}

/// An object that is on both sides, and how it differs.
struct Update<'a> {
    object: &'a ObjectId,
    old: &'a Value,
    new: &'a Value,
    fields: &'a [FieldChange],
}

impl Update<'_> {
    fn is(&self, group: &str, kinds: &[&str]) -> bool {
        self.object.group() == group && kinds.contains(&&*self.object.kind)
    }

    /// Whether a field at or below these keys differs. A field above them that came or went as a whole counts too.
    fn touches(&self, keys: &[&str]) -> bool {
        self.fields.iter().any(|field| field.path().starts_with(keys))
            || at(self.old, keys) != at(self.new, keys)
    }
}

/// The value below these keys; null counts as missing, as it does for the server.
fn at<'v>(value: &'v Value, keys: &[&str]) -> Option<&'v Value> {
    keys.iter()
        .try_fold(value, |value, key| value.get(key))
        .filter(|value| !value.is_null())
}

/// Why this change matters, gravest first; never empty.
pub(super) fn reasons(
    (before, after): (Option<&Manifest>, Option<&Manifest>),
    object: &ObjectId,
    old: Option<&Value>,
    new: Option<&Value>,
    fields: &[FieldChange],
    schemas: &SchemaStore,
) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = match (old, new) {
        (Some(old), Some(new)) => update(&Update {
            object,
            old,
            new,
            fields,
        }),
        (Some(old), None) => {
            let removed = Reason::new(Impact::Removed, "it is no longer part of the manifests");
            data::of_removal(object, old)
                .into_iter()
                .chain([removed])
                .collect()
        }
        _ => vec![Reason::new(Impact::Added, "it is new")],
    };
    if let (Some(before), Some(after)) = (before, after)
        && let Some(refused) = refused::of(before, after, schemas)
    {
        reasons.retain(|reason| reason.impact != Impact::InPlace);
        reasons.push(refused);
    }
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.impact));
    reasons
}

fn update(update: &Update<'_>) -> Vec<Reason> {
    let classes = [
        data::of,
        recreate::of,
        traffic::of,
        rolling_restart::of,
        permissions::of,
        schedule::of,
        scale::of,
    ];
    let mut reasons: Vec<Reason> = classes.iter().filter_map(|class| class(update)).collect();
    if reasons.is_empty() {
        reasons.push(
            if update
                .fields
                .iter()
                .all(|field| field.path().starts_with(&["apiVersion"]))
            {
                Reason::new(Impact::None, "the same object in another version of its API")
            } else {
                Reason::new(Impact::InPlace, "the object is updated, nothing restarts")
            },
        );
    }
    reasons
}
