//! Environments and releases: names held against each other are [`Project::join`]'s matter.

use std::sync::Arc;

use plimsoll_yaml::NodeRef;

use super::{Reader, entries, words};
use crate::config::Stencil;
use crate::config::project::{BLANKS, Deploy, Environment, File, Include, Phrase, Place, Project, Release};
use crate::config::shape::{Key, Word};

impl Reader {
    /// Holds names, each with a mapping of these keys, against what they may be.
    pub(super) fn named(&mut self, node: NodeRef<'_>, parts: &'static [&'static [Key]], name: &str) {
        if node.is_mapping() {
            for (key, value) in node.merged_entries() {
                self.word(key, Word::Environment, name);
                if !value.is_null() {
                    self.mapping(value, parts, &format!("`{}` of `{name}`", key.str()));
                }
            }
        } else if node.is_sequence() {
            for item in node.items() {
                self.word(item, Word::Environment, name);
            }
        } else {
            let message = format!("`{name}` is a list of names, or a mapping of them");
            self.refuse(node, message, format!("write `{name}: [dev, prod]`"));
        }
    }

    /// Takes out what a file says of releases.
    pub(super) fn project(&self, root: NodeRef<'_>) -> Project {
        let file = self.file();
        let read = Taker {
            reader: self,
            file: &file,
        };
        let defaults = root.get("defaults");
        let shared = Arc::new(defaults.map(|node| read.deploy(node)).unwrap_or_default());
        Project {
            environments: named(root, "environments")
                .map(|(key, node)| read.environment(key, node))
                .collect(),
            releases: entries(root, "releases")
                .filter_map(|node| read.release(node, defaults, &shared))
                .collect(),
        }
    }

    /// The files that are included.
    pub(super) fn includes(&self, root: NodeRef<'_>) -> Vec<Include> {
        let file = self.file();
        let nodes = many(root, "includes");
        nodes
            .map(|node| Include::new(&self.base, node.str(), Place::new(&file, node.span())))
            .collect()
    }

    fn file(&self) -> Arc<File> {
        Arc::new(File {
            path: Arc::clone(&self.file.0),
            text: Arc::clone(&self.file.1),
            base: self.base.clone(),
        })
    }
}

/// Takes out what is in order.
struct Taker<'r> {
    reader: &'r Reader,
    file: &'r Arc<File>,
}

impl Taker<'_> {
    fn place(&self, node: NodeRef<'_>) -> Place {
        Place::new(self.file, node.span())
    }

    fn phrase(&self, node: NodeRef<'_>) -> Option<Phrase> {
        Some(Phrase {
            stencil: Stencil::new(node.str(), BLANKS).ok()?,
            place: self.place(node),
        })
    }

    fn deploy(&self, node: NodeRef<'_>) -> Deploy {
        let phrases = |key| many(node, key).filter_map(|node| self.phrase(node)).collect();
        Deploy {
            namespace: node.get("namespace").and_then(|node| self.phrase(node)),
            values: phrases("values"),
            set: phrases("set"),
        }
    }

    fn environment(&self, key: NodeRef<'_>, node: Option<NodeRef<'_>>) -> Environment {
        let node = node.filter(|node| node.is_mapping());
        let api_versions = node.map(|node| words(node, "api-versions"));
        Environment {
            name: Arc::from(key.str()),
            place: self.place(key),
            api_versions: api_versions.into_iter().flatten().map(str::to_owned).collect(),
            deploy: node.map(|node| self.deploy(node)).unwrap_or_default(),
            layer: Arc::new(node.map(|node| self.reader.layer(node)).unwrap_or_default()),
        }
    }

    fn release(
        &self,
        node: NodeRef<'_>,
        defaults: Option<NodeRef<'_>>,
        shared: &Arc<Deploy>,
    ) -> Option<Release> {
        let name = node.get("name")?;
        let environments = node.get("environments").map(|_| {
            named(node, "environments")
                .map(|(key, node)| {
                    let deploy = node.map(|node| self.deploy(node)).unwrap_or_default();
                    (Arc::from(key.str()), self.place(key), deploy)
                })
                .collect()
        });
        let labels = [defaults, Some(node)].into_iter().flatten();
        let labels = labels
            .filter_map(|node| node.get("labels"))
            .flat_map(NodeRef::merged_entries);
        let flag = |node: NodeRef<'_>| node.get("ignore-missing-value-files")?.as_bool();
        Some(Release {
            name: Arc::from(name.str()),
            place: self.place(name),
            chart: self.phrase(node.get("chart")?)?,
            defaults: Arc::clone(shared),
            deploy: self.deploy(node),
            environments,
            labels: labels
                .map(|(key, value)| (key.str().to_owned(), value.str().to_owned()))
                .collect(),
            needs: many(node, "needs")
                .map(|node| (Arc::from(node.str()), self.place(node)))
                .collect(),
            ignores_missing_values: flag(node).or_else(|| defaults.and_then(flag)).unwrap_or_default(),
        })
    }
}

/// The names of a key, each with what is said of it.
fn named<'d>(node: NodeRef<'d>, key: &str) -> impl Iterator<Item = (NodeRef<'d>, Option<NodeRef<'d>>)> {
    let node = node.get(key);
    let mapping = node.into_iter().flat_map(NodeRef::merged_entries);
    let list = node.into_iter().flat_map(NodeRef::items);
    mapping
        .map(|(key, value)| (key, Some(value)))
        .chain(list.map(|item| (item, None)))
}

/// The words of a key, as they are written: a list, or one alone.
fn many<'d>(node: NodeRef<'d>, key: &str) -> impl Iterator<Item = NodeRef<'d>> {
    let node = node.get(key);
    let single = node.filter(|node| node.is_scalar() && !node.is_null());
    node.into_iter().flat_map(NodeRef::items).chain(single)
}
