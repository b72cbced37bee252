use std::collections::HashMap;

use crate::lint::prelude::*;
use crate::manifest::{GroupKind, ManifestId};

rule! {
    name: "unused-object",
    group: References,
    severity: Info,
    presets: [],
    confidence: Likely,
    peers: ["popeye:POP-400", "popeye:POP-401"],
    check: Fleet(check),
}

/// Kinds that do nothing by themselves.
const PASSIVE: &[GroupKind<'static>] = &[
    ("", "ConfigMap"),
    ("", "PersistentVolumeClaim"),
    ("", "Secret"),
    ("", "ServiceAccount"),
    ("rbac.authorization.k8s.io", "Role"),
];

/// Who says a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Speaker {
    One(ManifestId),
    Several,
}

fn check(fleet: &Fleet<'_>, found: &mut Vec<Finding>) {
    let mut words: HashMap<&str, Speaker> = HashMap::new();
    for manifest in fleet.manifests() {
        for (key, value) in manifest.node().entries() {
            if key.str() != "metadata" {
                read(value, manifest.number, &mut words);
            }
        }
        for annotation in manifest
            .get("metadata.annotations")
            .into_iter()
            .flat_map(NodeRef::entries)
        {
            read(annotation.1, manifest.number, &mut words);
        }
    }
    for &kind in PASSIVE {
        for manifest in fleet.of_kind(kind) {
            let id = &manifest.id;
            let own = Speaker::One(manifest.number);
            let is_named = words.get(&*id.name).is_some_and(|speaker| *speaker != own);
            if is_named || !fleet.has_workloads(fleet.namespace(manifest)) || is_for_the_cluster(manifest) {
                continue;
            }
            let at = Anchor::Route(manifest.number, manifest.route("metadata.name"), Part::Value);
            let message = format!("no other object of the input names {} `{}`", id.kind, id.name);
            found.push(
                Finding::new(&RULE.meta, at, message).help("remove it, or correct what should name it"),
            );
        }
    }
}

/// Notes every word of every text below a node: names stand alone, in lists, in addresses and on command lines.
fn read<'m>(node: NodeRef<'m>, by: ManifestId, words: &mut HashMap<&'m str, Speaker>) {
    if node.is_scalar() {
        let apart = |char: char| char.is_whitespace() || "=,/:;\"'".contains(char);
        for word in node.str().split(apart).chain([node.str()]) {
            let speaker = words.entry(word).or_insert(Speaker::One(by));
            if *speaker != Speaker::One(by) {
                *speaker = Speaker::Several;
            }
        }
    }
    for item in node.items() {
        read(item, by, words);
    }
    for (_, value) in node.entries() {
        read(value, by, words);
    }
}

/// Whether something that is in no manifest looks for it: hooks of Helm, what a type or an annotation says, and
/// what the API server reads by its name.
fn is_for_the_cluster(manifest: &Manifest) -> bool {
    let kind = manifest.get("type").map_or("", NodeRef::str);
    manifest.hook().is_some()
        || kind == "kubernetes.io/service-account-token"
        || kind.starts_with("helm.sh/")
        || &*manifest.id.name == "default"
}
