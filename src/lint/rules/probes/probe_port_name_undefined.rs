use super::probe_port::{asked, by_name};
use crate::lint::prelude::*;

rule! {
    name: "probe-port-name-undefined",
    group: Probes,
    severity: Error,
    presets: [Default],
    peers: [],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    for place in [
        "livenessProbe",
        "readinessProbe",
        "startupProbe",
        "lifecycle.postStart",
        "lifecycle.preStop",
    ] {
        if let Some(asked) = asked(place, container)
            && let PortRef::Name(wanted) = asked.port
        {
            by_name(&asked, wanted, workload, container, out);
        }
    }
}
