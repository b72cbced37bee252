//! What makes a finding the same finding in another version of the files.
//!
//! The rule, the object, the place in it with list items by what they are called, and the words the message quotes. Not
//! lines, not the order of list items, not numbers in the message, not how the sentence is put: an edit elsewhere and a
//! release of ours that says it better leave a finding the one it was.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use plimsoll_yaml::NodeRef;
use sha2::{Digest as _, Sha256};

use super::{Anchor, Part, RuleMeta};
use crate::manifest::{Manifest, ManifestSet, ObjectId, Route, Step};

/// The keys that tell the items of a list apart, by object and route of the list; `None` where no schema knows.
pub type ItemKeys<'a> = dyn Fn(&ObjectId, &Route) -> Option<Vec<String>> + 'a;

/// Bytes of the digest that are kept: enough that no two findings of a run share it by chance.
const BYTES: usize = 16;

/// The fingerprint: 32 hexadecimal digits. `file` is the path the user knows, and counts only for what is in no object.
pub(super) fn of(
    rule: &RuleMeta,
    at: &Anchor,
    message: &str,
    file: &str,
    manifests: &ManifestSet,
    keys: Option<&ItemKeys<'_>>,
) -> String {
    let mut text = format!("{}\n", rule.name);
    // Writing to a `String` cannot fail.
    let _ = match at {
        Anchor::Route(number, route, part) => {
            let manifest = manifests.get(*number);
            let id = &manifest.id;
            let namespace = id.namespace.as_deref().unwrap_or_default();
            let (group, kind, name) = (id.group(), &id.kind, &id.name);
            let part = match part {
                Part::Value => "value",
                Part::Key | Part::Instead(_) => "key",
                Part::Missing => "missing",
            };
            let place = place(manifest, route, keys);
            writeln!(text, "{group}/{kind}\n{namespace}/{name}\n{place}\n{part}")
        }
        Anchor::Text(_) | Anchor::File(_) => writeln!(text, "{file}"),
    };
    for word in quoted(message) {
        text.push_str(&word);
        text.push('\n');
    }
    Sha256::digest(&text)[..BYTES]
        .iter()
        .fold(String::with_capacity(2 * BYTES), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

/// A route whose list items are called by their key, by what they are, or else by their index:
/// `spec.containers[web].args[--debug]`.
fn place(manifest: &Manifest, route: &Route, keys: Option<&ItemKeys<'_>>) -> String {
    let mut text = String::new();
    let mut list = Route::root();
    let mut node = Some(manifest.node());
    for step in route.steps() {
        match step {
            Step::Key(key) => {
                node = node.and_then(|node| node.get(key));
                text.push('.');
                text.push_str(key);
            }
            Step::Index(index) => {
                node = node.and_then(|node| node.item(*index as usize));
                let called = node.and_then(|item| {
                    let keys = keys.and_then(|keys| keys(&manifest.id, &list));
                    label(item, keys.as_deref())
                });
                let called = called.unwrap_or_else(|| index.to_string());
                text.push('[');
                text.push_str(&called);
                text.push(']');
            }
        }
        list.push(step.clone());
    }
    text
}

/// What an item of a list is called: the values of its keys, its name, or its own text.
fn label(item: NodeRef<'_>, keys: Option<&[String]>) -> Option<String> {
    if item.is_scalar() {
        return Some(item.str().to_owned());
    }
    let scalar = |key: &str| item.get(key).filter(|value| value.is_scalar()).map(NodeRef::str);
    let by_keys = keys.filter(|keys| !keys.is_empty()).and_then(|keys| {
        // A key that may be left out (`protocol`) has its default then, in old and new alike.
        let first = scalar(keys.first()?)?;
        let rest = keys.iter().skip(1).map(|key| scalar(key).unwrap_or_default());
        Some(std::iter::once(first).chain(rest).collect::<Vec<_>>().join("/"))
    });
    by_keys.or_else(|| scalar("name").map(str::to_owned))
}

/// The words in backticks, each once and in order, with `#` for every number: what the sentence is about.
fn quoted(message: &str) -> BTreeSet<String> {
    let words = message.split('`').skip(1).step_by(2);
    words
        .map(|word| {
            let mut shape = String::with_capacity(word.len());
            for char in word.chars() {
                match char {
                    '0'..='9' if shape.ends_with('#') => {}
                    '0'..='9' => shape.push('#'),
                    other => shape.push(other),
                }
            }
            shape
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn numbers_and_prose_do_not_count() {
        assert_eq!(
            quoted("`web` has 3 of `shop:1.42`"),
            quoted("of `shop:2.0`, `web` has 12")
        );
        assert_ne!(
            quoted("there is no field `prots`"),
            quoted("there is no field `prot`")
        );
    }
}
