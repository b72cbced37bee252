//! Whether fields of two manifests are the same once the server has stored them: defaults filled in, quantities as
//! numbers, and empty what is not given.
//!
//! The defaults are those of `pkg/apis/*/*/defaults.go`; where a default depends on the cluster (the storage class, the
//! address of a Service) there is none here.

use super::at::At;
use super::defaults;
use super::equal::Tree;
use super::kinds;
use crate::manifest::{Manifest, Route, Step};

/// Two manifests of one built-in kind as the server stores them.
#[derive(Debug)]
pub struct Stored {
    old: Tree,
    new: Tree,
}

impl Stored {
    /// Both sides; `None` for kinds that are not Kubernetes' own.
    pub fn of(old: &Manifest, new: &Manifest) -> Option<Self> {
        kinds::find(new.id.group(), &new.id.kind)?;
        let of = |manifest: &Manifest| {
            let mut tree = Tree::of(&At::root(manifest.node()), "").unwrap_or_else(Tree::empty);
            object((new.id.group(), &new.id.kind), &mut tree);
            tree
        };
        Some(Self {
            old: of(old),
            new: of(new),
        })
    }

    /// Whether a field of the old one holds what a field of the new one does.
    pub fn is_same(&self, old: &Route, new: &Route) -> bool {
        at(&self.old, old) == at(&self.new, new)
    }
}

fn at<'t>(tree: &'t Tree, route: &Route) -> Option<&'t Tree> {
    route
        .steps()
        .iter()
        .try_fold(tree, |tree, step| match (tree, step) {
            (Tree::Map(fields), Step::Key(key)) => fields.get(&**key),
            (Tree::List(items), Step::Index(index)) => items.get(*index as usize),
            _ => None,
        })
}

