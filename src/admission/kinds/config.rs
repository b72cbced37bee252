//! ConfigMaps, Secrets, namespaces, quotas, limits, nodes and events.

use super::{KindRules, anything};
use crate::admission::names;

mod cluster;
mod config_map;
mod limit_range;
mod resource_quota;
mod secret;

pub(super) static KINDS: &[KindRules] = &[
    KindRules {
        group: "",
        kind: "ConfigMap",
        name: names::subdomain_name,
        create: config_map::create,
        update: config_map::update,
    },
    KindRules {
        group: "",
        kind: "Secret",
        name: names::subdomain_name,
        create: secret::create,
        update: secret::update,
    },
    KindRules {
        group: "",
        kind: "Namespace",
        name: names::label_name,
        create: cluster::namespace,
        update: anything,
    },
    KindRules {
        group: "",
        kind: "ResourceQuota",
        name: names::subdomain_name,
        create: resource_quota::create,
        update: resource_quota::update,
    },
    KindRules {
        group: "",
        kind: "LimitRange",
        name: names::subdomain_name,
        create: limit_range::create,
        update: anything,
    },
    KindRules {
        group: "",
        kind: "Node",
        name: names::subdomain_name,
        create: cluster::node,
        update: cluster::node_update,
    },
];
