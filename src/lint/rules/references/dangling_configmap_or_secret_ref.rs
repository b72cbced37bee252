use crate::lint::prelude::*;
use crate::manifest::uses;

rule! {
    name: "dangling-configmap-or-secret-ref",
    group: References,
    severity: Warning,
    presets: [Recommended],
    confidence: Likely,
    peers: ["kube-linter:env-value-from", "popeye:POP-304", "popeye:POP-305"],
    check: Workload(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    for reference in uses::of(workload) {
        let kind = ("", reference.kind);
        if reference.is_optional || !fleet.is_missing(kind, Some(workload.namespace), reference.name) {
            continue;
        }
        let help = match fleet.nearest_name(kind, Some(workload.namespace), reference.name) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => {
                "add it, or set `optional: true`; if something else makes it, suppress this with the reason"
                    .to_owned()
            }
        };
        out.value(
            reference.route,
            format!(
                "pods of {} use the {} `{}`, which is not there",
                workload.title(),
                reference.kind,
                reference.name
            ),
            help,
        );
    }
}
