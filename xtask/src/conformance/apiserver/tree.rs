//! A manifest as a tree that can be changed and written again: keys may stand twice, plain scalars keep their spelling.

use std::fmt::Write;
use std::sync::Arc;

use plimsoll_yaml::{Kind, Limits, NodeRef, Style};

/// One node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tree {
    /// Keys in their order; a key may stand twice.
    Map(Vec<(String, Self)>),
    /// Items.
    Seq(Vec<Self>),
    /// A quoted scalar: a string whatever it looks like.
    Text(String),
    /// A plain scalar, as it is spelled: a number, a Boolean, null, or what YAML makes of it.
    Plain(String),
}

impl Tree {
    /// The documents of a text; broken ones are left out.
    pub(super) fn read(text: &str) -> Vec<Self> {
        plimsoll_yaml::parse(Arc::<str>::from(text), &Limits::default())
            .docs
            .iter()
            .map(|doc| Self::of(doc.root()))
            .filter(|tree| matches!(tree, Self::Map(_)))
            .collect()
    }

    fn of(node: NodeRef<'_>) -> Self {
        match node.kind() {
            Kind::Mapping => Self::Map(
                node.entries()
                    .map(|(key, value)| (key.str().to_owned(), Self::of(value)))
                    .collect(),
            ),
            Kind::Sequence => Self::Seq(node.items().map(Self::of).collect()),
            Kind::Scalar => match node.as_str() {
                Some(text) => Self::Text(text.to_owned()),
                None if node.style() == Style::Plain && !node.str().is_empty() => {
                    Self::Plain(node.str().to_owned())
                }
                None => Self::Plain("null".to_owned()),
            },
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// The `kind` of an object; `""` if it has none.
    pub(super) fn kind(&self) -> &str {
        self.get("kind").and_then(Self::text).unwrap_or_default()
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Plain(text) => Some(text),
            _ => None,
        }
    }

    /// The children, in order.
    pub(super) fn children(&self) -> Box<dyn Iterator<Item = &Self> + '_> {
        match self {
            Self::Map(entries) => Box::new(entries.iter().map(|(_, value)| value)),
            Self::Seq(items) => Box::new(items.iter()),
            _ => Box::new(std::iter::empty()),
        }
    }

    /// The node at a place.
    pub(super) fn at(&self, place: &[usize]) -> Option<&Self> {
        let [first, rest @ ..] = place else {
            return Some(self);
        };
        match self {
            Self::Map(entries) => entries.get(*first)?.1.at(rest),
            Self::Seq(items) => items.get(*first)?.at(rest),
            _ => None,
        }
    }

    /// The node at a place, to be changed.
    pub(super) fn at_mut(&mut self, place: &[usize]) -> Option<&mut Self> {
        let [first, rest @ ..] = place else {
            return Some(self);
        };
        match self {
            Self::Map(entries) => entries.get_mut(*first)?.1.at_mut(rest),
            Self::Seq(items) => items.get_mut(*first)?.at_mut(rest),
            _ => None,
        }
    }

    /// The keys and indices that lead to a place, as one writes them.
    pub(super) fn route(&self, place: &[usize]) -> String {
        let mut route = String::new();
        let mut node = self;
        for &step in place {
            match node {
                Self::Map(entries) => {
                    let Some((key, value)) = entries.get(step) else {
                        break;
                    };
                    if !route.is_empty() {
                        route.push('.');
                    }
                    route.push_str(key);
                    node = value;
                }
                Self::Seq(items) => {
                    let Some(item) = items.get(step) else { break };
                    let _ = write!(route, "[{step}]");
                    node = item;
                }
                _ => break,
            }
        }
        route
    }

    /// All places but the root, parents before children.
    pub(super) fn places(&self) -> Vec<Vec<usize>> {
        let mut places = Vec::new();
        self.walk(&mut Vec::new(), &mut places);
        places
    }

    fn walk(&self, here: &mut Vec<usize>, places: &mut Vec<Vec<usize>>) {
        for (step, child) in self.children().enumerate() {
            here.push(step);
            places.push(here.clone());
            child.walk(here, places);
            here.pop();
        }
    }

    /// As block YAML.
    pub(super) fn write(&self) -> String {
        let mut out = String::new();
        self.emit(&mut out, 0, false);
        out
    }

    /// On one line, for messages.
    pub(super) fn short(&self) -> String {
        let mut text = match self {
            Self::Map(entries) => {
                let parts: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| format!("{}: {}", name(key), value.short()))
                    .collect();
                format!("{{{}}}", parts.join(", "))
            }
            Self::Seq(items) => format!(
                "[{}]",
                items.iter().map(Self::short).collect::<Vec<_>>().join(", ")
            ),
            Self::Text(text) => quoted(text),
            Self::Plain(text) => text.clone(),
        };
        if let Some((end, _)) = text.char_indices().nth(120) {
            text.truncate(end);
            text.push('…');
        }
        text
    }

    fn emit(&self, out: &mut String, indent: usize, is_item: bool) {
        let pad = |out: &mut String, first: bool| {
            if !(first && is_item) {
                out.extend(std::iter::repeat_n(' ', indent));
            }
        };
        match self {
            Self::Map(entries) => {
                for (number, (key, value)) in entries.iter().enumerate() {
                    pad(out, number == 0);
                    out.push_str(&name(key));
                    out.push(':');
                    value.emit_below(out, indent);
                }
            }
            Self::Seq(items) => {
                for (number, item) in items.iter().enumerate() {
                    pad(out, number == 0);
                    out.push('-');
                    match item {
                        Self::Map(entries) if !entries.is_empty() => {
                            out.push(' ');
                            item.emit(out, indent + 2, true);
                        }
                        _ => item.emit_below(out, indent),
                    }
                }
            }
            Self::Text(_) | Self::Plain(_) => out.push_str(&self.short_scalar()),
        }
    }

    fn emit_below(&self, out: &mut String, indent: usize) {
        match self {
            Self::Map(entries) if entries.is_empty() => out.push_str(" {}\n"),
            Self::Seq(items) if items.is_empty() => out.push_str(" []\n"),
            Self::Map(_) | Self::Seq(_) => {
                out.push('\n');
                self.emit(out, indent + 2, false);
            }
            Self::Text(_) | Self::Plain(_) => {
                out.push(' ');
                out.push_str(&self.short_scalar());
                out.push('\n');
            }
        }
    }

    fn short_scalar(&self) -> String {
        match self {
            Self::Text(text) => quoted(text),
            Self::Plain(text) => text.clone(),
            Self::Map(_) | Self::Seq(_) => String::new(),
        }
    }
}

/// JSON's quotes: read the same by YAML.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

fn name(key: &str) -> String {
    let is_plain = key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '/' | '_'))
        && !matches!(
            key.to_ascii_lowercase().as_str(),
            "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null"
        );
    if is_plain { key.to_owned() } else { quoted(key) }
}

#[cfg(test)]
mod tests {
    use super::Tree;

    #[test]
    fn what_is_written_reads_the_same() {
        let text = "a:\n  - b: 1\n    \"on\": \"yes\"\n    c:\n      - - 1\n        - {}\n  - []\nd: null\na: \"x\\ny\"\n";
        let [tree] = &Tree::read(text)[..] else {
            panic!("one document")
        };
        let again = Tree::read(&tree.write());
        assert_eq!(again, std::slice::from_ref(tree));
        assert_eq!(tree.route(&[0, 0, 2, 0]), "a[0].c[0]");
        assert_eq!(tree.places().len(), 11);
    }
}
