use crate::lint::prelude::*;

rule! {
    name: "cpu-limit-set",
    group: Resources,
    severity: Info,
    presets: [],
    peers: ["datree:EKS_INVALID_CPU_LIMIT", "kyverno:forbid-cpu-limits"],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let path = "resources.limits.cpu";
    if container.get(path).is_some() {
        out.value(
            container.at(path),
            format!("{} has a limit of cpu", container.title(workload)),
            "remove the limit and keep the request, which shares cpu fairly under load",
        );
    }
}
