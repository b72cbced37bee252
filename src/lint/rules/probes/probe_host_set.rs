use crate::lint::prelude::*;

rule! {
    name: "probe-host-set",
    group: Probes,
    severity: Warning,
    presets: [Recommended, Security],
    peers: ["psa:hostProbesAndhostLifecycle", "gatekeeper:K8sPSPHostProbesLifecycle"],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    if workload.is_true("hostNetwork") {
        return;
    }
    let places = [
        "livenessProbe",
        "readinessProbe",
        "startupProbe",
        "lifecycle.postStart",
        "lifecycle.preStop",
    ];
    for (place, handler) in places
        .iter()
        .flat_map(|place| ["httpGet", "tcpSocket"].map(|handler| (place, handler)))
    {
        let path = format!("{place}.{handler}.host");
        if let Some(host) = container
            .get(&path)
            .map(NodeRef::str)
            .filter(|host| !host.is_empty())
        {
            out.value(
                container.at(&path),
                format!(
                    "`{place}` of {} asks the host `{host}`, not its own pod",
                    container.title(workload)
                ),
                "remove `host`; for a virtual host of HTTP set the header `Host`",
            );
        }
    }
}
