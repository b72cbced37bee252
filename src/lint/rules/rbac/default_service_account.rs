use crate::lint::prelude::*;

rule! {
    name: "default-service-account",
    group: Rbac,
    severity: Info,
    presets: [Strict, Security],
    peers: [
        "kube-linter:default-service-account",
        "kubesec:ServiceAccountName",
        "popeye:POP-300",
    ],
    check: Pods(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let name = workload
        .get("serviceAccountName")
        .or_else(|| workload.get("serviceAccount"));
    let is_default = name.is_none_or(|name| matches!(name.str(), "" | "default"));
    if is_default
        && workload
            .get("automountServiceAccountToken")
            .and_then(NodeRef::as_bool)
            != Some(false)
    {
        let message = format!(
            "pods of {} use the ServiceAccount that all of the namespace share",
            workload.title()
        );
        let help = "make a ServiceAccount for the program and name it in `serviceAccountName`";
        if name.is_some() {
            out.value(workload.route("serviceAccountName"), message, help);
        } else {
            out.missing(workload.route("serviceAccountName"), message, help);
        }
    }
}
