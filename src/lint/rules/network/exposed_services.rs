use crate::lint::prelude::*;

rule! {
    name: "exposed-services",
    group: Network,
    severity: Info,
    presets: [],
    parameters: [Words(TYPES)],
    peers: [
        "kube-linter:exposed-services",
        "kube-score:service-type",
        "datree:SERVICE_INCORRECT_TYPE_VALUE_NODEPORT",
        "popeye:POP-1103",
        "popeye:POP-1104",
        "kyverno:restrict-nodeport",
        "kyverno:no-loadbalancer-service",
        "gatekeeper:K8sBlockNodePort",
        "gatekeeper:K8sBlockLoadBalancer",
    ],
    check: Kinds(&[("", "Service")], check),
}

static TYPES: Words = Words {
    name: "types",
    about: "Types of Services that can be reached from outside",
    default: &["NodePort", "LoadBalancer"],
};

fn check<'m>(_: &Fleet<'m>, service: &'m Manifest, out: &mut Sink<'_>) {
    let kind = service.get("spec.type").map_or("", NodeRef::str);
    if out.words(&TYPES).contains(&kind) {
        out.value(
            service.route("spec.type"),
            format!(
                "Service `{}` can be reached from outside of the cluster",
                service.id.name
            ),
            "use `ClusterIP`, and an Ingress or a Gateway for what must be reached",
        );
    }
}
