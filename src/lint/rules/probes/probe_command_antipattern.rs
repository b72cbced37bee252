use crate::lint::prelude::*;

rule! {
    name: "probe-command-antipattern",
    group: Probes,
    severity: Warning,
    presets: [Recommended],
    peers: ["kyverno:deny-commands-in-exec-probe"],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let path = format!("{probe}.exec.command");
        let Some(command) = container.get(&path).and_then(|command| command.item(0)) else {
            continue;
        };
        let program = command.str().rsplit('/').next().unwrap_or_default();
        if matches!(
            program,
            "true" | ":" | "echo" | "ls" | "ps" | "date" | "sleep" | "pwd"
        ) {
            out.key(
                container.at(&path),
                format!(
                    "`{probe}` of {} runs `{program}`, which says nothing of the program",
                    container.title(workload)
                ),
                "ask the program itself, by `httpGet`, `tcpSocket`, `grpc` or a command that does",
            );
        }
    }
}
