use super::no_liveness_probe::{can_be_asked, lacks_probe};
use crate::lint::prelude::*;

rule! {
    name: "not-restarted-by-probe",
    group: Probes,
    severity: Info,
    presets: [Strict],
    peers: [
        "kube-linter:no-liveness-probe",
        "polaris:livenessProbeMissing",
        "checkov:CKV_K8S_8",
        "datree:CONTAINERS_MISSING_LIVENESSPROBE_KEY",
        "popeye:POP-103",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    if lacks_probe(workload, container) && !can_be_asked(container) {
        out.missing(
            container.at("livenessProbe"),
            format!("{} is not restarted when it hangs", container.title(workload)),
            "add a `livenessProbe`: a command that looks at what the program did last, such as the age of a file that it touches, does without a port",
        );
    }
}
