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
    for port in container.items("ports") {
        let is_ssh = port.get("containerPort").and_then(NodeRef::as_i64) == Some(22);
        if is_ssh && crate::manifest::view::protocol(port.node) == "TCP" {
            out.value(
                port.at("containerPort"),
                format!("{} opens the port of SSH", container.title(workload)),
                "use `kubectl exec` or `kubectl debug`: they are in the audit log",
            );
        }
    }
}
