use crate::lint::prelude::*;

rule! {
    name: "priority-class-name",
    group: Scheduling,
    severity: Warning,
    presets: [Default],
    peers: ["kube-linter:priority-class-name", "kyverno:allowed-podpriorities"],
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let class = workload.get("priorityClassName").map_or("", NodeRef::str);
    let namespace = workload.manifest.id.namespace.as_deref();
    if class.starts_with("system-") && namespace.is_some_and(|namespace| namespace != "kube-system") {
        out.value(
            workload.route("priorityClassName"),
            format!(
                "pods of {} ask for `{class}` outside of `kube-system`",
                workload.title()
            ),
            "make a PriorityClass of your own",
        );
    }
}
