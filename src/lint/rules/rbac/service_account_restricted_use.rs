use crate::lint::prelude::*;

rule! {
    name: "service-account-restricted-use",
    group: Rbac,
    severity: Warning,
    presets: [],
    parameters: [Globs(ALLOWED)],
    peers: ["kyverno:restrict-service-account"],
    check: Workload(check),
}

static ALLOWED: Globs = Globs {
    name: "allowed",
    about: "ServiceAccounts that pods may run as: shop, team-*",
    default: &[],
};

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let written = workload.get("serviceAccountName");
    let account = written
        .map(NodeRef::str)
        .filter(|name| !name.is_empty())
        .unwrap_or("default");
    if out.allows(&ALLOWED, account) {
        return;
    }
    let route = workload.route("serviceAccountName");
    let message = format!(
        "pods of {} run as the ServiceAccount `{account}`",
        workload.title()
    );
    let help = format!("name one that this project allows: {}", out.listed(&ALLOWED));
    if written.is_some() {
        out.value(route, message, help);
    } else {
        out.missing(route, message, help);
    }
}
