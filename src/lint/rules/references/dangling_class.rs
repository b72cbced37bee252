use crate::lint::prelude::*;

rule! {
    name: "dangling-class",
    group: References,
    severity: Warning,
    presets: [Default],
    peers: [],
    check: Workload(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let classes = [
        ("priorityClassName", ("scheduling.k8s.io", "PriorityClass")),
        ("runtimeClassName", ("node.k8s.io", "RuntimeClass")),
    ];
    for (field, kind) in classes {
        let Some(name) = workload
            .get(field)
            .map(NodeRef::str)
            .filter(|name| !name.is_empty())
        else {
            continue;
        };
        if name.starts_with("system-") || !fleet.is_missing(kind, None, name) {
            continue;
        }
        let help = match fleet.nearest_name(kind, None, name) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("add the {}, or correct the name", kind.1),
        };
        out.value(
            workload.route(field),
            format!(
                "pods of {} name the {} `{name}`, which is not there",
                workload.title(),
                kind.1
            ),
            help,
        );
    }
}
