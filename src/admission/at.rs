//! A place in an object and what is there: the cursor that every check moves.

use plimsoll_yaml::{NodeRef, Scalar};

use crate::manifest::{Route, Step};

/// A field path, kept on the stack as a list towards the root; it becomes a [`Route`] only when something is reported.
#[derive(Debug, Clone, Copy)]
enum Path<'p> {
    Root,
    Key(&'p Self, &'p str),
    Index(&'p Self, usize),
}

/// What a field holds that takes a number or a name (`intstr.IntOrString`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IntOrString<'m> {
    Int(i64),
    Str(&'m str),
}

/// A field and its value, if it has one. Null is "not given", as everywhere in the server's decoder.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'m, 'p> {
    node: Option<NodeRef<'m>>,
    path: Path<'p>,
}

impl<'m, 'p> At<'m, 'p> {
    /// The root of an object.
    pub(super) fn root(node: NodeRef<'m>) -> Self {
        Self {
            node: given(node),
            path: Path::Root,
        }
    }

    /// The field of a name, there or not.
    pub(super) fn get<'a>(&'a self, key: &'a str) -> At<'m, 'a> {
        At {
            node: self.node.and_then(|node| node.get(key)).and_then(given),
            path: Path::Key(&self.path, key),
        }
    }

    /// The items of a list; of anything else none.
    pub(super) fn items<'a>(&'a self) -> impl ExactSizeIterator<Item = At<'m, 'a>> {
        let items: Vec<_> = match self.node {
            Some(node) if node.is_sequence() => node.items().collect(),
            _ => Vec::new(),
        };
        items.into_iter().enumerate().map(|(index, node)| At {
            node: given(node),
            path: Path::Index(&self.path, index),
        })
    }

    /// The entries of a map, merge keys applied: each key with its value; of anything else none.
    pub(super) fn entries<'a>(&'a self) -> impl Iterator<Item = (&'m str, At<'m, 'a>)>
    where
        'm: 'a,
    {
        let entries = self.node.filter(|node| node.is_mapping());
        entries
            .into_iter()
            .flat_map(NodeRef::merged_entries)
            .map(|(key, value)| {
                let at = At {
                    node: given(value),
                    path: Path::Key(&self.path, key.str()),
                };
                (key.str(), at)
            })
    }

    /// Calls `found` with the place that some steps lead to.
    pub(super) fn follow(&self, steps: &[Step], found: impl FnOnce(&At<'m, '_>)) {
        let Some((first, rest)) = steps.split_first() else {
            return found(self);
        };
        match first {
            Step::Key(key) => self.get(key).follow(rest, found),
            Step::Index(index) => {
                if let Some(item) = self.items().nth(*index as usize) {
                    item.follow(rest, found);
                }
            }
        }
    }

    /// The name of the field; `""` for an item of a list and for the root.
    pub(super) fn key(&self) -> &'p str {
        match self.path {
            Path::Key(_, key) => key,
            Path::Root | Path::Index(..) => "",
        }
    }

    /// The value, if it is given.
    pub(super) fn node(&self) -> Option<NodeRef<'m>> {
        self.node
    }

    /// Whether the field is given (not null).
    pub(super) fn is_given(&self) -> bool {
        self.node.is_some()
    }

    /// Whether the field is not given or empty: `""`, `[]`, `{}`, as Go's `len(x) == 0`.
    pub(super) fn is_empty(&self) -> bool {
        self.node.is_none_or(|node| {
            if node.is_scalar() {
                node.str().is_empty()
            } else {
                node.is_empty()
            }
        })
    }

    /// Whether the field is given, but empty: what the schema stage, which reports missing fields, does not.
    pub(super) fn is_blank(&self) -> bool {
        self.is_given() && self.is_empty()
    }

    /// The number of items or entries; 0 when not given.
    pub(super) fn len(&self) -> usize {
        self.node.filter(|node| !node.is_scalar()).map_or(0, NodeRef::len)
    }

    /// The text of a string field; `None` when it is not given or is no scalar.
    pub(super) fn as_str(&self) -> Option<&'m str> {
        self.node.filter(|node| node.is_scalar()).map(NodeRef::str)
    }

    /// The text of a string field; `""` when not given, as a Go string is.
    pub(super) fn str(&self) -> &'m str {
        self.as_str().unwrap_or_default()
    }

    /// The text of a string field, with the server's default for one that is not given or empty.
    pub(super) fn str_or(&self, default: &'m str) -> &'m str {
        self.as_str().filter(|text| !text.is_empty()).unwrap_or(default)
    }

    /// The number of an integer field; a whole float is one, as for `encoding/json` of the server.
    pub(super) fn int(&self) -> Option<i64> {
        match self.node.filter(|node| node.is_scalar())?.resolve() {
            Scalar::Int(number) => Some(number),
            #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
            Scalar::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => Some(number as i64),
            _ => None,
        }
    }

    /// The number or the name of a field that takes both.
    pub(super) fn int_or_string(&self) -> Option<IntOrString<'m>> {
        match self.int() {
            Some(number) => Some(IntOrString::Int(number)),
            None => self.node.and_then(NodeRef::as_str).map(IntOrString::Str),
        }
    }

    /// The value of a boolean field.
    pub(super) fn bool(&self) -> Option<bool> {
        self.node.and_then(NodeRef::as_bool)
    }

    /// Whether a boolean field is given and true.
    pub(super) fn is_true(&self) -> bool {
        self.bool() == Some(true)
    }

    /// The route of this field from the object's root.
    pub(super) fn route(&self) -> Route {
        let mut steps = Vec::new();
        let mut path = &self.path;
        loop {
            match path {
                Path::Root => break,
                Path::Key(parent, key) => {
                    steps.push(Step::from(*key));
                    path = parent;
                }
                Path::Index(parent, index) => {
                    steps.push(Step::from(*index));
                    path = parent;
                }
            }
        }
        steps.into_iter().rev().collect()
    }
}

fn given(node: NodeRef<'_>) -> Option<NodeRef<'_>> {
    (!node.is_null()).then_some(node)
}
