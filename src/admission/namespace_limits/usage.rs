//! What objects use of quotas: pkg/quota/v1/evaluator/core of k8s.io/kubernetes, and the counting of all others.

use super::amounts::{Amount, Amounts};
use super::pods::PodResources;
use crate::admission::at::At;
use crate::manifest::Manifest;

/// `PodUsageFunc`, of one pod.
pub(super) fn of_pod(pod: &PodResources) -> Amounts {
    let (mut requests, mut limits) = (pod.requests(), pod.limits());
    requests.add(pod.overhead());
    // Only what is limited at all is limited with the overhead.
    let mut overhead = pod.overhead().clone();
    overhead.0.retain(|name, _| limits.get(name).is_some());
    limits.add(&overhead);
    let mut usage = of_lists(&requests, &limits);
    usage.0.insert("count/pods".to_owned(), Amount::count(1));
    usage
}

/// `podComputeUsageHelper`: requests count under their own name and with `requests.` before it.
pub(super) fn of_lists(requests: &Amounts, limits: &Amounts) -> Amounts {
    let mut usage = Amounts::default();
    usage.0.insert("pods".to_owned(), Amount::count(1));
    for (name, amount) in &requests.0 {
        let is_native =
            matches!(&**name, "cpu" | "memory" | "ephemeral-storage") || name.starts_with("hugepages-");
        if is_native {
            usage.0.insert(name.clone(), *amount);
        }
        usage.0.insert(format!("requests.{name}"), *amount);
    }
    for (name, amount) in &limits.0 {
        if matches!(&**name, "cpu" | "memory" | "ephemeral-storage") {
            usage.0.insert(format!("limits.{name}"), *amount);
        }
    }
    usage
}

/// What an object uses itself, apart from the pods and claims that it makes.
pub(super) fn of_object(manifest: &Manifest) -> Amounts {
    let (group, kind) = (manifest.id.group(), &*manifest.id.kind);
    let plural = plural(kind);
    let mut usage = Amounts::default();
    let mut count = |name: String, amount: Amount| usage.0.insert(name, amount);
    if !group.is_empty() {
        count(format!("count/{plural}.{group}"), Amount::count(1));
        return usage;
    }
    count(format!("count/{plural}"), Amount::count(1));
    if matches!(
        kind,
        "ConfigMap" | "Secret" | "ReplicationController" | "ResourceQuota" | "Service"
    ) {
        count(plural, Amount::count(1));
    }
    let root = At::root(manifest.node());
    let spec = root.get("spec");
    match kind {
        "PersistentVolumeClaim" => usage.add(&of_claim(&spec)),
        "Service" => usage.add(&of_service(&spec)),
        _ => {}
    }
    usage
}

/// The `Usage` of claims.
pub(super) fn of_claim(spec: &At<'_, '_>) -> Amounts {
    let mut usage = Amounts::default();
    let storage = Amounts::of(&spec.get("resources").get("requests")).get("storage");
    let class = spec.get("storageClassName").str();
    let prefix = (!class.is_empty()).then(|| format!("{class}.storageclass.storage.k8s.io/"));
    for prefix in [Some(String::new()), prefix].into_iter().flatten() {
        usage
            .0
            .insert(format!("{prefix}persistentvolumeclaims"), Amount::count(1));
        if let Some(storage) = storage {
            usage.0.insert(format!("{prefix}requests.storage"), storage);
        }
    }
    usage
}

/// The `Usage` of Services: ports of the node, and load balancers.
fn of_service(spec: &At<'_, '_>) -> Amounts {
    let ports = spec.get("ports");
    let all = ports.len();
    let (node_ports, balancers) = match spec.get("type").str() {
        "NodePort" => (all, 0),
        "LoadBalancer" if spec.get("allocateLoadBalancerNodePorts").bool() == Some(false) => {
            let asked = ports
                .items()
                .filter(|port| port.get("nodePort").int().unwrap_or(0) != 0);
            (asked.count(), 1)
        }
        "LoadBalancer" => (all, 1),
        _ => (0, 0),
    };
    let mut usage = Amounts::default();
    for (name, count) in [
        ("services.nodeports", node_ports),
        ("services.loadbalancers", balancers),
    ] {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        usage.0.insert(name.to_owned(), Amount::count(count));
    }
    usage
}

/// The resource's name as clients guess it (`UnsafeGuessKindToResource`), right for every kind of Kubernetes itself.
fn plural(kind: &str) -> String {
    let lower = kind.to_lowercase();
    if lower.ends_with("endpoints") {
        lower
    } else if let Some(stem) = lower.strip_suffix('y') {
        format!("{stem}ies")
    } else if lower.ends_with('s') {
        format!("{lower}es")
    } else {
        format!("{lower}s")
    }
}
