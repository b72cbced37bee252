use crate::admission::quantity::Quantity;
use crate::lint::prelude::*;

rule! {
    name: "requests-equal-limits",
    group: Resources,
    severity: Info,
    presets: [Strict],
    parameters: [Words(RESOURCES)],
    peers: [
        "kube-score:container-cpu-requests-equal-limits",
        "kube-score:container-memory-requests-equal-limits",
        "kube-score:container-resource-requests-equal-limits",
        "datree:EKS_INVALID_MEMORY_REQUEST_LIMIT",
        "kyverno:memory-requests-equal-limits",
    ],
    check: Container(check),
}

/// Of cpu, a limit above the request costs nobody.
static RESOURCES: Words = Words {
    name: "resources",
    about: "Of which resources request and limit are the same",
    default: &["memory"],
};

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let resources: Vec<String> = out.words(&RESOURCES).into_iter().map(str::to_owned).collect();
    for resource in &resources {
        let of = |kind: &str| {
            let amounts = container.get(&format!("resources.{kind}"));
            amounts
                .and_then(|amounts| amounts.get(resource))
                .filter(|amount| !amount.is_null())
        };
        let Some(requested) = of("requests").map(NodeRef::str) else {
            continue;
        };
        let help = format!("make request and limit of {resource} the same");
        let Some(limited) = of("limits").map(NodeRef::str) else {
            out.missing(
                container.at("resources.limits").then(resource.as_str()),
                format!(
                    "{} asks for {requested} of {resource} and may use any amount",
                    container.title(workload)
                ),
                help,
            );
            continue;
        };
        let amounts = (Quantity::parse(requested), Quantity::parse(limited));
        if matches!(amounts, (Some(fewer), Some(more)) if fewer < more) {
            out.value(
                container.at("resources.limits").then(resource.as_str()),
                format!(
                    "{} may use {limited} of {resource} and asks for {requested}",
                    container.title(workload),
                ),
                help,
            );
        }
    }
}
