//! Two sets of objects to changes: what was added, removed and changed, and what each change will do.
//!
//! Objects are paired by identity, items of lists by their merge key, as `kubectl apply` does; everything is compared as the
//! API server would read it, so style, comments, key order and anchors are no change. What is *not* known here: the live
//! state.
//!
//! Invariant: what a Secret holds never leaves this module, unless the user asks for it ([`Secrets::Shown`]). [`Change`]s
//! carry marks in its place, which show whether two values are equal and nothing more.

mod align;
#[cfg(test)]
mod apply;
mod embedded;
mod forecast;
pub mod impact;
mod likeness;
mod list_key;
mod mask;
mod path;
mod text;
mod tree;
mod value;

use std::sync::Arc;

use rayon::prelude::*;
use serde_json::Value;

use crate::finding::RuleMeta;
use crate::forecast::Forecast;
use crate::live::Judged;
use crate::manifest::{ManifestId, ManifestSet, ObjectId, Route, json, view};
use crate::schema::SchemaStore;
use crate::suppress::Notes;

use align::Pair;
use impact::{Difference, Surroundings};
pub use impact::{Impact, Reason};

/// The impacts that a suppression can name.
pub static RULES: &[&RuleMeta] = impact::rules::RULES;
pub use mask::Secrets;
pub use path::{FieldPath, PathStep};
pub use text::{Hunk, Line};

/// What became of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldChangeKind {
    /// Only the new object has it.
    Added,
    /// Only the old object has it.
    Removed,
    /// Both have it, with different values.
    Changed,
    /// A list has the same items in another order. The values are the names of the items both sides have.
    Reordered,
}

impl FieldChangeKind {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Reordered => "reordered",
        }
    }
}

/// A field on one side of the comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldSide {
    /// Where it is in that side's object.
    pub path: FieldPath,
    /// What it holds; marks instead of secrets.
    pub value: Value,
}

/// One field that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    /// What became of it.
    pub kind: FieldChangeKind,
    /// The old object's side; `None` for [`FieldChangeKind::Added`].
    pub old: Option<FieldSide>,
    /// The new object's side; `None` for [`FieldChangeKind::Removed`].
    pub new: Option<FieldSide>,
}

impl FieldChange {
    /// Where the field is: in the new object, or in the old one if it was removed.
    pub fn path(&self) -> &FieldPath {
        static ROOT: FieldPath = FieldPath::root();
        self.new
            .as_ref()
            .or(self.old.as_ref())
            .map_or(&ROOT, |side| &side.path)
    }
}

/// What became of one object.
#[derive(Debug, Clone)]
pub struct Change {
    /// The object, as the new set names it, or the old one if it was removed.
    pub object: ObjectId,
    /// What it was before, if it has another name, kind or namespace now: found by likeness.
    pub moved_from: Option<ObjectId>,
    /// What the cluster will do: the gravest of `reasons` that nobody has accepted, or of all if each is.
    pub impact: Impact,
    /// What leads to the impact, gravest first.
    pub reasons: Vec<Reason>,
    /// The fields that differ, in the order of their paths; empty for an object that was added or removed.
    pub fields: Vec<FieldChange>,
    /// The old object, read as JSON, with marks instead of secrets; `None` if it was added.
    pub old: Option<Value>,
    /// The new object, in the same form; `None` if it was removed.
    pub new: Option<Value>,
    /// How the pods are replaced or the traffic goes over, once [`ChangeSet::forecast`] was asked.
    pub forecast: Option<Forecast>,
    /// The environment of a project it is in.
    pub environment: Option<Arc<str>>,
    /// The objects in their sets.
    manifests: (Option<ManifestId>, Option<ManifestId>),
}

impl Change {
    /// Whether somebody has accepted all it does.
    pub fn is_accepted(&self) -> bool {
        self.reasons.iter().all(|reason| reason.accepted)
    }

    /// The text difference of both objects, printed as YAML with sorted keys.
    ///
    /// `context` is the number of unchanged lines around each hunk.
    pub fn hunks(&self, context: usize) -> Vec<Hunk> {
        text::hunks(self.old.as_ref(), self.new.as_ref(), context)
    }
}

/// All that differs between two sets of objects.
#[derive(Debug, Clone, Default)]
pub struct ChangeSet {
    /// What differs: in the order of the new set, then what was removed in the order of the old one.
    pub changes: Vec<Change>,
    /// How many objects are the same on both sides.
    pub unchanged: usize,
}

impl ChangeSet {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// How many objects only the new set has.
    pub fn added(&self) -> usize {
        self.changes.iter().filter(|change| change.old.is_none()).count()
    }

    /// How many objects only the old set has.
    pub fn removed(&self) -> usize {
        self.changes.iter().filter(|change| change.new.is_none()).count()
    }

    /// How many changes have this impact, and nobody has accepted it.
    pub fn count(&self, impact: Impact) -> usize {
        let open = self.changes.iter().filter(|change| !change.is_accepted());
        open.filter(|change| change.impact == impact).count()
    }

    /// How many changes do only what somebody has accepted.
    pub fn accepted(&self) -> usize {
        self.changes.iter().filter(|change| change.is_accepted()).count()
    }

    /// Says that all changes are in an environment.
    pub fn are_in(&mut self, environment: &Arc<str>) {
        for change in &mut self.changes {
            change.environment = Some(Arc::clone(environment));
        }
    }

