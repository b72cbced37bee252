//! `Chart.lock` and `requirements.lock`: the exact version of each dependency, and whether they still fit the chart.
//!
//! Upstream: `pkg/chart/v2/dependency.go`, `HashReq` and `HashV2Req` of `internal/resolver/resolver.go`.

use plimsoll_yaml::{Limits, NodeRef};
use serde_json::{Map, Value, json};

use super::cache::sha256;
use super::{Error, Result};
use crate::chart::{Dependency, ImportValue};

/// A dependency of a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locked {
    /// Name of the chart.
    pub name: String,
    /// Its exact version.
    pub version: String,
    /// Where it comes from; an alias has been replaced by its address.
    pub repository: String,
}

/// A lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// `sha256:` and the digest of the chart's dependencies and of these.
    pub digest: String,
    /// In the order of the chart.
    pub dependencies: Vec<Locked>,
}

impl Lock {
    /// Reads a lock; `shown` is its path.
    ///
    /// # Errors
    /// It is no lock.
    pub fn parse(bytes: &[u8], shown: &str) -> Result<Self> {
        let refuse = |why: &str| {
            Error::new(format!(
                "`{shown}` is not a lock: {why}; `plimsoll dep update` writes it anew"
            ))
        };
        let text = std::str::from_utf8(bytes).map_err(|_| refuse("it is not UTF-8 text"))?;
        let stream = plimsoll_yaml::parse(text, &Limits::default());
        if let Some(error) = stream.errors.first() {
            return Err(refuse(&error.to_string()));
        }
        let document = stream.docs.first().ok_or_else(|| refuse("it is empty"))?;
        let root = document.root();
        let text = |node: Option<NodeRef<'_>>| {
            node.filter(|node| node.is_scalar() && !node.is_null())
                .map_or_else(String::new, |node| node.str().to_owned())
        };
        let items = root.get("dependencies").filter(|node| node.is_sequence());
        Ok(Self {
            digest: text(root.get("digest")),
            dependencies: items
                .into_iter()
                .flat_map(|items| items.items())
                .map(|item| Locked {
                    name: text(item.get("name")),
                    version: text(item.get("version")),
                    repository: text(item.get("repository")),
                })
                .collect(),
        })
    }

    /// A lock for what dependencies have been resolved to. `wanted` has addresses for aliases.
    pub fn new(wanted: &[Dependency], dependencies: Vec<Locked>) -> Self {
        Self {
            digest: digest(wanted, &dependencies),
            dependencies,
        }
    }

    /// Whether the lock is for these dependencies of a chart. `written` are they as they stand in the file, `wanted` with
    /// addresses for aliases.
    ///
    /// Helm 2 hashed something else, and charts of `apiVersion: v1` may still have its locks.
    pub fn fits(&self, api_version: &str, written: &[Dependency], wanted: &[Dependency]) -> bool {
        self.digest == digest(wanted, &self.dependencies)
            || api_version == "v1" && self.digest == helm_2_digest(written)
    }

    /// The version that is locked for the dependency at a place of the chart's list.
    pub fn version_of(&self, dependency: &Dependency) -> Option<&str> {
        let is_it = |locked: &&Locked| locked.name == dependency.name;
        self.dependencies
            .get(dependency.index)
            .filter(is_it)
            .or_else(|| self.dependencies.iter().find(is_it))
            .map(|locked| locked.version.as_str())
    }

    /// The file, as Helm writes it. `generated` is a time as RFC 3339 has it.
    pub fn to_json(&self, generated: &str) -> Value {
        let dependencies: Vec<Value> = self.dependencies.iter().map(Locked::to_json).collect();
        json!({"dependencies": dependencies, "digest": self.digest, "generated": generated})
    }
}

impl Locked {
    fn to_json(&self) -> Value {
        let mut fields = Map::new();
        fields.insert("name".to_owned(), json!(self.name));
        if !self.version.is_empty() {
            fields.insert("version".to_owned(), json!(self.version));
        }
        fields.insert("repository".to_owned(), json!(self.repository));
        Value::Object(fields)
    }
}

