//! Who concerns whom, as pairs of objects of the input: the edges of the graph that people see.

use std::collections::BTreeSet;

use super::Fleet;
use crate::manifest::{GroupKind, Manifest, ManifestId, mentions};

impl<'m> Fleet<'m> {
    /// All relations between objects of the input: from, to, and what the first one does, as a verb. Each once, in reading
    /// order.
    pub fn relations(&self) -> Vec<(ManifestId, ManifestId, &'static str)> {
        let mut found = BTreeSet::new();
        for manifest in self.manifests() {
            let (namespace, workload) = (self.namespace(manifest), self.workload(manifest.number));
            for mention in mentions::of(manifest, namespace, workload) {
                if let Some(named) = self.named(mention.kind, mention.namespace, mention.name) {
                    let what = verb(
                        manifest.id.group_kind(),
                        named.id.group_kind(),
                        workload.is_some(),
                    );
                    found.insert((manifest.number, named.number, what));
                }
            }
        }
        for workload in self.workloads() {
            let services = self.services_of(workload).map(|service| (service, "selects"));
            let budgets = self
                .budgets_of(workload)
                .map(|budget| (budget, "limits evictions of"));
            let policies = self.policies_of(workload).map(|policy| (policy, "isolates"));
            for (selecting, what) in services.chain(budgets).chain(policies) {
                found.insert((selecting.number, workload.manifest.number, what));
            }
        }
        found.into_iter().collect()
    }

    /// The object of a name in a namespace, or of the whole cluster.
    fn named(&self, kind: GroupKind<'_>, namespace: &str, name: &str) -> Option<&'m Manifest> {
        self.object(kind, Some(namespace), name).or_else(|| {
            let anywhere = self.object(kind, None, name);
            anywhere.filter(|manifest| manifest.id.namespace.is_none())
        })
    }
}

/// What naming another object means, by what both are.
fn verb(from: GroupKind<'_>, to: GroupKind<'_>, is_workload: bool) -> &'static str {
    match (from.1, to.1) {
        (_, "ServiceAccount") if is_workload => "runs as",
        ("StatefulSet", "Service") => "is named by",
        _ if is_workload => "uses",
        ("Ingress" | "HTTPRoute" | "GRPCRoute", "Service") => "routes to",
        ("HorizontalPodAutoscaler" | "ScaledObject", _) => "scales",
        ("RoleBinding" | "ClusterRoleBinding", "ServiceAccount") => "gives rights to",
        ("RoleBinding" | "ClusterRoleBinding", _) => "gives the rights of",
        _ => "refers to",
    }
}
