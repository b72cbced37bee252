//! The structural comparison of two objects.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::{Map, Value};
use similar::{Algorithm, DiffOp};

use super::list_key::ListKey;
use super::{FieldChange, FieldChangeKind, FieldPath, FieldSide, PathStep, embedded};
use crate::admission::Stored;
use crate::manifest::{Manifest, ObjectId};
use crate::schema::SchemaStore;

/// The fields in which two versions of an object differ, in the order of their keys.
///
/// `manifests` are where the two come from: a field of them that is the same for the server does not differ.
pub(super) fn compare(
    object: &ObjectId,
    old: &Value,
    new: &Value,
    manifests: Option<(&Manifest, &Manifest)>,
    schemas: &SchemaStore,
) -> Vec<FieldChange> {
    let mut walk = Walk {
        object,
        schemas,
        manifests,
        stored: OnceCell::new(),
        is_embedded: false,
        old_path: FieldPath::root(),
        new_path: FieldPath::root(),
        changes: Vec::new(),
    };
    walk.values(old, new);
    walk.changes
}

/// Longest list without keys whose items are compared by their longest common subsequence, which is quadratic where most
/// items differ. Longer ones are compared position by position.
const MAX_SUBSEQUENCE: usize = 2_000;

struct Walk<'a> {
    object: &'a ObjectId,
    schemas: &'a SchemaStore,
    manifests: Option<(&'a Manifest, &'a Manifest)>,
    /// Both sides as the server stores them, once a difference asks for them.
    stored: OnceCell<Option<Stored>>,
    /// Whether the walk is inside a text of the object.
    is_embedded: bool,
    /// Where the walk is in the old object.
    old_path: FieldPath,
    /// Where the walk is in the new object: another index, or the same place.
    new_path: FieldPath,
    changes: Vec<FieldChange>,
}

