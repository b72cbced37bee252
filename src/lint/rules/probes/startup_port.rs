use super::probe_port;
use crate::lint::prelude::*;

rule! {
    name: "startup-port",
    group: Probes,
    severity: Warning,
    presets: [Recommended],
    confidence: Likely,
    peers: ["kube-linter:startup-port"],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    probe_port::check("startupProbe", workload, container, out);
}
