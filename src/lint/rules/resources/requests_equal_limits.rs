use crate::admission::quantity::Quantity;
use crate::lint::prelude::*;

rule! {
    name: "requests-equal-limits",
    group: Resources,
    severity: Info,
    presets: [Strict],
    peers: [
        "kube-score:container-memory-requests-equal-limits",
        "kube-score:container-resource-requests-equal-limits",
        "datree:EKS_INVALID_MEMORY_REQUEST_LIMIT",
        "kyverno:memory-requests-equal-limits",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let (request, limit) = ("resources.requests.memory", "resources.limits.memory");
    let (Some(requested), Some(limited)) = (container.get(request), container.get(limit)) else {
        return;
    };
    let (Some(fewer), Some(more)) = (Quantity::parse(requested.str()), Quantity::parse(limited.str())) else {
        return;
    };
    if fewer < more {
        out.value(
            container.at(limit),
            format!(
                "{} may use {} of memory and asks for {}",
                container.title(workload),
                limited.str(),
                requested.str()
            ),
            "make request and limit of memory the same",
        );
    }
}
