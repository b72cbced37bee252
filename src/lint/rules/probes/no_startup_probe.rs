use super::identical_probes::patience;
use crate::lint::prelude::*;

rule! {
    name: "no-startup-probe",
    group: Probes,
    severity: Warning,
    presets: [Default],
    parameters: [Number(LONG_DELAY)],
    peers: [],
    check: Container(check),
}

static LONG_DELAY: Number = Number {
    name: "delay-seconds",
    about: "The delay in seconds from which on it is there for a slow start, not for the first tick",
    least: 1,
    default: 30,
};

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    if workload.runs_to_completion()
        || container.role == Role::Init
        || container.get("startupProbe").is_some()
    {
        return;
    }
    let Some(liveness) = container.get("livenessProbe") else {
        return;
    };
    let delay = liveness
        .get("initialDelaySeconds")
        .and_then(NodeRef::as_i64)
        .unwrap_or(0);
    // A probe that fails as long as the delay before it acts gives a start that time too, and a hang no less.
    if delay < out.number(&LONG_DELAY) || delay <= patience(liveness) {
        return;
    }
    out.push(
        Finding::new(
            &RULE.meta,
            workload.at(container.route.then("livenessProbe").then("initialDelaySeconds"), Part::Key),
            format!(
                "container `{}` of {} gives a slow start {delay} s by `initialDelaySeconds` and has no `startupProbe`",
                container.name(),
                workload.title()
            ),
        )
        .help("add a `startupProbe` with the same check and remove the delay: a start that takes longer is not killed, and a hang after a quick start is seen at once"),
    );
}
