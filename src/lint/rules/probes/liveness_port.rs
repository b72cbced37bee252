use super::probe_port;
use crate::lint::prelude::*;

rule! {
    name: "liveness-port",
    group: Probes,
    severity: Warning,
    presets: [Recommended],
    confidence: Likely,
    peers: ["kube-linter:liveness-port"],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    probe_port::check("livenessProbe", workload, container, out);
}
