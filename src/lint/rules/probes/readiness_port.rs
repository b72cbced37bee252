use super::probe_port;
use crate::lint::prelude::*;

rule! {
    name: "readiness-port",
    group: Probes,
    severity: Warning,
    presets: [Recommended],
    confidence: Likely,
    peers: ["kube-linter:readiness-port"],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    probe_port::check("readinessProbe", workload, container, out);
}
