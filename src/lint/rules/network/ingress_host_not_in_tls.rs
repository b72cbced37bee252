use crate::lint::prelude::*;

rule! {
    name: "ingress-host-not-in-tls",
    group: Network,
    severity: Warning,
    presets: [Recommended, Security],
    peers: ["kyverno:ingress-host-match-tls"],
    check: Kinds(&[("networking.k8s.io", "Ingress")], check),
}

fn check<'m>(_: &Fleet<'m>, ingress: &'m Manifest, out: &mut Sink<'_>) {
    let Some(tls) = ingress.get("spec.tls").filter(|tls| !tls.is_empty()) else {
        return;
    };
    if tls
        .items()
        .any(|entry| entry.get("hosts").is_none_or(NodeRef::is_empty))
    {
        return;
    }
    let covers = |covered: &str, host: &str| {
        covered == host
            || covered
                .strip_prefix("*.")
                .is_some_and(|domain| host.split_once('.').is_some_and(|(_, rest)| rest == domain))
    };
    for (index, rule) in ingress
        .get("spec.rules")
        .into_iter()
        .flat_map(NodeRef::items)
        .enumerate()
    {
        let Some(host) = rule.get("host").map(NodeRef::str).filter(|host| !host.is_empty()) else {
            continue;
        };
        let mut hosts = tls
            .items()
            .filter_map(|entry| entry.get("hosts"))
            .flat_map(NodeRef::items);
        if !hosts.any(|covered| covers(covered.str(), host)) {
            out.value(
                ingress.route("spec.rules").then(index).then("host"),
                format!(
                    "Ingress `{}` has no certificate for its host `{host}`",
                    ingress.id.name
                ),
                "add the host to `spec.tls[].hosts`",
            );
        }
    }
}
