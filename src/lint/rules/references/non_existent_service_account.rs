use crate::lint::prelude::*;

rule! {
    name: "non-existent-service-account",
    group: References,
    severity: Warning,
    presets: [Default],
    peers: ["kube-linter:non-existent-service-account", "popeye:POP-307", "popeye:POP-507"],
    check: Workload(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    const ACCOUNT: (&str, &str) = ("", "ServiceAccount");
    let Some(name) = workload
        .get("serviceAccountName")
        .or_else(|| workload.get("serviceAccount"))
        .map(NodeRef::str)
        .filter(|name| !name.is_empty())
    else {
        return;
    };
    if !fleet.is_missing(ACCOUNT, Some(workload.namespace), name) {
        return;
    }
    let help = match fleet.nearest_name(ACCOUNT, Some(workload.namespace), name) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "add the ServiceAccount, or correct the name".to_owned(),
    };
    out.value(
        workload.route("serviceAccountName"),
        format!(
            "pods of {} name the ServiceAccount `{name}`, which is not there",
            workload.title()
        ),
        help,
    );
}
