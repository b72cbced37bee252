use crate::lint::prelude::*;

rule! {
    name: "host-aliases",
    group: Scheduling,
    severity: Info,
    presets: [],
    peers: ["kubesec:HostAliases", "trivy:KSV-0007"],
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    if workload
        .get("hostAliases")
        .is_some_and(|aliases| !aliases.is_empty())
    {
        out.key(
            workload.route("hostAliases"),
            format!("pods of {} have names of hosts of their own", workload.title()),
            "put the names into DNS",
        );
    }
}