/// `SetObjectDefaults_*` of a kind.
fn object(kind: (&str, &str), tree: &mut Tree) {
    let text = Tree::text;
    match kind {
        ("", "Pod") => defaults::pod(tree.ensure("spec")),
        ("apps" | "extensions", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet")
        | ("", "ReplicationController") => workload(kind.1, tree.ensure("spec")),
        ("batch", "Job") => job(tree.ensure("spec")),
        ("batch", "CronJob") => {
            let spec = tree.ensure("spec");
            spec.default("concurrencyPolicy", text("Allow"));
            spec.default("suspend", Tree::Bool(false));
            spec.default("successfulJobsHistoryLimit", Tree::Int(3));
            spec.default("failedJobsHistoryLimit", Tree::Int(1));
            if let Some(template) = spec.get_mut("jobTemplate") {
                defaults::pod_template(template.ensure("spec").ensure("template"));
            }
        }
        ("", "Service") => service(tree.ensure("spec")),
        ("", "Secret") => tree.default("type", text("Opaque")),
        ("", "PersistentVolume") => {
            let spec = tree.ensure("spec");
            spec.default("persistentVolumeReclaimPolicy", text("Retain"));
            defaults::claim_spec(spec);
            defaults::volume_source(spec);
        }
        ("", "PersistentVolumeClaim") => defaults::claim_spec(tree.ensure("spec")),
        ("", "Endpoints") => {
            for subset in tree.items_mut("subsets") {
                protocols(subset);
            }
        }
        ("storage.k8s.io", "StorageClass") => {
            tree.default("reclaimPolicy", text("Delete"));
            tree.default("volumeBindingMode", text("Immediate"));
        }
        ("scheduling.k8s.io", "PriorityClass") => {
            tree.default("preemptionPolicy", text("PreemptLowerPriority"));
        }
        ("autoscaling", "HorizontalPodAutoscaler") => {
            tree.ensure("spec").default("minReplicas", Tree::Int(1));
        }
        ("networking.k8s.io", "NetworkPolicy") => network_policy(tree.ensure("spec")),
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => binding(tree),
        (
            "admissionregistration.k8s.io",
            "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration",
        ) => tree.items_mut("webhooks").for_each(webhook),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => definition(tree.ensure("spec")),
        _ => {}
    }
}

/// `SetDefaults_Deployment` and its siblings of pkg/apis/apps/v1/defaults.go.
fn workload(kind: &str, spec: &mut Tree) {
    let text = Tree::text;
    defaults::pod_template(spec.ensure("template"));
    if kind != "DaemonSet" {
        spec.default("replicas", Tree::Int(1));
    }
    match kind {
        "Deployment" => {
            spec.default("revisionHistoryLimit", Tree::Int(10));
            spec.default("progressDeadlineSeconds", Tree::Int(600));
            let strategy = spec.ensure("strategy");
            strategy.default("type", text("RollingUpdate"));
            if strategy.str("type") == "RollingUpdate" {
                let update = strategy.ensure("rollingUpdate");
                update.default("maxUnavailable", text("25%"));
                update.default("maxSurge", text("25%"));
            }
        }
        "DaemonSet" => {
            spec.default("revisionHistoryLimit", Tree::Int(10));
            let strategy = spec.ensure("updateStrategy");
            strategy.default("type", text("RollingUpdate"));
            if strategy.str("type") == "RollingUpdate" {
                let update = strategy.ensure("rollingUpdate");
                update.default("maxUnavailable", Tree::Int(1));
                update.default("maxSurge", Tree::Int(0));
            }
        }
        "StatefulSet" => {
            spec.default("revisionHistoryLimit", Tree::Int(10));
            spec.default("podManagementPolicy", text("OrderedReady"));
            let strategy = spec.ensure("updateStrategy");
            strategy.default("type", text("RollingUpdate"));
            if strategy.str("type") == "RollingUpdate" {
                // The zero of a number that is a pointer there and none elsewhere.
                strategy
                    .ensure("rollingUpdate")
                    .default("partition", Tree::Int(0));
            }
            let retention = spec.ensure("persistentVolumeClaimRetentionPolicy");
            retention.default("whenDeleted", text("Retain"));
            retention.default("whenScaled", text("Retain"));
            for claim in spec.items_mut("volumeClaimTemplates") {
                // The server fills in what a claim is.
                claim.default("apiVersion", text("v1"));
                claim.default("kind", text("PersistentVolumeClaim"));
                defaults::claim_spec(claim.ensure("spec"));
            }
        }
        _ => {}
    }
}

/// `SetDefaults_Job` of pkg/apis/batch/v1/defaults.go.
fn job(spec: &mut Tree) {
    defaults::pod_template(spec.ensure("template"));
    if spec.get("completions").is_none() && spec.get("parallelism").is_none() {
        spec.default("completions", Tree::Int(1));
    }
    spec.default("parallelism", Tree::Int(1));
    if spec.get("backoffLimitPerIndex").is_none() {
        spec.default("backoffLimit", Tree::Int(6));
    }
    spec.default("completionMode", Tree::text("NonIndexed"));
    spec.default("suspend", Tree::Bool(false));
    spec.default("manualSelector", Tree::Bool(false));
    let replacement = match spec.get("podFailurePolicy") {
        Some(_) => "Failed",
        None => "TerminatingOrFailed",
    };
    spec.default("podReplacementPolicy", Tree::text(replacement));
}

/// `SetDefaults_Service` of pkg/apis/core/v1/defaults.go.
fn service(spec: &mut Tree) {
    let text = Tree::text;
    spec.default("type", text("ClusterIP"));
    spec.default("sessionAffinity", text("None"));
    let kind = spec.str("type").to_owned();
    if kind != "ExternalName" {
        spec.default("internalTrafficPolicy", text("Cluster"));
    }
    if matches!(&*kind, "NodePort" | "LoadBalancer") {
        spec.default("externalTrafficPolicy", text("Cluster"));
    }
    if kind == "LoadBalancer" {
        spec.default("allocateLoadBalancerNodePorts", Tree::Bool(true));
    }
    if spec.str("sessionAffinity") == "ClientIP" {
        let config = spec.ensure("sessionAffinityConfig").ensure("clientIP");
        config.default("timeoutSeconds", Tree::Int(10_800));
    }
    protocols(spec);
    for port in spec.items_mut("ports") {
        if let Some(number) = port.get("port").cloned() {
            port.default("targetPort", number);
        }
    }
}

fn protocols(holder: &mut Tree) {
    for port in holder.items_mut("ports") {
        port.default("protocol", Tree::text("TCP"));
    }
}

/// `SetDefaults_NetworkPolicy` of pkg/apis/networking/v1/defaults.go.
fn network_policy(spec: &mut Tree) {
    for rules in ["ingress", "egress"] {
        spec.items_mut(rules).for_each(protocols);
    }
    let mut types = vec![Tree::text("Ingress")];
    if spec.get("egress").is_some() {
        types.push(Tree::text("Egress"));
    }
    spec.default("policyTypes", Tree::List(types));
}

/// `SetDefaults_RoleBinding`, `SetDefaults_Subject` of pkg/apis/rbac/v1/defaults.go.
fn binding(binding: &mut Tree) {
    let group = || Tree::text("rbac.authorization.k8s.io");
    binding.ensure("roleRef").default("apiGroup", group());
    for subject in binding.items_mut("subjects") {
        if matches!(subject.str("kind"), "User" | "Group") {
            subject.default("apiGroup", group());
        }
    }
}

/// `SetDefaults_ValidatingWebhook` of pkg/apis/admissionregistration/v1/defaults.go.
fn webhook(webhook: &mut Tree) {
    let text = Tree::text;
    webhook.default("failurePolicy", text("Fail"));
    webhook.default("matchPolicy", text("Equivalent"));
    webhook.default("timeoutSeconds", Tree::Int(10));
    webhook.default("reinvocationPolicy", text("Never"));
    webhook.default("namespaceSelector", Tree::empty());
    webhook.default("objectSelector", Tree::empty());
    for rule in webhook.items_mut("rules") {
        rule.default("scope", text("*"));
    }
    if let Some(service) = webhook
        .get_mut("clientConfig")
        .and_then(|config| config.get_mut("service"))
    {
        service.default("port", Tree::Int(443));
    }
}

/// `SetDefaults_CustomResourceDefinitionSpec` of apiextensions-apiserver.
fn definition(spec: &mut Tree) {
    let conversion = spec.ensure("conversion");
    conversion.default("strategy", Tree::text("None"));
    let names = spec.ensure("names");
    let kind = names.str("kind").to_owned();
    names.default("singular", Tree::text(&kind.to_lowercase()));
    names.default("listKind", Tree::text(&format!("{kind}List")));
}

#[cfg(test)]
mod tests {
    use crate::admission::Stored;
    use crate::manifest::Route;
    use crate::manifest::parse::parse_alone;

    fn is_same(head: &str, old: &str, new: &str) -> bool {
        let (old, new) = (format!("{head}{old}\n"), format!("{head}{new}\n"));
        let (both, _) = parse_alone([old.as_str(), new.as_str()]);
        let [old, new] = both.iter().as_slice() else {
            panic!("two objects are wanted: {both:?}");
        };
        let stored = Stored::of(old, new).expect("a built-in kind");
        stored.is_same(&Route::root(), &Route::root())
    }

    #[test]
    fn what_the_server_fills_in_is_no_difference() {
        let service = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: ";
        assert!(is_same(
            service,
            "{ports: [{port: 80}]}",
            "{ports: [{port: 80, protocol: TCP, targetPort: 80}], type: ClusterIP}"
        ));
        assert!(!is_same(
            service,
            "{ports: [{port: 80}]}",
            "{ports: [{port: 80, targetPort: 81}]}"
        ));
        let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: ";
        assert!(is_same(
            deployment,
            "{template: {spec: {containers: [{name: c, image: i:1, resources: {limits: {cpu: 1}}}]}}}",
            "{replicas: 1, strategy: {type: RollingUpdate}, template: {spec: {restartPolicy: Always, containers: [{name: c, image: i:1, resources: {limits: {cpu: 1000m}}}]}}}"
        ));
        assert!(!is_same(
            deployment,
            "{template: {}}",
            "{replicas: 0, template: {}}"
        ));
        let stateful = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: a}\nspec: ";
        assert!(is_same(
            stateful,
            "{updateStrategy: {rollingUpdate: {partition: 0}}}",
            "{podManagementPolicy: OrderedReady}"
        ));
        let policy = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec: ";
        assert!(is_same(
            policy,
            "{podSelector: {}}",
            "{podSelector: {}, policyTypes: [Ingress]}"
        ));
        assert!(!is_same(
            policy,
            "{podSelector: {}, egress: []}",
            "{podSelector: {}, policyTypes: [Ingress, Egress]}"
        ));
    }
}
