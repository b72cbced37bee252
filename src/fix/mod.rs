//! Symbolic fixes to edits of the text that really holds what is wrong.
//!
//! A document is never printed anew: an edit replaces some bytes, and comments, layout and line ends around them stay.
//! Whether the edited text reads as the object that the fix promised is for who applies it to check, with [`promised`].

mod layout;
mod text;
mod trace;

use std::ops::Range;

use serde_json::{Map, Value};

use crate::finding::Edit;
use crate::manifest::Step;

pub use text::edits;
pub use trace::{ValueLeaf, in_template, in_values};

/// Some bytes of a text, and what takes their place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextEdit {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What stands there afterwards.
    pub text: String,
}

impl TextEdit {
    fn new(range: Range<usize>, text: impl Into<String>) -> Self {
        Self {
            start: range.start,
            end: range.end,
            text: text.into(),
        }
    }

    /// Whether two edits cannot both be made: they share bytes, or insert at the same place.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start <= other.end && other.start <= self.end
    }
}

/// A text after edits that do not overlap.
pub fn apply(text: &str, edits: &[TextEdit]) -> String {
    let mut sorted: Vec<&TextEdit> = edits.iter().collect();
    sorted.sort();
    let mut edited = String::with_capacity(text.len());
    let mut at = 0;
    for edit in sorted {
        edited.push_str(text.get(at..edit.start).unwrap_or_default());
        edited.push_str(&edit.text);
        at = edit.end;
    }
    edited.push_str(text.get(at..).unwrap_or_default());
    edited
}

/// Makes an object what it is to be after an edit; `false` if the edit does not fit it.
pub fn promised(object: &mut Value, edit: &Edit) -> bool {
    match edit {
        Edit::RemoveRepeated(_) => true,
        Edit::Set(route, value) => match at_or_made(object, route.steps()) {
            Some(place) => {
                *place = value.clone();
                true
            }
            None => false,
        },
        Edit::Rename(route, name) => {
            let Some((Step::Key(old), above)) = route.steps().split_last() else {
                return false;
            };
            let Some(Value::Object(map)) = at(object, above) else {
                return false;
            };
            if map.contains_key(name) {
                return false;
            }
            match map.remove(&**old) {
                Some(value) => map.insert(name.clone(), value).is_none(),
                None => false,
            }
        }
        Edit::Remove(route) => {
            let Some((last, above)) = route.steps().split_last() else {
                return false;
            };
            match (at(object, above), last) {
                (Some(Value::Object(map)), Step::Key(key)) => map.remove(&**key).is_some(),
                (Some(Value::Array(items)), Step::Index(index)) => {
                    let index = *index as usize;
                    let is_there = index < items.len();
                    if is_there {
                        items.remove(index);
                    }
                    is_there
                }
                _ => false,
            }
        }
    }
}

fn at<'v>(value: &'v mut Value, steps: &[Step]) -> Option<&'v mut Value> {
    steps.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get_mut(&**key),
        Step::Index(index) => value.get_mut(*index as usize),
    })
}

/// The value at a route; mappings that are missing on the way are made, and a null is one.
fn at_or_made<'v>(value: &'v mut Value, steps: &[Step]) -> Option<&'v mut Value> {
    steps.iter().try_fold(value, |value, step| match step {
        Step::Index(index) => value.get_mut(*index as usize),
        Step::Key(key) => {
            if value.is_null() {
                *value = Value::Object(Map::new());
            }
            Some(value.as_object_mut()?.entry(&**key).or_insert(Value::Null))
        }
    })
}
