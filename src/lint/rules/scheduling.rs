//! Where pods run, and how many of them survive a node.

pub(crate) mod anti_affinity_other_pods;
pub(crate) mod anti_affinity_unschedulable;
pub(crate) mod bare_pod;
pub(crate) mod dnsconfig_options;
pub(crate) mod host_aliases;
pub(crate) mod minimum_three_replicas;
pub(crate) mod no_anti_affinity;
pub(crate) mod no_node_affinity;
pub(crate) mod node_pinning;
pub(crate) mod priority_class_name;
pub(crate) mod runtime_class_restricted;
pub(crate) mod single_replica;
pub(crate) mod topology_do_not_schedule;
pub(crate) mod topology_spread_invalid;
pub(crate) mod topology_spread_missing;
