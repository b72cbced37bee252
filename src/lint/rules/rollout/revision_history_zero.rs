use crate::lint::prelude::*;

rule! {
    name: "revision-history-zero",
    group: Rollout,
    severity: Warning,
    presets: [Default],
    peers: [],
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let path = "spec.revisionHistoryLimit";
    if workload.manifest.get(path).and_then(NodeRef::as_i64) == Some(0) {
        out.value(
            workload.manifest.route(path),
            format!("{} keeps no old version to go back to", workload.title()),
            "keep at least 1: `kubectl rollout undo` needs it",
        );
    }
}