    /// Marks what the notes of the new objects, or of the old ones that were removed, accept.
    pub fn accept(&mut self, old: &Notes<'_>, new: &Notes<'_>) {
        for change in &mut self.changes {
            let (notes, object) = match change.manifests {
                (_, Some(number)) => (new, number),
                (Some(number), None) => (old, number),
                (None, None) => continue,
            };
            let places: Vec<Route> = change.fields.iter().map(|field| field.path().route()).collect();
            for reason in &mut change.reasons {
                reason.accepted = reason
                    .impact
                    .rule()
                    .is_some_and(|rule| notes.accept(rule, object, &places));
            }
            let open = change.reasons.iter().find(|reason| !reason.accepted);
            if let Some(gravest) = open.or(change.reasons.first()) {
                change.impact = gravest.impact;
            }
        }
    }
}

/// What is known of both sides beside their objects.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'s> {
    /// What pairs the items of lists (`x-kubernetes-list-map-keys`, or the patch merge key), and which changes the server refuses.
    pub schemas: &'s SchemaStore,
    /// Where objects are that name no namespace.
    pub namespace: &'s str,
    /// What is shown of what Secrets hold.
    pub secrets: Secrets,
    /// What the server itself says of new objects; of those that are not here, what our rules say is told.
    pub judged: Option<&'s Judged>,
}

/// Compares two sets of objects.
///
/// Linear in the size of both; pairs are compared in parallel, the result does not depend on it.
pub fn diff<'m>(old: &'m ManifestSet, new: &'m ManifestSet, setting: &Setting<'m>) -> ChangeSet {
    let Setting {
        schemas,
        namespace,
        judged,
        secrets: _,
    } = *setting;
    let pairs = align::pairs(old, new, namespace);
    let compared: Vec<Compared<'_>> = pairs
        .par_iter()
        .filter_map(|pair| compare(*pair, setting))
        .collect();
    let unchanged = pairs.len() - compared.len();
    if compared.is_empty() {
        return ChangeSet {
            changes: Vec::new(),
            unchanged,
        };
    }
    let restarting = compared.iter().filter(|compared| compared.changes_pods());
    let restarting = restarting
        .filter_map(|compared| compared.pair.new)
        .map(|new| new.number);
    let rewritten = compared.iter().filter(|compared| compared.changes_content());
    let rewritten = rewritten.filter_map(|compared| compared.pair.new);
    let around =
        Surroundings::of((old, new), namespace, schemas, restarting.collect(), rewritten).judged(judged);
    ChangeSet {
        changes: compared
            .into_par_iter()
            .map(|compared| compared.judged(&around))
            .collect(),
        unchanged,
    }
}

/// The two sides of one object that differ, before anything is said about it.
struct Compared<'m> {
    pair: Pair<'m>,
    object: &'m ObjectId,
    old: Option<Value>,
    new: Option<Value>,
    fields: Vec<FieldChange>,
}

/// The two sides of one object; `None` if they are the same.
fn compare<'m>(pair: Pair<'m>, setting: &Setting<'_>) -> Option<Compared<'m>> {
    let Pair { old, new, is_moved } = pair;
    let refusals = new.and_then(|new| setting.judged?.get(&new.number));
    let is_refused = refusals.is_some_and(|refusals| !refusals.is_empty());
    if !is_refused
        && let (Some(old), Some(new)) = (old, new)
        && value::is_same_text(old, new)
    {
        return None;
    }
    let object = &new.or(old)?.id;
    let mut old_value = old.map(|old| json::of(old.node()));
    let mut new_value = new.map(|new| json::of(new.node()));
    if &*object.kind == "Secret" && setting.secrets == Secrets::Masked {
        mask::mask(old_value.as_mut(), new_value.as_mut());
    }
    let fields = match (&old_value, &new_value) {
        (Some(old), Some(new)) => {
            // What moved is stored as another object.
            let manifests = pair.old.zip(pair.new).filter(|_| !is_moved);
            let fields = tree::compare(object, old, new, manifests, setting.schemas);
            if fields.is_empty() && !is_moved && !is_refused {
                return None;
            }
            fields
        }
        _ => Vec::new(),
    };
    Some(Compared {
        pair,
        object,
        old: old_value,
        new: new_value,
        fields,
    })
}

impl<'m> Compared<'m> {
    /// Whether the pods of a workload that is on both sides get another template.
    fn changes_pods(&self) -> bool {
        let template = self.pair.new.and_then(view::template_route);
        template.is_some_and(|route| {
            let keys: Vec<&str> = route.split('.').filter(|key| !key.is_empty()).collect();
            self.fields.iter().any(|field| field.path().starts_with(&keys))
        })
    }

    /// Whether what a ConfigMap or Secret holds is not what it was.
    fn changes_content(&self) -> bool {
        matches!(
            (self.object.group(), &*self.object.kind),
            ("", "ConfigMap" | "Secret")
        ) && self.fields.iter().any(|field| {
            ["data", "binaryData", "stringData"]
                .iter()
                .any(|key| field.path().starts_with(&[key]))
        })
    }

    fn judged(self, around: &Surroundings<'m>) -> Change {
        let reasons = impact::reasons(
            &Difference {
                object: self.object,
                old: self.pair.old.zip(self.old.as_ref()),
                new: self.pair.new.zip(self.new.as_ref()),
                fields: &self.fields,
                is_moved: self.pair.is_moved,
            },
            around,
        );
        Change {
            object: self.object.clone(),
            moved_from: self
                .pair
                .old
                .filter(|_| self.pair.is_moved)
                .map(|old| old.id.clone()),
            impact: reasons.first().map_or(Impact::None, |reason| reason.impact),
            reasons,
            fields: self.fields,
            old: self.old,
            new: self.new,
            forecast: None,
            environment: None,
            manifests: (
                self.pair.old.map(|old| old.number),
                self.pair.new.map(|new| new.number),
            ),
        }
    }
}
