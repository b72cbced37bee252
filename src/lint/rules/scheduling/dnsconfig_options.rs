use crate::lint::prelude::*;

rule! {
    name: "dnsconfig-options",
    group: Scheduling,
    severity: Info,
    presets: [],
    peers: ["kube-linter:dnsconfig-options"],
    check: Pods(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let mut options = workload
        .get("dnsConfig.options")
        .into_iter()
        .flat_map(NodeRef::items);
    if !options.any(|option| option.get("name").is_some_and(|name| name.str() == "ndots")) {
        out.missing(
            workload.route("dnsConfig"),
            format!(
                "pods of {} try every name in the cluster's domains first",
                workload.title()
            ),
            "set the option `ndots: \"2\"` in `dnsConfig`",
        );
    }
}