/// A dependency as `encoding/json` prints Helm's struct, fields in its order.
pub(super) fn dependency_to_json(dependency: &Dependency) -> Value {
    let mut fields = Map::new();
    let mut text = |name: &str, value: &str, always: bool| {
        if always || !value.is_empty() {
            fields.insert(name.to_owned(), json!(value));
        }
    };
    text("name", &dependency.name, true);
    text("version", &dependency.version, false);
    text("repository", &dependency.repository, true);
    text("condition", &dependency.condition, false);
    if !dependency.tags.is_empty() {
        fields.insert("tags".to_owned(), json!(dependency.tags));
    }
    if dependency.enabled {
        fields.insert("enabled".to_owned(), json!(true));
    }
    if !dependency.import_values.is_empty() {
        let imports: Vec<Value> = dependency
            .import_values
            .iter()
            .map(|import| match import {
                ImportValue::Export(name) => json!(name),
                ImportValue::Pair { child, parent } => json!({"child": child, "parent": parent}),
            })
            .collect();
        fields.insert("import-values".to_owned(), json!(imports));
    }
    if !dependency.alias.is_empty() {
        fields.insert("alias".to_owned(), json!(dependency.alias));
    }
    Value::Object(fields)
}

/// Upstream: `HashReq`. A list that is missing is `null` in Go, and an empty one is not written in a chart.
fn digest(wanted: &[Dependency], locked: &[Locked]) -> String {
    let wanted: Vec<Value> = wanted.iter().map(dependency_to_json).collect();
    let locked: Vec<Value> = locked.iter().map(Locked::to_json).collect();
    let or_null = |list: Vec<Value>| if list.is_empty() { Value::Null } else { json!(list) };
    format!(
        "sha256:{}",
        sha256(go_json(&json!([or_null(wanted), or_null(locked)])).as_bytes())
    )
}

/// Upstream: `HashV2Req`.
fn helm_2_digest(written: &[Dependency]) -> String {
    let written: Vec<Value> = written.iter().map(dependency_to_json).collect();
    format!(
        "sha256:{}",
        sha256(go_json(&json!({"dependencies": written})).as_bytes())
    )
}

/// JSON as Go's `Marshal` prints it: what HTML would misread is escaped.
fn go_json(value: &Value) -> String {
    let mut text = String::new();
    for char in value.to_string().chars() {
        match char {
            '<' => text.push_str("\\u003c"),
            '>' => text.push_str("\\u003e"),
            '&' => text.push_str("\\u0026"),
            '\u{2028}' => text.push_str("\\u2028"),
            '\u{2029}' => text.push_str("\\u2029"),
            char => text.push(char),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Lock, Locked};
    use crate::chart::{Dependency, ImportValue};

    /// The digest that helm 4.3.1 writes for these.
    #[test]
    fn the_digest_is_helms() {
        let common = Dependency {
            name: "common".into(),
            version: "0.x.x".into(),
            repository: "file://../common".into(),
            alias: "c".into(),
            tags: vec!["a".into()],
            import_values: vec![
                ImportValue::Export("x".into()),
                ImportValue::Pair {
                    child: "a".into(),
                    parent: "b".into(),
                },
            ],
            ..Dependency::default()
        };
        let locked = Locked {
            name: "common".into(),
            version: "0.3.0".into(),
            repository: "file://../common".into(),
        };
        let lock = Lock::new(std::slice::from_ref(&common), vec![locked]);
        assert_eq!(
            lock.digest,
            "sha256:7730eba03ba71845add35ead362b6ca4d8dbd9b349b6ee7748544f5767184b1e"
        );
        let text = format!(
            "dependencies:\n- name: common\n  repository: file://../common\n  version: 0.3.0\ndigest: {}\n\
             generated: \"2026-11-21T13:11:21.249505186Z\"\n",
            lock.digest
        );
        let read = Lock::parse(text.as_bytes(), "Chart.lock").unwrap();
        assert_eq!(read, lock);
        assert_eq!(read.version_of(&common), Some("0.3.0"));
        let all = std::slice::from_ref(&common);
        assert!(read.fits("v2", all, all));
        let other = [Dependency {
            version: ">=1 <2".into(),
            ..common.clone()
        }];
        assert!(!read.fits("v2", &other, &other) && !read.fits("v1", &other, &other));
    }
}
