//! Label selectors, as the API server evaluates them.

use std::collections::BTreeMap;

use plimsoll_yaml::{Kind, NodeRef};

/// Labels of one object or pod template; of equal keys the last counts.
pub type Labels<'m> = BTreeMap<&'m str, &'m str>;

/// Reads a mapping of labels, merge keys applied; what is no text is left out (the schema speaks of it).
pub fn labels(node: Option<NodeRef<'_>>) -> Labels<'_> {
    node.into_iter()
        .flat_map(NodeRef::merged_entries)
        .filter(|(_, value)| value.is_scalar())
        .map(|(key, value)| (key.str(), if value.is_null() { "" } else { value.str() }))
        .collect()
}

/// A condition on one label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requirement<'m> {
    /// The label has one of these values.
    In(&'m str, Vec<&'m str>),
    /// The label has none of these values, or is absent.
    NotIn(&'m str, Vec<&'m str>),
    /// The label is there.
    Exists(&'m str),
    /// The label is absent.
    DoesNotExist(&'m str),
}

impl Requirement<'_> {
    fn matches(&self, labels: &Labels<'_>) -> bool {
        match self {
            Self::In(key, values) => labels.get(key).is_some_and(|value| values.contains(value)),
            Self::NotIn(key, values) => labels.get(key).is_none_or(|value| !values.contains(value)),
            Self::Exists(key) => labels.contains_key(key),
            Self::DoesNotExist(key) => !labels.contains_key(key),
        }
    }
}

/// All conditions of a selector. An empty one matches everything; callers decide whether that is meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selector<'m>(pub Vec<Requirement<'m>>);

impl<'m> Selector<'m> {
    /// A map of labels, as a Service or a ReplicationController has it.
    pub fn of_map(node: NodeRef<'m>) -> Self {
        Self(
            labels(Some(node))
                .into_iter()
                .map(|(key, value)| Requirement::In(key, vec![value]))
                .collect(),
        )
    }

    /// A `LabelSelector`: `matchLabels` and `matchExpressions`. `None` when an expression cannot be read.
    pub fn of_label_selector(node: NodeRef<'m>) -> Option<Self> {
        if node.kind() != Kind::Mapping {
            return None;
        }
        let mut requirements = node.get("matchLabels").map(Self::of_map).unwrap_or_default().0;
        for expression in node.get("matchExpressions").into_iter().flat_map(NodeRef::items) {
            let key = expression.get("key")?.str();
            let values = || {
                expression
                    .get("values")
                    .into_iter()
                    .flat_map(NodeRef::items)
                    .map(NodeRef::str)
                    .collect()
            };
            requirements.push(match expression.get("operator")?.str() {
                "In" => Requirement::In(key, values()),
                "NotIn" => Requirement::NotIn(key, values()),
                "Exists" => Requirement::Exists(key),
                "DoesNotExist" => Requirement::DoesNotExist(key),
                _ => return None,
            });
        }
        Some(Self(requirements))
    }

    /// Whether all conditions hold.
    pub fn matches(&self, labels: &Labels<'_>) -> bool {
        self.0.iter().all(|requirement| requirement.matches(labels))
    }

    /// Whether there is no condition.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The labels that a pod must carry exactly: what an index can look up.
    pub fn exact(&self) -> impl Iterator<Item = (&'m str, &'m str)> + '_ {
        self.0.iter().filter_map(|requirement| match requirement {
            Requirement::In(key, values) => match values.as_slice() {
                [value] => Some((*key, *value)),
                _ => None,
            },
            _ => None,
        })
    }

    /// The conditions that these labels fail.
    pub fn failing<'s>(&'s self, labels: &'s Labels<'_>) -> impl Iterator<Item = &'s Requirement<'m>> + 's {
        self.0.iter().filter(|requirement| !requirement.matches(labels))
    }
}

impl std::fmt::Display for Selector<'_> {
    /// `app=shop,tier in (web,api)`, as kubectl writes selectors.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (position, requirement) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str(",")?;
            }
            match requirement {
                Requirement::In(key, values) if values.len() == 1 => write!(f, "{key}={}", values[0])?,
                Requirement::In(key, values) => write!(f, "{key} in ({})", values.join(","))?,
                Requirement::NotIn(key, values) => write!(f, "{key} notin ({})", values.join(","))?,
                Requirement::Exists(key) => f.write_str(key)?,
                Requirement::DoesNotExist(key) => write!(f, "!{key}")?,
            }
        }
        Ok(())
    }
}
