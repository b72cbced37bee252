use crate::lint::prelude::*;

rule! {
    name: "user-namespace",
    group: SecurityContext,
    severity: Info,
    presets: [],
    peers: ["kubesec:HostUsers"],
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let uses_node = ["hostNetwork", "hostPID", "hostIPC"]
        .iter()
        .any(|field| workload.is_true(field));
    if workload.get("hostUsers").and_then(NodeRef::as_bool) != Some(false)
        && !uses_node
        && !workload.is_windows()
    {
        out.missing(
            workload.route("hostUsers"),
            format!("pods of {} share the node's user ids", workload.title()),
            "set `hostUsers: false` where the nodes support it: root inside is then nobody on the node",
        );
    }
}
