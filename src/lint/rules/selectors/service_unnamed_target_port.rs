use crate::lint::prelude::*;
use crate::manifest::view::Port;

rule! {
    name: "service-unnamed-target-port",
    group: Selectors,
    severity: Info,
    presets: [Strict],
    peers: ["popeye:POP-1102"],
    check: Kinds(&[("", "Service")], check),
}

fn check<'m>(fleet: &Fleet<'m>, service: &'m Manifest, out: &mut Sink<'_>) {
    let behind = fleet.behind(service);
    for (index, port) in service
        .get("spec.ports")
        .into_iter()
        .flat_map(NodeRef::items)
        .enumerate()
    {
        let Some(wanted @ PortRef::Number(number)) = port.get("targetPort").and_then(PortRef::of) else {
            continue;
        };
        let named = |workload: &&Workload<'m>| -> Option<Port<'m>> {
            workload.port(wanted).filter(|port| port.name.is_some())
        };
        let Some((workload, name)) = behind
            .iter()
            .find_map(|workload| Some((workload, named(workload)?.name?)))
        else {
            continue;
        };
        out.value(
            service.route("spec.ports").then(index).then("targetPort"),
            format!(
                "Service `{}` asks port {number} of {} by its number; its name is `{name}`",
                service.id.name,
                workload.title()
            ),
            format!("write `targetPort: {name}`: the pods may then change the number"),
        );
    }
}
