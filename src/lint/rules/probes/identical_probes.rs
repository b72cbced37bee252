use crate::lint::prelude::*;

rule! {
    name: "identical-probes",
    group: Probes,
    severity: Warning,
    presets: [Default],
    peers: ["kube-score:pod-probes-identical", "kyverno:validate-probes"],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    if workload.runs_to_completion() || container.role == Role::Init {
        return;
    }
    let (Some(liveness), Some(readiness)) = (container.get("livenessProbe"), container.get("readinessProbe"))
    else {
        return;
    };
    let (Some(asked), Some(also_asked)) = (
        Question::of(liveness, container),
        Question::of(readiness, container),
    ) else {
        return;
    };
    // The same question with more patience is what the Kubernetes documentation advises.
    if asked != also_asked || patience(liveness) > patience(readiness) {
        return;
    }
    let help = match asked {
        // There is nothing simpler to ask for.
        Question::Tcp { .. } => {
            "the kernel takes a connection before the program does, so it says little: let readiness ask what a client would, or raise the `failureThreshold` of liveness"
        }
        _ => {
            "a pod that is only busy should lose traffic, not be killed: let liveness ask something simpler, or raise its `failureThreshold`"
        }
    };
    out.push(
        Finding::new(
            &RULE.meta,
            // The key is right; what it holds should be something else.
            workload.at(container.route.then("livenessProbe"), Part::Missing),
            format!(
                "`livenessProbe` and `readinessProbe` of container `{}` ask the same, and once both ask, liveness gives up after {} s, no later than readiness ({} s)",
                container.name(),
                patience(liveness),
                patience(readiness)
            ),
        )
        .help(help)
        .related(workload.at(container.route.then("readinessProbe"), Part::Key), "the same question"),
    );
}

/// What a probe asks, with the API server's defaults filled in.
#[derive(Debug, PartialEq, Eq)]
enum Question<'m> {
    Http {
        path: &'m str,
        port: Option<PortRef<'m>>,
        host: &'m str,
        scheme: &'m str,
        headers: Vec<(&'m str, &'m str)>,
    },
    Tcp {
        port: Option<PortRef<'m>>,
        host: &'m str,
    },
    Grpc {
        port: Option<PortRef<'m>>,
        service: &'m str,
    },
    Exec(Vec<&'m str>),
}

impl<'m> Question<'m> {
    fn of(probe: NodeRef<'m>, container: &Container<'m>) -> Option<Self> {
        // A named port and its number are one port.
        let port = |node: NodeRef<'m>| {
            let asked = PortRef::of(node.get("port")?)?;
            let opened = container.ports.iter().find(|port| port.is(asked));
            Some(opened.map_or(asked, |port| PortRef::Number(port.number)))
        };
        let text = |node: NodeRef<'m>, key: &str, default: &'static str| {
            node.get(key)
                .filter(|node| !node.is_null())
                .map_or(default, NodeRef::str)
        };
        if let Some(http) = probe.get("httpGet") {
            let headers = http.get("httpHeaders").into_iter().flat_map(NodeRef::items);
            return Some(Self::Http {
                path: text(http, "path", "/"),
                port: port(http),
                host: text(http, "host", ""),
                scheme: text(http, "scheme", "HTTP"),
                headers: headers
                    .map(|header| (text(header, "name", ""), text(header, "value", "")))
                    .collect(),
            });
        }
        if let Some(tcp) = probe.get("tcpSocket") {
            return Some(Self::Tcp {
                port: port(tcp),
                host: text(tcp, "host", ""),
            });
        }
        if let Some(grpc) = probe.get("grpc") {
            return Some(Self::Grpc {
                port: port(grpc),
                service: text(grpc, "service", ""),
            });
        }
        let command = probe.get("exec")?.get("command")?;
        Some(Self::Exec(command.items().map(NodeRef::str).collect()))
    }
}

/// Seconds of failure until a probe acts: `periodSeconds` times `failureThreshold`.
pub(super) fn patience(probe: NodeRef<'_>) -> i64 {
    let number = |key: &str, default| {
        probe
            .get(key)
            .and_then(NodeRef::as_i64)
            .filter(|n| *n > 0)
            .unwrap_or(default)
    };
    number("periodSeconds", 10).saturating_mul(number("failureThreshold", 3))
}
