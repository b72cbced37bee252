use crate::lint::prelude::*;

rule! {
    name: "ephemeral-storage-unset",
    group: Resources,
    severity: Info,
    presets: [],
    peers: [
        "kube-score:container-ephemeral-storage-request-and-limit",
        "gatekeeper:K8sContainerEphemeralStorageLimit",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let has = |list: &str| {
        container
            .get(&format!("resources.{list}"))
            .is_some_and(|list| list.get("ephemeral-storage").is_some())
    };
    if container.role != Role::Init && !(has("requests") && has("limits")) {
        out.missing(
            container.at("resources.limits").then("ephemeral-storage"),
            format!("{} may fill the disk of its node", container.title(workload)),
            "set `resources.requests` and `limits` of `ephemeral-storage`",
        );
    }
}
