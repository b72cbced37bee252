use crate::lint::prelude::*;

rule! {
    name: "privileged-ports",
    group: Network,
    severity: Info,
    presets: [],
    peers: ["kube-linter:privileged-ports", "trivy:KSV-0117"],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    for port in container.items("ports") {
        if let Some(number) = port
            .get("containerPort")
            .and_then(NodeRef::as_i64)
            .filter(|number| (1..1024).contains(number))
        {
            out.value(
                port.at("containerPort"),
                format!(
                    "{} opens port {number}, which once only root could",
                    container.title(workload)
                ),
                "let the program listen on a port above 1023",
            );
        }
    }
}
