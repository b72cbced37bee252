//! Which objects an object names, in the fields that Kubernetes knows for it.

use plimsoll_yaml::NodeRef;

use super::view::Workload;
use super::{GroupKind, Manifest, Route, Step, uses};

/// An object that another one names.
#[derive(Debug, Clone)]
pub struct Mention<'m> {
    /// Group and kind of what is named; the group is empty where the field does not say one.
    pub kind: GroupKind<'m>,
    /// Its namespace; that of the holder, unless the reference says another.
    pub namespace: &'m str,
    /// Its name.
    pub name: &'m str,
    /// Where the name is in the holder.
    pub route: Route,
}

/// What a field that names an object looks like.
#[derive(Clone, Copy)]
enum Shape {
    /// The name itself, of an object of this kind.
    Name(GroupKind<'static>),
    /// A mapping with `name`, and `namespace` if it is another, of an object of this kind.
    Mapping(GroupKind<'static>),
    /// A mapping that says the kind too; of this one if it does not.
    Typed(GroupKind<'static>),
}

const SERVICE: GroupKind<'static> = ("", "Service");
const SECRET: GroupKind<'static> = ("", "Secret");
const ROLE: GroupKind<'static> = ("rbac.authorization.k8s.io", "Role");
const ACCOUNT: GroupKind<'static> = ("", "ServiceAccount");
const CLAIM: GroupKind<'static> = ("", "PersistentVolumeClaim");
const DEPLOYMENT: GroupKind<'static> = ("apps", "Deployment");
const GATEWAY: GroupKind<'static> = ("gateway.networking.k8s.io", "Gateway");

/// Group and kind of the holder, the path of the field (`[]` for each item of a list), and what it looks like.
const FIELDS: &[(GroupKind<'static>, &str, Shape)] = &[
    (
        ("networking.k8s.io", "Ingress"),
        "spec.defaultBackend.service",
        Shape::Mapping(SERVICE),
    ),
    (
        ("networking.k8s.io", "Ingress"),
        "spec.rules[].http.paths[].backend.service",
        Shape::Mapping(SERVICE),
    ),
    (
        ("networking.k8s.io", "Ingress"),
        "spec.tls[].secretName",
        Shape::Name(SECRET),
    ),
    (
        ("networking.k8s.io", "Ingress"),
        "spec.ingressClassName",
        Shape::Name(("networking.k8s.io", "IngressClass")),
    ),
    (
        ("gateway.networking.k8s.io", "HTTPRoute"),
        "spec.rules[].backendRefs[]",
        Shape::Typed(SERVICE),
    ),
    (
        ("gateway.networking.k8s.io", "GRPCRoute"),
        "spec.rules[].backendRefs[]",
        Shape::Typed(SERVICE),
    ),
    (
        ("gateway.networking.k8s.io", "HTTPRoute"),
        "spec.parentRefs[]",
        Shape::Typed(GATEWAY),
    ),
    (
        ("gateway.networking.k8s.io", "GRPCRoute"),
        "spec.parentRefs[]",
        Shape::Typed(GATEWAY),
    ),
    (
        ("gateway.networking.k8s.io", "Gateway"),
        "spec.listeners[].tls.certificateRefs[]",
        Shape::Typed(SECRET),
    ),
    (
        ("gateway.networking.k8s.io", "Gateway"),
        "spec.gatewayClassName",
        Shape::Name(("gateway.networking.k8s.io", "GatewayClass")),
    ),
    (
        ("rbac.authorization.k8s.io", "RoleBinding"),
        "roleRef",
        Shape::Typed(ROLE),
    ),
    (
        ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
        "roleRef",
        Shape::Typed(ROLE),
    ),
    (
        ("rbac.authorization.k8s.io", "RoleBinding"),
        "subjects[]",
        Shape::Typed(ACCOUNT),
    ),
    (
        ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
        "subjects[]",
        Shape::Typed(ACCOUNT),
    ),
    (
        ("autoscaling", "HorizontalPodAutoscaler"),
        "spec.scaleTargetRef",
        Shape::Typed(DEPLOYMENT),
    ),
    (
        ("keda.sh", "ScaledObject"),
        "spec.scaleTargetRef",
        Shape::Typed(DEPLOYMENT),
    ),
    (("apps", "StatefulSet"), "spec.serviceName", Shape::Name(SERVICE)),
    (
        ("apps", "StatefulSet"),
        "spec.volumeClaimTemplates[].spec.storageClassName",
        Shape::Name(("storage.k8s.io", "StorageClass")),
    ),
    (
        CLAIM,
        "spec.storageClassName",
        Shape::Name(("storage.k8s.io", "StorageClass")),
    ),
    (ACCOUNT, "imagePullSecrets[]", Shape::Mapping(SECRET)),
    (ACCOUNT, "secrets[]", Shape::Mapping(SECRET)),
    (
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
        "webhooks[].clientConfig.service",
        Shape::Mapping(SERVICE),
    ),
    (
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
        "webhooks[].clientConfig.service",
        Shape::Mapping(SERVICE),
    ),
    (
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        "spec.conversion.webhook.clientConfig.service",
        Shape::Mapping(SERVICE),
    ),
    (
        ("apiregistration.k8s.io", "APIService"),
        "spec.service",
        Shape::Mapping(SERVICE),
    ),
];

/// The same for every pod, below its `spec`. ConfigMaps and Secrets that pods read are in [`uses`].
const POD_FIELDS: &[(&str, Shape)] = &[
    ("serviceAccountName", Shape::Name(ACCOUNT)),
    ("imagePullSecrets[]", Shape::Mapping(SECRET)),
    ("volumes[].persistentVolumeClaim.claimName", Shape::Name(CLAIM)),
    (
        "priorityClassName",
        Shape::Name(("scheduling.k8s.io", "PriorityClass")),
    ),
    ("runtimeClassName", Shape::Name(("node.k8s.io", "RuntimeClass"))),
];

/// Everything an object names; `workload` is its view, if it makes pods.
pub fn of<'m>(
    manifest: &'m Manifest,
    namespace: &'m str,
    workload: Option<&Workload<'m>>,
) -> Vec<Mention<'m>> {
    let mut found = Vec::new();
    let kind = manifest.id.group_kind();
    for (_, path, shape) in FIELDS.iter().filter(|(holder, ..)| *holder == kind) {
        follow(manifest.node(), path, Route::root(), &mut |node, route| {
            found.extend(mention(node, route, *shape, namespace));
        });
    }
    if let Some((workload, spec)) = workload.and_then(|workload| Some((workload, workload.spec()?))) {
        for (path, shape) in POD_FIELDS {
            follow(spec, path, workload.template.then("spec"), &mut |node, route| {
                found.extend(mention(node, route, *shape, namespace));
            });
        }
        found.extend(uses::of(workload).into_iter().map(|used| Mention {
            kind: ("", used.kind),
            namespace,
            name: used.name,
            route: used.route,
        }));
    }
    found
}

fn mention<'m>(node: NodeRef<'m>, route: &Route, shape: Shape, namespace: &'m str) -> Option<Mention<'m>> {
    let text = |key: &str| node.get(key).map(NodeRef::str).filter(|text| !text.is_empty());
    let (name, kind) = match shape {
        Shape::Name(kind) => (
            Some(node.str()).filter(|_| node.is_scalar() && !node.is_null()),
            kind,
        ),
        Shape::Mapping(kind) => (text("name"), kind),
        Shape::Typed((group, usual)) => {
            let version =
                text("apiVersion").map(|version| version.rsplit_once('/').map_or("", |(group, _)| group));
            let kind = text("kind").unwrap_or(usual);
            let known = if kind == usual { group } else { "" };
            (
                text("name"),
                (
                    text("apiGroup")
                        .or_else(|| text("group"))
                        .or(version)
                        .unwrap_or(known),
                    kind,
                ),
            )
        }
    };
    Some(Mention {
        kind,
        namespace: text("namespace").unwrap_or(namespace),
        name: name.filter(|name| !name.is_empty())?,
        route: if matches!(shape, Shape::Name(_)) {
            route.clone()
        } else {
            route.then("name")
        },
    })
}

/// Calls `found` with each place that a path leads to: `rules[].http.paths[]`.
fn follow<'m>(node: NodeRef<'m>, path: &str, route: Route, found: &mut dyn FnMut(NodeRef<'m>, &Route)) {
    let (first, rest) = path
        .split_once('.')
        .map_or((path, None), |(first, rest)| (first, Some(rest)));
    let (key, is_list) = first.strip_suffix("[]").map_or((first, false), |key| (key, true));
    let Some(below) = node.get(key).filter(|node| !node.is_null()) else {
        return;
    };
    let route = route.then(key);
    let places: Vec<(NodeRef<'m>, Route)> = if is_list {
        let items = below.items().enumerate();
        items
            .map(|(index, item)| (item, route.then(Step::from(index))))
            .collect()
    } else {
        vec![(below, route)]
    };
    for (place, route) in places {
        match rest {
            Some(rest) => follow(place, rest, route, found),
            None => found(place, &route),
        }
    }
}
