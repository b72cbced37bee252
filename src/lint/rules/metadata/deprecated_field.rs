use crate::lint::prelude::*;

rule! {
    name: "deprecated-field",
    group: Metadata,
    severity: Warning,
    presets: [Recommended],
    peers: [],
    check: Object(check),
}

/// Annotations that became fields or other annotations, or that nothing reads anymore. What ends in `/` is a prefix.
const ANNOTATIONS: &[(&str, &str)] = &[
    (
        "container.apparmor.security.beta.kubernetes.io/",
        "set `securityContext.appArmorProfile`, which is there since 1.30",
    ),
    (
        "scheduler.alpha.kubernetes.io/critical-pod",
        "set `priorityClassName: system-cluster-critical`: nothing reads the annotation since 1.16",
    ),
    (
        "scheduler.alpha.kubernetes.io/tolerations",
        "set `tolerations`: nothing reads the annotation",
    ),
    (
        "service.alpha.kubernetes.io/tolerate-unready-endpoints",
        "set `publishNotReadyAddresses: true`: nothing reads the annotation since 1.24",
    ),
    (
        "service.kubernetes.io/topology-aware-hints",
        "use `spec.trafficDistribution`, or the annotation `service.kubernetes.io/topology-mode`",
    ),
    (
        "volume.beta.kubernetes.io/storage-class",
        "set `storageClassName`",
    ),
    (
        "volume.beta.kubernetes.io/storage-provisioner",
        "remove it: the cluster writes `volume.kubernetes.io/storage-provisioner` itself",
    ),
];

/// Labels of nodes that have another name now.
const NODE_LABELS: &[(&str, &str)] = &[
    ("beta.kubernetes.io/arch", "kubernetes.io/arch"),
    (
        "beta.kubernetes.io/instance-type",
        "node.kubernetes.io/instance-type",
    ),
    ("beta.kubernetes.io/os", "kubernetes.io/os"),
    (
        "failure-domain.beta.kubernetes.io/region",
        "topology.kubernetes.io/region",
    ),
    (
        "failure-domain.beta.kubernetes.io/zone",
        "topology.kubernetes.io/zone",
    ),
    (
        "node-role.kubernetes.io/master",
        "node-role.kubernetes.io/control-plane",
    ),
];

/// Volumes whose driver is no part of Kubernetes anymore.
const VOLUMES: &[(&str, &str)] = &[
    ("cephfs", "it is gone since 1.31: use a claim of the CSI driver"),
    ("flocker", "it is gone since 1.25: use a claim of a CSI driver"),
    (
        "gitRepo",
        "it is off since 1.33: clone in an init container into an `emptyDir`",
    ),
    ("glusterfs", "it is gone since 1.26: use a claim of a CSI driver"),
    ("quobyte", "it is gone since 1.25: use a claim of a CSI driver"),
    ("rbd", "it is gone since 1.31: use a claim of the CSI driver"),
    ("scaleIO", "it is gone since 1.22: use a claim of a CSI driver"),
    ("storageos", "it is gone since 1.25: use a claim of a CSI driver"),
];

fn check<'m>(fleet: &Fleet<'m>, manifest: &'m Manifest, out: &mut Sink<'_>) {
    annotations(manifest, manifest.route("metadata.annotations"), out);
    let Some(workload) = fleet.workload(manifest.number) else {
        return;
    };
    if !workload.template.steps().is_empty() {
        annotations(manifest, workload.template.below("metadata.annotations"), out);
    }
    for (key, _) in workload
        .get("nodeSelector")
        .into_iter()
        .flat_map(NodeRef::entries)
    {
        node_label(workload.route("nodeSelector").then(key.str()), key.str(), out);
    }
    for volume in workload.volumes() {
        for (source, help) in VOLUMES {
            if volume.node.get(source).is_some() {
                out.key(
                    volume.route().then(*source),
                    format!(
                        "volume `{}` of {} is a `{source}`, whose driver Kubernetes gave up",
                        volume.name(),
                        workload.title()
                    ),
                    *help,
                );
            }
        }
    }
    for place in ["affinity", "topologySpreadConstraints"] {
        if let Some(node) = workload.get(place) {
            keys(node, workload.route(place), out);
        }
    }
}

fn annotations(manifest: &Manifest, place: Route, out: &mut Sink<'_>) {
    for (key, _) in manifest.at(&place).into_iter().flat_map(NodeRef::entries) {
        let is_meant = |name: &str| key.str() == name || name.ends_with('/') && key.str().starts_with(name);
        if let Some((_, help)) = ANNOTATIONS.iter().find(|(name, _)| is_meant(name)) {
            out.key(
                place.then(key.str()),
                format!("the annotation `{}` is deprecated", key.str()),
                *help,
            );
        }
    }
}

/// Topology keys and keys of expressions, wherever they are in an affinity.
fn keys(node: NodeRef<'_>, route: Route, out: &mut Sink<'_>) {
    for (index, item) in node.items().enumerate() {
        keys(item, route.then(index), out);
    }
    for (key, value) in node.entries() {
        let below = route.then(key.str());
        if matches!(key.str(), "topologyKey" | "key") {
            node_label(below, value.str(), out);
        } else {
            keys(value, below, out);
        }
    }
}

fn node_label(route: Route, label: &str, out: &mut Sink<'_>) {
    if let Some((_, now)) = NODE_LABELS.iter().find(|(old, _)| *old == label) {
        out.value(
            route,
            format!("the node label `{label}` is deprecated: nodes of a newer cluster may not have it"),
            format!("write `{now}`"),
        );
    }
}
