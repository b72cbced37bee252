use crate::lint::prelude::*;

rule! {
    name: "selinux-options",
    group: SecurityContext,
    severity: Warning,
    presets: [Strict, Security],
    peers: [
        "trivy:KSV-0025",
        "datree:EKS_INVALID_SELINUXOPTIONS_TYPE_VALUE",
        "psa:seLinuxOptions",
        "kyverno:disallow-selinux",
        "gatekeeper:K8sPSPSELinuxV2",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let Some((kind, route)) = workload.security(container, "seLinuxOptions.type") else {
        return;
    };
    if !matches!(
        kind.str(),
        "" | "container_t" | "container_init_t" | "container_kvm_t" | "container_engine_t"
    ) {
        out.value(
            route,
            format!(
                "{} gets the SELinux type `{}`, which is not one of a container",
                container.title(workload),
                kind.str()
            ),
            "leave it out: the runtime gives the container a type of its own",
        );
    }
}
