use crate::lint::prelude::*;

rule! {
    name: "ssh-port",
    group: Network,
    severity: Info,
    presets: [Strict, Security],
    peers: ["kube-linter:ssh-port"],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    for (index, port) in container
        .node
        .get("ports")
        .into_iter()
        .flat_map(NodeRef::items)
        .enumerate()
    {
        let is_ssh = port.get("containerPort").and_then(NodeRef::as_i64) == Some(22);
        if is_ssh && crate::manifest::view::protocol(port) == "TCP" {
            out.value(
                container.at("ports").then(index).then("containerPort"),
                format!("{} opens the port of SSH", container.title(workload)),
                "use `kubectl exec` or `kubectl debug`: they are in the audit log",
            );
        }
    }
}
