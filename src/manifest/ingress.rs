//! The paths of an Ingress, over all its rules.

use plimsoll_yaml::NodeRef;

use super::view::get;
use super::{Manifest, Route};

/// One path of one rule.
#[derive(Debug, Clone, Copy)]
pub struct Path<'m> {
    ingress: &'m Manifest,
    rule: usize,
    index: usize,
    /// The host of its rule; empty for any.
    pub host: &'m str,
    /// Its tree.
    pub node: NodeRef<'m>,
}

impl<'m> Path<'m> {
    /// The text of a field, or nothing.
    pub fn text(&self, key: &str) -> &'m str {
        self.node.get(key).map_or("", NodeRef::str)
    }

    /// Where it is in its object.
    pub fn route(&self) -> Route {
        let rule = self.ingress.route("spec.rules").then(self.rule);
        rule.below("http.paths").then(self.index)
    }
}

/// The paths of an Ingress, in reading order.
pub fn paths(ingress: &Manifest) -> impl Iterator<Item = Path<'_>> {
    let rules = ingress.get("spec.rules").into_iter().flat_map(NodeRef::items);
    rules.enumerate().flat_map(move |(rule, node)| {
        let host = node.get("host").map_or("", NodeRef::str);
        let paths = get(node, "http.paths").into_iter().flat_map(NodeRef::items);
        paths.enumerate().map(move |(index, node)| Path {
            ingress,
            rule,
            index,
            host,
            node,
        })
    })
}
