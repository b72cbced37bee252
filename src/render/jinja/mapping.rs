//! Mappings that remember which key was asked for in vain.
//!
//! The engine says *that* a value is undefined. What was meant is known only where the key was looked up: in the mapping.

use std::cell::RefCell;
use std::sync::Arc;

use indexmap::IndexMap;
use minijinja::value::{Enumerator, Object, Value};

/// How many of the last failed lookups are kept. An undefined value is used at once or not at all.
const REMEMBERED: usize = 16;

thread_local! {
    /// A render runs on one thread from start to end, so what it looked up is found again here.
    static MISSES: RefCell<Vec<(Box<str>, Arc<Mapping>)>> = const { RefCell::new(Vec::new()) };
}

/// A mapping of the values, with keys in the order they were written.
#[derive(Debug, Default)]
pub(super) struct Mapping(IndexMap<Arc<str>, Value>);

impl Mapping {
    /// Collects entries; of equal keys the last wins.
    pub(super) fn value(entries: impl IntoIterator<Item = (Arc<str>, Value)>) -> Value {
        Value::from_object(Self(entries.into_iter().collect()))
    }

    /// The keys.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(|key| &**key)
    }
}

impl Object for Mapping {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        let found = self.0.get(key);
        if found.is_none() {
            MISSES.with_borrow_mut(|misses| {
                if misses.len() == REMEMBERED {
                    misses.remove(0);
                }
                misses.push((key.into(), Arc::clone(self)));
            });
        }
        found.cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.keys().map(Value::from).collect())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.0.len())
    }
}

/// The mapping in which `key` was last asked for in vain on this thread.
pub(super) fn missed(key: &str) -> Option<Arc<Mapping>> {
    MISSES.with_borrow(|misses| {
        misses
            .iter()
            .rev()
            .find(|(missed, _)| **missed == *key)
            .map(|(_, mapping)| Arc::clone(mapping))
    })
}

/// Forgets all lookups; before a template starts.
pub(super) fn forget() {
    MISSES.with_borrow_mut(Vec::clear);
}
