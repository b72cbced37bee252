use crate::lint::prelude::*;

rule! {
    name: "service-external-ips",
    group: Network,
    severity: Warning,
    presets: [Recommended, Security],
    peers: ["trivy:KSV-0108", "kyverno:restrict-external-ips", "gatekeeper:K8sExternalIPs"],
    check: Kinds(&[("", "Service")], check),
}

fn check<'m>(_: &Fleet<'m>, service: &'m Manifest, out: &mut Sink<'_>) {
    if service
        .get("spec.externalIPs")
        .is_some_and(|addresses| !addresses.is_empty())
    {
        out.key(
            service.route("spec.externalIPs"),
            format!(
                "Service `{}` takes over addresses that nobody gave it",
                service.id.name
            ),
            "use a load balancer, which is given its address",
        );
    }
}
