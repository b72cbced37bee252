use crate::lint::prelude::*;

rule! {
    name: "service-port-range",
    group: Network,
    severity: Error,
    presets: [Default],
    confidence: Likely,
    peers: ["kyverno:restrict-service-port-range"],
    check: Kinds(&[("", "Service")], check),
}

fn check<'m>(_: &Fleet<'m>, service: &'m Manifest, out: &mut Sink<'_>) {
    for (index, port) in service
        .get("spec.ports")
        .into_iter()
        .flat_map(NodeRef::items)
        .enumerate()
    {
        let Some(number) = port.get("nodePort").and_then(NodeRef::as_i64) else {
            continue;
        };
        if (1..=65_535).contains(&number) && !(30_000..=32_767).contains(&number) {
            out.value(
                service.route("spec.ports").then(index).then("nodePort"),
                format!(
                    "Service `{}` wants the node port {number}, and clusters give 30000 to 32767",
                    service.id.name
                ),
                "choose a port in the range, or leave it out and get one",
            );
        }
    }
}
