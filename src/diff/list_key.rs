//! What tells the items of a list apart.
//!
//! Kubernetes merges most lists by a key (`patchMergeKey`, `x-kubernetes-list-map-keys`). Where no schema says which, the
//! name of the list does: the keys of the built-in kinds are few.

use std::collections::HashSet;

use serde_json::Value;

/// The keys of an item; several make one key together. A dot leads into a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListKey(Vec<String>);

/// Lists of the built-in kinds by name, each with the keys to try in this order. `name` is tried for every list.
///
/// `ports` is a list of containers and of Services; a container's has `containerPort`.
const KEYS: [(&str, &[&[&str]]); 14] = [
    ("ports", &[&["containerPort", "protocol"], &["port", "protocol"]]),
    ("volumeMounts", &[&["mountPath"]]),
    ("volumeDevices", &[&["devicePath"]]),
    ("hostAliases", &[&["ip"]]),
    (
        "topologySpreadConstraints",
        &[&["topologyKey", "whenUnsatisfiable"]],
    ),
    ("ownerReferences", &[&["uid"]]),
    ("conditions", &[&["type"]]),
    ("items", &[&["key"]]),
    ("rules", &[&["host"]]),
    ("paths", &[&["path", "pathType"], &["path"]]),
    ("tls", &[&["secretName"]]),
    ("subjects", &[&["kind", "namespace", "name"], &["kind", "name"]]),
    ("volumeClaimTemplates", &[&["metadata.name"]]),
    ("matchExpressions", &[&["key"]]),
];

impl ListKey {
    /// The key of two versions of a list: the first candidate that every item of both has, and no two of one share.
    pub(super) fn of(name: &str, schema: Option<Vec<String>>, old: &[Value], new: &[Value]) -> Option<Self> {
        if !old.iter().chain(new).all(Value::is_object) {
            return None;
        }
        let usual = KEYS
            .iter()
            .find(|(list, _)| *list == name)
            .map_or(&[][..], |(_, keys)| keys);
        let candidates = usual.iter().copied().chain([&["name"][..]]);
        let candidates = candidates.map(|keys| Self(keys.iter().map(|key| (*key).to_owned()).collect()));
        schema
            .filter(|keys| !keys.is_empty())
            .map(Self)
            .into_iter()
            .chain(candidates)
            .find(|key| key.is_unique_in(old) && key.is_unique_in(new))
    }

    fn is_unique_in(&self, items: &[Value]) -> bool {
        let mut seen = HashSet::with_capacity(items.len());
        items
            .iter()
            .all(|item| self.label(item).is_some_and(|label| seen.insert(label)))
    }

    /// What an item is called; `None` if it lacks the key. Values are joined by `/`: `8080/TCP`.
    pub(super) fn label(&self, item: &Value) -> Option<String> {
        let mut label = String::new();
        for (position, key) in self.0.iter().enumerate() {
            if position > 0 {
                label.push('/');
            }
            match key.split('.').try_fold(item, |value, key| value.get(key)) {
                Some(Value::String(text)) => label.push_str(text),
                Some(value @ (Value::Number(_) | Value::Bool(_))) => label.push_str(&value.to_string()),
                // The server's default; the only key of a list that may be left out.
                None if key == "protocol" => label.push_str("TCP"),
                _ => return None,
            }
        }
        Some(label)
    }
}
