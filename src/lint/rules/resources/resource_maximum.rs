use crate::admission::quantity::Quantity;
use crate::lint::prelude::*;

rule! {
    name: "resource-maximum",
    group: Resources,
    severity: Warning,
    presets: [],
    parameters: [
        Amount(CPU_REQUEST),
        Amount(CPU_LIMIT),
        Amount(MEMORY_REQUEST),
        Amount(MEMORY_LIMIT),
    ],
    peers: [
        "kubeaudit:LimitsCPUExceeded",
        "kubeaudit:LimitsMemoryExceeded",
        "gatekeeper:K8sContainerLimits",
        "gatekeeper:K8sContainerRequests",
    ],
    check: Container(check),
}

static CPU_REQUEST: Amount = Amount {
    name: "cpu-request",
    about: "The most cpu that a container may ask for",
    default: None,
};

static CPU_LIMIT: Amount = Amount {
    name: "cpu-limit",
    about: "The most cpu that a container may be limited to",
    default: None,
};

static MEMORY_REQUEST: Amount = Amount {
    name: "memory-request",
    about: "The most memory that a container may ask for",
    default: None,
};

static MEMORY_LIMIT: Amount = Amount {
    name: "memory-limit",
    about: "The most memory that a container may be limited to",
    default: None,
};

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let bounds = [
        (&CPU_REQUEST, "resources.requests.cpu", "asks for"),
        (&CPU_LIMIT, "resources.limits.cpu", "is limited to"),
        (&MEMORY_REQUEST, "resources.requests.memory", "asks for"),
        (&MEMORY_LIMIT, "resources.limits.memory", "is limited to"),
    ];
    for (parameter, path, what) in bounds {
        let Some((most, written)) = out.amount(parameter) else {
            continue;
        };
        let Some(node) = container.get(path) else { continue };
        if Quantity::parse(node.str()).is_some_and(|amount| amount.millis() > most.millis()) {
            let resource = path.rsplit('.').next().unwrap_or_default();
            let message = format!(
                "{} {what} {} {resource}; the most here is {written}",
                container.title(workload),
                node.str()
            );
            out.value(
                container.at(path),
                message,
                "stay below the maximum, or raise it for this object in the configuration",
            );
        }
    }
}