impl Walk<'_> {
    fn values(&mut self, old: &Value, new: &Value) {
        match (old, new) {
            (Value::Object(old), Value::Object(new)) => self.maps(old, new),
            (Value::Array(old), Value::Array(new)) => self.lists(old, new),
            _ if old == new => {}
            (Value::String(before), Value::String(after)) if self.texts(before, after) => {}
            _ => self.change(FieldChangeKind::Changed, Some(old.clone()), Some(new.clone())),
        }
    }

    /// Compares what two texts of a ConfigMap hold, if both are files of a known format. Whether anything was found: the
    /// text may differ where its content does not.
    fn texts(&mut self, old: &str, new: &str) -> bool {
        let key = match self.new_path.steps() {
            [PathStep::Key(field), PathStep::Key(key)]
                if &**field == "data" && &*self.object.kind == "ConfigMap" && !self.is_embedded =>
            {
                Arc::clone(key)
            }
            _ => return false,
        };
        let (Some(old), Some(new)) = (embedded::read(&key, old), embedded::read(&key, new)) else {
            return false;
        };
        let before = self.changes.len();
        self.is_embedded = true;
        self.values(&old, &new);
        self.is_embedded = false;
        self.changes.len() > before
    }

    /// Whether the server stores the same at both places where the walk is. Items of a list stand for themselves: there may be
    /// another one at that place of the other side.
    fn is_stored_alike(&self) -> bool {
        if self.is_embedded || !matches!(self.new_path.steps().last(), Some(PathStep::Key(_))) {
            return false;
        }
        let stored = self
            .stored
            .get_or_init(|| self.manifests.and_then(|(old, new)| Stored::of(old, new)));
        stored
            .as_ref()
            .is_some_and(|stored| stored.is_same(&self.old_path.route(), &self.new_path.route()))
    }

    fn maps(&mut self, old: &Map<String, Value>, new: &Map<String, Value>) {
        let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for key in keys {
            let step = PathStep::Key(Arc::from(key.as_str()));
            self.enter(step.clone(), step);
            match (old.get(key), new.get(key)) {
                (Some(old), Some(new)) => self.values(old, new),
                (old, new) => self.one_side(old, new),
            }
            self.leave();
        }
    }

    fn lists(&mut self, old: &[Value], new: &[Value]) {
        if old == new {
            return;
        }
        let name = match self.new_path.steps().last() {
            Some(PathStep::Key(name)) => Arc::clone(name),
            _ => Arc::from(""),
        };
        let schema = self.schemas.list_keys(self.object, &self.new_path.route());
        match ListKey::of(&name, schema, old, new) {
            Some(key) => self.keyed_lists(&key, old, new),
            None if is_reordered(old, new) => {
                self.change(
                    FieldChangeKind::Reordered,
                    Some(Value::from(old)),
                    Some(Value::from(new)),
                );
            }
            None => self.plain_lists(old, new),
        }
    }

    /// Items with a key are paired by it, wherever they stand.
    fn keyed_lists(&mut self, key: &ListKey, old: &[Value], new: &[Value]) {
        let labels = |items: &[Value]| -> Vec<Arc<str>> {
            items
                .iter()
                .map(|item| Arc::from(key.label(item).unwrap_or_default()))
                .collect()
        };
        let (old_labels, new_labels) = (labels(old), labels(new));
        let places: HashMap<&str, usize> = old_labels
            .iter()
            .enumerate()
            .map(|(place, label)| (&**label, place))
            .collect();
        let partners: Vec<Option<usize>> = new_labels
            .iter()
            .map(|label| places.get(&**label).copied())
            .collect();
        let mut is_kept = vec![false; old.len()];
        partners.iter().flatten().for_each(|place| is_kept[*place] = true);
        if !is_kept.contains(&true) && !old.is_empty() && !new.is_empty() {
            // Every item has another key: what differs says more than that all went and others came.
            return self.plain_lists(old, new);
        }

        for (place, item) in old.iter().enumerate().filter(|(place, _)| !is_kept[*place]) {
            let step = named(&old_labels[place], place);
            self.enter(step.clone(), step);
            self.one_side(Some(item), None);
            self.leave();
        }
        for (place, item) in new.iter().enumerate() {
            let step = named(&new_labels[place], place);
            match partners[place] {
                Some(partner) => {
                    self.enter(named(&old_labels[partner], partner), step);
                    self.values(&old[partner], item);
                }
                None => {
                    self.enter(step.clone(), step);
                    self.one_side(None, Some(item));
                }
            }
            self.leave();
        }
        let kept: Vec<usize> = partners.into_iter().flatten().collect();
        if !kept.is_sorted() {
            let in_new_order = kept
                .iter()
                .map(|place| Value::from(&*old_labels[*place]))
                .collect();
            let mut kept = kept;
            kept.sort_unstable();
            let in_old_order = kept
                .iter()
                .map(|place| Value::from(&*old_labels[*place]))
                .collect();
            self.change(FieldChangeKind::Reordered, Some(in_old_order), Some(in_new_order));
        }
    }

    /// Items without a key are paired where they are equal, in order; what stands between is paired by position.
    fn plain_lists(&mut self, old: &[Value], new: &[Value]) {
        let operations = if old.len().max(new.len()) > MAX_SUBSEQUENCE {
            vec![DiffOp::Replace {
                old_index: 0,
                old_len: old.len(),
                new_index: 0,
                new_len: new.len(),
            }]
        } else {
            // `Value` has neither order nor hash; its text has both.
            let text = |items: &[Value]| -> Vec<String> { items.iter().map(Value::to_string).collect() };
            similar::capture_diff_slices(Algorithm::Myers, &text(old), &text(new))
        };
        for operation in operations {
            if matches!(operation, DiffOp::Equal { .. }) {
                continue;
            }
            let (old_range, new_range) = (operation.old_range(), operation.new_range());
            let both = old_range.len().min(new_range.len());
            for offset in 0..old_range.len().max(new_range.len()) {
                let (old_place, new_place) = (old_range.start + offset, new_range.start + offset);
                self.enter(numbered(old_place), numbered(new_place));
                if offset < both {
                    self.values(&old[old_place], &new[new_place]);
                } else if offset < old_range.len() {
                    self.one_side(Some(&old[old_place]), None);
                } else {
                    self.one_side(None, Some(&new[new_place]));
                }
                self.leave();
            }
        }
    }

    fn one_side(&mut self, old: Option<&Value>, new: Option<&Value>) {
        let kind = if old.is_some() {
            FieldChangeKind::Removed
        } else {
            FieldChangeKind::Added
        };
        self.change(kind, old.cloned(), new.cloned());
    }

    fn change(&mut self, kind: FieldChangeKind, old: Option<Value>, new: Option<Value>) {
        if self.is_stored_alike() {
            return;
        }
        let old = old.map(|value| FieldSide {
            path: self.old_path.clone(),
            value,
        });
        let new = new.map(|value| FieldSide {
            path: self.new_path.clone(),
            value,
        });
        self.changes.push(FieldChange { kind, old, new });
    }

    fn enter(&mut self, old: PathStep, new: PathStep) {
        self.old_path.push(old);
        self.new_path.push(new);
    }

    fn leave(&mut self) {
        self.old_path.pop();
        self.new_path.pop();
    }
}

fn numbered(index: usize) -> PathStep {
    PathStep::Index(u32::try_from(index).unwrap_or(u32::MAX))
}

fn named(label: &Arc<str>, index: usize) -> PathStep {
    PathStep::Item {
        label: Arc::clone(label),
        index: u32::try_from(index).unwrap_or(u32::MAX),
    }
}

/// Whether two lists of scalars hold the same items, each as often, in another order.
fn is_reordered(old: &[Value], new: &[Value]) -> bool {
    let is_scalar = |value: &Value| !value.is_array() && !value.is_object();
    if old.len() != new.len() || !old.iter().all(is_scalar) || !new.iter().all(is_scalar) {
        return false;
    }
    let sorted = |items: &[Value]| {
        let mut texts: Vec<String> = items.iter().map(Value::to_string).collect();
        texts.sort_unstable();
        texts
    };
    sorted(old) == sorted(new)
}
