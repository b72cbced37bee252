use crate::lint::prelude::*;

rule! {
    name: "short-startup-window",
    group: Probes,
    severity: Warning,
    presets: [Recommended, Availability],
    confidence: Likely,
    parameters: [Number(AT_LEAST)],
    peers: [],
    check: Container(check),
}

static AT_LEAST: Number = Number {
    name: "at-least-seconds",
    about: "How long a start may take at least: on a busy node, even of a small program",
    least: 1,
    default: 10,
};

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let Some(probe) = container
        .get("livenessProbe")
        .filter(|_| container.get("startupProbe").is_none())
    else {
        return;
    };
    let number = |key, default| probe.get(key).and_then(NodeRef::as_i64).unwrap_or(default);
    let rounds = number("failureThreshold", 3).saturating_mul(number("periodSeconds", 10));
    let window = number("initialDelaySeconds", 0).saturating_add(rounds);
    if window < out.number(&AT_LEAST) {
        out.key(
            container.at("livenessProbe"),
            format!(
                "{} is killed if it does not answer within {window} s of its start",
                container.title(workload)
            ),
            "add a `startupProbe` with the longest start that is acceptable, or raise `failureThreshold`",
        );
    }
}
