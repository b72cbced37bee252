use crate::lint::prelude::*;

rule! {
    name: "priority-class-name",
    group: Scheduling,
    severity: Warning,
    presets: [Default],
    parameters: [Globs(ALLOWED)],
    peers: ["kube-linter:priority-class-name", "kyverno:allowed-podpriorities"],
    check: Workload(check),
}

static ALLOWED: Globs = Globs {
    name: "allowed",
    about: "Priority classes that pods may name; all but those of the system when not said",
    default: &[],
};

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let class = workload.get("priorityClassName").map_or("", NodeRef::str);
    let namespace = workload.manifest.id.namespace.as_deref();
    // `default` is also what a chart prints for `.Release.Namespace` when nobody said one.
    let is_elsewhere = namespace.is_some_and(|namespace| !matches!(namespace, "kube-system" | "default"));
    if class.starts_with("system-") && is_elsewhere {
        out.value(
            workload.route("priorityClassName"),
            format!(
                "pods of {} ask for `{class}` outside of `kube-system`",
                workload.title()
            ),
            "make a PriorityClass of your own",
        );
    } else if !class.is_empty() && !out.allows(&ALLOWED, class) {
        out.value(
            workload.route("priorityClassName"),
            format!(
                "pods of {} ask for the priority class `{class}`",
                workload.title()
            ),
            format!("name one that this project allows: {}", out.listed(&ALLOWED)),
        );
    }
}
