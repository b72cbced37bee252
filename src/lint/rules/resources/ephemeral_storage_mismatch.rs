use crate::admission::quantity::Quantity;
use crate::lint::prelude::*;

rule! {
    name: "ephemeral-storage-mismatch",
    group: Resources,
    severity: Info,
    presets: [],
    peers: ["kube-score:container-ephemeral-storage-request-equals-limit"],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let amount = |list: &str| {
        let amount = container
            .get(&format!("resources.{list}"))
            .and_then(|list| list.get("ephemeral-storage"));
        amount.and_then(|amount| Quantity::parse(amount.str()))
    };
    let (Some(request), Some(limit)) = (amount("requests"), amount("limits")) else {
        return;
    };
    if request < limit {
        out.value(
            container.at("resources.limits").then("ephemeral-storage"),
            format!(
                "{} may use more of its node's disk than it asks for",
                container.title(workload)
            ),
            "make request and limit of `ephemeral-storage` the same",
        );
    }
}
