//! What the cluster will do when a change is applied.
//!
//! One class, one file. Each looks at one object's change, and at what both sets say about its surroundings, and says in
//! a sentence why it applies, or nothing; the gravest answer is the change's impact. Nothing here asks a cluster.

mod around;
mod budget;
mod dangling;
mod data;
mod entry;
mod hook;
mod isolation;
mod moved;
mod permissions;
mod recreate;
mod reference;
mod refused;
mod rolling_restart;
pub(super) mod rules;
mod scale;
mod schedule;
mod template;
mod traffic;

use serde_json::Value;

use super::{FieldChange, FieldPath};
use crate::manifest::view::Workload;
use crate::manifest::{Manifest, ObjectId};

pub(super) use around::Surroundings;

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

    /// What it means, in one sentence without a period.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::None => "the cluster does nothing",
            Self::InPlace => "the objects are updated, nothing restarts",
            Self::Added => "new objects",
            Self::Scale => "other numbers of the same pods",
            Self::Schedule => "work that runs at other times",
            Self::Permissions => "somebody may do more or less",
            Self::RollingRestart => "pods are replaced, step by step",
            Self::Traffic => "other pods get the traffic, or it comes in another way",
            Self::Removed => "objects that go away",
            Self::Recreate => "all pods stop before new ones start",
            Self::Data => "stored data may be lost",
            Self::Refused => "the API server will not accept it",
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
    /// The field of the object that leads to it; `None` where it is the whole object, or another one.
    pub field: Option<FieldPath>,
}

impl Reason {
    fn new(impact: Impact, message: impl Into<String>) -> Self {
        Self {
            impact,
            message: message.into(),
            accepted: false,
            field: None,
        }
    }

    /// The same, because of a field.
    fn at(mut self, field: Option<&FieldChange>) -> Self {
        self.field = field.map(|field| field.path().clone());
        self
    }
}

/// An object that is on both sides, and how it differs.
struct Update<'a, 'm> {
    object: &'a ObjectId,
    old: &'a Value,
    new: &'a Value,
    before: &'m Manifest,
    after: &'m Manifest,
    fields: &'a [FieldChange],
    around: &'a Surroundings<'m>,
}

impl<'a, 'm> Update<'a, 'm> {
    fn is(&self, group: &str, kinds: &[&str]) -> bool {
        is(self.object, group, kinds)
    }

    /// The first change of a field at or below these keys, or of one above them that came or went as a whole.
    fn change(&self, keys: &[&str]) -> Option<&'a FieldChange> {
        let below = self.fields.iter().find(|field| field.path().starts_with(keys));
        below.or_else(|| {
            let above = |field: &&FieldChange| {
                let depth = field.path().steps().len();
                depth < keys.len() && field.path().starts_with(&keys[..depth])
            };
            let is_other = at(self.old, keys) != at(self.new, keys);
            self.fields.iter().find(above).filter(|_| is_other)
        })
    }

    /// The object as a workload, on both sides.
    fn workloads(&self) -> Option<(&'a Workload<'m>, &'a Workload<'m>)> {
        let old = self.around.old.workload(self.before.number)?;
        Some((old, self.around.new.workload(self.after.number)?))
    }
}

/// An object that only one side has.
struct Single<'a, 'm> {
    object: &'a ObjectId,
    value: &'a Value,
    manifest: &'m Manifest,
    around: &'a Surroundings<'m>,
}

impl Single<'_, '_> {
    fn is(&self, group: &str, kinds: &[&str]) -> bool {
        is(self.object, group, kinds)
    }
}

fn is(object: &ObjectId, group: &str, kinds: &[&str]) -> bool {
    object.group() == group && kinds.contains(&&*object.kind)
}

/// The value below these keys; null counts as missing, as it does for the server.
fn at<'v>(value: &'v Value, keys: &[&str]) -> Option<&'v Value> {
    keys.iter()
        .try_fold(value, |value, key| value.get(key))
        .filter(|value| !value.is_null())
}

/// The items of the list below these keys; of anything else none.
fn items<'v>(value: &'v Value, keys: &[&str]) -> &'v [Value] {
    at(value, keys)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The text of a field, or nothing.
fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A value as a sentence names it: text without quotes.
fn shown(value: Option<&Value>) -> String {
    match value {
        None => "unset".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// Names that a sentence lists before it counts the rest.
const LISTED: usize = 3;

/// `a`, `a and b`, `a, b, c and 4 more`.
fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] if names.len() <= LISTED => format!("{} and {last}", first.join(", ")),
        _ => format!("{} and {} more", names[..LISTED].join(", "), names.len() - LISTED),
    }
}

/// Both sides of one object that differ in something.
pub(super) struct Difference<'a, 'm> {
    /// What it is called; on the new side, if it has one.
    pub(super) object: &'a ObjectId,
    /// The old manifest and its content as it is shown.
    pub(super) old: Option<(&'m Manifest, &'a Value)>,
    /// The new manifest, likewise.
    pub(super) new: Option<(&'m Manifest, &'a Value)>,
    /// The fields that differ.
    pub(super) fields: &'a [FieldChange],
    /// Whether the two are one object under two names: paired by likeness.
    pub(super) is_moved: bool,
}

/// Why this change matters, gravest first; never empty.
pub(super) fn reasons<'m>(difference: &Difference<'_, 'm>, around: &Surroundings<'m>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let single = |(manifest, value)| Single {
        object: difference.object,
        value,
        manifest,
        around,
    };
    match (difference.old, difference.new) {
        (Some((before, old)), Some((after, new))) => {
            let update = Update {
                object: difference.object,
                old,
                new,
                before,
                after,
                fields: difference.fields,
                around,
            };
            if difference.is_moved {
                moved::of(&update, &mut reasons);
            } else {
                self::update(&update, &mut reasons);
            }
        }
        (Some(removed), None) => removal(&single(removed), &mut reasons),
        (None, Some(added)) => addition(&single(added), &mut reasons),
        (None, None) => {}
    }
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.impact));
    reasons
}

fn update(update: &Update<'_, '_>, reasons: &mut Vec<Reason>) {
    if let Some(reason) = hook::of(update) {
        reasons.push(reason);
        return;
    }
    let classes = [
        data::of,
        recreate::of,
        traffic::of,
        entry::of,
        isolation::of,
        rolling_restart::of,
        permissions::of,
        schedule::of,
        scale::of,
        budget::of,
        reference::of,
    ];
    for class in classes {
        class(update, reasons);
    }
    if reasons.is_empty() {
        reasons.push(unremarkable(update));
    }
    let refusals = match update.around.said(update.after) {
        Some(refusals) => refused::told(refusals, update.object),
        None => refused::of(update.before, update.after, update.around.schemas),
    };
    if !refusals.is_empty() {
        reasons.retain(|reason| reason.impact != Impact::InPlace);
        reasons.extend(refusals);
    }
}

/// What no class has anything to say about.
fn unremarkable(update: &Update<'_, '_>) -> Reason {
    let only = |keys: &[&[&str]]| {
        let mut fields = update.fields.iter();
        fields.all(|field| keys.iter().any(|keys| field.path().starts_with(keys)))
    };
    if only(&[&["apiVersion"]]) {
        Reason::new(Impact::None, "the same object in another version of its API")
    } else if only(&[&["apiVersion"], &["metadata"]]) {
        Reason::new(
            Impact::InPlace,
            "only its `metadata` is updated: what it does stays as it is, nothing restarts",
        )
        .at(update.fields.first())
    } else {
        Reason::new(Impact::InPlace, "the object is updated, nothing restarts").at(update.fields.first())
    }
}

fn removal(removed: &Single<'_, '_>, reasons: &mut Vec<Reason>) {
    for class in [
        data::of_removal,
        traffic::of_removal,
        entry::of_removal,
        isolation::of_removal,
        permissions::of_removal,
        budget::of_removal,
        scale::of_removal,
        dangling::of_removal,
    ] {
        class(removed, reasons);
    }
    reasons.push(Reason::new(
        Impact::Removed,
        "it is no longer part of the manifests",
    ));
}

fn addition(added: &Single<'_, '_>, reasons: &mut Vec<Reason>) {
    for class in [
        traffic::of_addition,
        isolation::of_addition,
        permissions::of_addition,
        budget::of_addition,
        scale::of_addition,
    ] {
        class(added, reasons);
    }
    reasons.push(Reason::new(Impact::Added, "it is new"));
    let said = added.around.said(added.manifest);
    reasons.extend(refused::told(said.unwrap_or_default(), added.object));
}
