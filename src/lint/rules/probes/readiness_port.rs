use super::probe_port;
use crate::lint::prelude::*;

rule! {
    name: "readiness-port",
    group: Probes,
    severity: Warning,
    presets: [Default],
    peers: ["kube-linter:readiness-port"],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    out.extend(probe_port::check(
        &RULE.meta,
        "readinessProbe",
        workload,
        container,
    ));
}
