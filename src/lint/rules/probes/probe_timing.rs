use crate::lint::prelude::*;

rule! {
    name: "probe-timing",
    group: Probes,
    severity: Warning,
    presets: [Recommended],
    peers: [
        "datree:CONTAINERS_INCORRECT_TIMEOUTSECONDS_VALUE",
        "datree:CONTAINERS_INCORRECT_PERIODSECONDS_VALUE",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let Some(node) = container.get(probe) else {
            continue;
        };
        let number = |key, default| node.get(key).and_then(NodeRef::as_i64).unwrap_or(default);
        let (period, timeout) = (number("periodSeconds", 10), number("timeoutSeconds", 1));
        if timeout > period {
            let key = if node.get("timeoutSeconds").is_some() {
                "timeoutSeconds"
            } else {
                "periodSeconds"
            };
            out.value(
                container.at(probe).then(key),
                format!(
                    "`{probe}` of {} waits {timeout} s for an answer and asks every {period} s",
                    container.title(workload)
                ),
                "make `timeoutSeconds` at most `periodSeconds`",
            );
        }
    }
}
