//! A path inside an object that people can follow: `spec.template.spec.containers[web].image`.

use std::fmt;
use std::sync::Arc;

use crate::manifest::{Route, Step};

/// One step of a [`FieldPath`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathStep {
    /// A key of a mapping.
    Key(Arc<str>),
    /// An item of a list whose items have no key, by its index from 0.
    Index(u32),
    /// An item of a list whose items have a merge key.
    Item {
        /// What the item is called: the values of its merge keys.
        label: Arc<str>,
        /// Its index from 0 on this side of the comparison.
        index: u32,
    },
}

/// A [`Route`] whose list items keep their names, so that an item that moved is still the same item.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldPath(Vec<PathStep>);

impl FieldPath {
    /// The object itself.
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// The steps from the root.
    pub fn steps(&self) -> &[PathStep] {
        &self.0
    }

    /// The path with indices only, as every other part of the tool writes it.
    pub fn route(&self) -> Route {
        self.0
            .iter()
            .map(|step| match step {
                PathStep::Key(key) => Step::from(&**key),
                PathStep::Index(index) | PathStep::Item { index, .. } => Step::Index(*index),
            })
            .collect()
    }

    /// Whether the path leads through these keys first: `["spec", "template"]`.
    pub fn starts_with(&self, keys: &[&str]) -> bool {
        keys.len() <= self.0.len()
            && keys
                .iter()
                .zip(&self.0)
                .all(|(key, step)| matches!(step, PathStep::Key(found) if &**found == *key))
    }

    pub(super) fn push(&mut self, step: PathStep) {
        self.0.push(step);
    }

    pub(super) fn pop(&mut self) {
        self.0.pop();
    }
}

impl From<&Route> for FieldPath {
    fn from(route: &Route) -> Self {
        let steps = route.steps().iter().map(|step| match step {
            Step::Key(key) => PathStep::Key(Arc::from(key.as_str())),
            Step::Index(index) => PathStep::Index(*index),
        });
        Self(steps.collect())
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                PathStep::Index(index) => write!(f, "[{index}]")?,
                PathStep::Item { label, .. } => write!(f, "[{label}]")?,
                PathStep::Key(key) if key.is_empty() || key.contains(['.', '[', ']', '"', ' ', '\n']) => {
                    write!(f, "[{key:?}]")?;
                }
                PathStep::Key(key) if position == 0 => f.write_str(key)?,
                PathStep::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}
