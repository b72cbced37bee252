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
        if let Some((route, PortRef::Name(wanted))) = asked(place, container) {
            by_name(place, (route, wanted), workload, container, out);
        }
    }
}
