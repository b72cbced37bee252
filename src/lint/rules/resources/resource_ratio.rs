use crate::admission::quantity::Quantity;
use crate::lint::prelude::*;

rule! {
    name: "resource-ratio",
    group: Resources,
    severity: Info,
    presets: [],
    parameters: [Number(AT_MOST)],
    peers: ["gatekeeper:K8sContainerRatios", "kyverno:enforce-resources-as-ratio"],
    check: Container(check),
}

static AT_MOST: Number = Number {
    name: "at-most",
    about: "How many times the request a limit may be",
    least: 1,
    default: 4,
};

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let amount = |path| {
        container
            .get(path)
            .and_then(|amount| Quantity::parse(amount.str()))
            .map(Quantity::value)
    };
    let at_most = out.number(&AT_MOST);
    let (Some(request), Some(limit)) = (
        amount("resources.requests.memory"),
        amount("resources.limits.memory"),
    ) else {
        return;
    };
    if request > 0 && limit > request.saturating_mul(i128::from(at_most)) {
        out.value(
            container.at("resources.limits.memory"),
            format!(
                "{} may use {} times the memory that it asks for",
                container.title(workload),
                limit / request
            ),
            format!("raise the request, or lower the limit, to at most {at_most} times the request"),
        );
    }
}
