//! A set of field changes applied to the old object gives the new one: the property that says a difference is complete.

use serde_json::Value;

use super::list_key::ListKey;
use super::{FieldChange, FieldChangeKind, FieldPath, FieldSide, PathStep};

/// Applies changes to `old`.
fn apply(changes: &[FieldChange], old: &Value) -> Option<Value> {
    let mut object = old.clone();
    // Old places are right as long as the last is taken away first.
    for change in changes.iter().rev() {
        let (Some(old), kind) = (&change.old, change.kind) else {
            continue;
        };
        match kind {
            FieldChangeKind::Changed => *find(&mut object, &old.path)? = change.new.as_ref()?.value.clone(),
            FieldChangeKind::Removed => {
                let (parent, last) = parent(&mut object, &old.path)?;
                match (parent, last) {
                    (Value::Object(map), PathStep::Key(key)) => drop(map.shift_remove(&**key)?),
                    (Value::Array(items), step) => drop(items.remove(place(items, step)?)),
                    _ => return None,
                }
            }
            FieldChangeKind::Added | FieldChangeKind::Reordered => {}
        }
    }
    let mut added: Vec<&FieldSide> = changes
        .iter()
        .filter(|change| change.kind == FieldChangeKind::Added)
        .filter_map(|change| change.new.as_ref())
        .collect();
    // New places are right as long as the first is put in first.
    added.sort_by_key(|side| side.path.route());
    for side in added {
        let (parent, last) = parent(&mut object, &side.path)?;
        match (parent, last) {
            (Value::Object(map), PathStep::Key(key)) => drop(map.insert(key.to_string(), side.value.clone())),
            (Value::Array(items), PathStep::Index(index) | PathStep::Item { index, .. }) => {
                items.insert((*index as usize).min(items.len()), side.value.clone());
            }
            _ => return None,
        }
    }
    for change in changes
        .iter()
        .filter(|change| change.kind == FieldChangeKind::Reordered)
    {
        let side = change.new.as_ref()?;
        let order = side.value.as_array()?.clone();
        let items = find(&mut object, &side.path)?.as_array_mut()?;
        if !items.iter().all(Value::is_object) {
            *items = order;
            continue;
        }
        let label = |item: &Value| Value::from(key_of(items)?.label(item)?).into();
        let labels: Vec<Option<Value>> = items.iter().map(label).collect();
        let slots: Vec<usize> = (0..items.len())
            .filter(|slot| labels[*slot].as_ref().is_some_and(|label| order.contains(label)))
            .collect();
        let moved: Option<Vec<Value>> = order
            .iter()
            .map(|wanted| {
                Some(items[labels.iter().position(|label| label.as_ref() == Some(wanted))?].clone())
            })
            .collect();
        for (slot, item) in slots.into_iter().zip(moved?) {
            items[slot] = item;
        }
    }
    Some(object)
}

fn key_of(items: &[Value]) -> Option<ListKey> {
    ListKey::of("", None, items, items)
}

fn place(items: &[Value], step: &PathStep) -> Option<usize> {
    match step {
        PathStep::Key(_) => None,
        PathStep::Index(index) => Some(*index as usize),
        PathStep::Item { label, .. } => {
            let key = key_of(items)?;
            items
                .iter()
                .position(|item| key.label(item).as_deref() == Some(label))
        }
    }
}

fn find<'v>(object: &'v mut Value, path: &FieldPath) -> Option<&'v mut Value> {
    path.steps().iter().try_fold(object, |value, step| match value {
        Value::Object(map) => match step {
            PathStep::Key(key) => map.get_mut(&**key),
            _ => None,
        },
        Value::Array(items) => {
            let place = place(items, step)?;
            items.get_mut(place)
        }
        _ => None,
    })
}

fn parent<'v, 'p>(object: &'v mut Value, path: &'p FieldPath) -> Option<(&'v mut Value, &'p PathStep)> {
    let last = path.steps().last()?;
    let mut above = path.clone();
    above.pop();
    Some((find(object, &above)?, last))
}

mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::apply;
    use crate::diff::tree;
    use crate::manifest::ObjectId;
    use crate::schema::SchemaStore;

    fn scalar() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (0..4i64).prop_map(Value::from),
            "[ab]{0,2}".prop_map(Value::from),
        ]
    }

    /// Mappings, lists of scalars, lists of anything, and lists whose items have unique names.
    fn value() -> impl Strategy<Value = Value> {
        scalar().prop_recursive(4, 40, 5, |inner| {
            let map = prop::collection::btree_map("[a-d]", inner.clone(), 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect()));
            let named = prop::collection::vec(("[a-e]", inner.clone()), 0..5).prop_map(|items| {
                let mut seen = Vec::new();
                let mut list = Vec::new();
                for (name, value) in items {
                    if !seen.contains(&name) {
                        list.push(json!({"name": name, "value": value}));
                        seen.push(name);
                    }
                }
                Value::from(list)
            });
            prop_oneof![
                3 => map,
                3 => named,
                1 => prop::collection::vec(scalar(), 0..5).prop_map(Value::from),
                1 => prop::collection::vec(inner, 0..4).prop_map(Value::from),
            ]
        })
    }

    fn object() -> impl Strategy<Value = Value> {
        prop::collection::btree_map("[a-d]", value(), 0..4)
            .prop_map(|map| Value::Object(map.into_iter().collect::<Map<_, _>>()))
    }

    fn changes(old: &Value, new: &Value) -> Vec<crate::diff::FieldChange> {
        tree::compare(&ObjectId::default(), old, new, None, &SchemaStore::default())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn an_object_does_not_differ_from_itself(object in object()) {
            prop_assert_eq!(changes(&object, &object), vec![]);
        }

        #[test]
        fn changes_applied_to_the_old_give_the_new(old in object(), new in object()) {
            let changes = changes(&old, &new);
            prop_assert_eq!(apply(&changes, &old), Some(new), "{:#?}", changes);
        }

        #[test]
        fn equal_means_no_changes_and_no_changes_means_equal(old in object(), new in object()) {
            prop_assert_eq!(changes(&old, &new).is_empty(), old == new);
        }
    }
}
