use super::grants::{ROLES, report};
use crate::lint::prelude::*;

rule! {
    name: "services-status-access",
    group: Rbac,
    severity: Warning,
    presets: [Recommended, Security],
    peers: ["checkov:CKV2_K8S_4"],
    check: Kinds(ROLES, check),
}

fn check<'m>(_: &Fleet<'m>, role: &'m Manifest, out: &mut Sink<'_>) {
    report(
        role,
        out,
        ("", &["services/status"]),
        &["update", "patch"],
        "by a load balancer's address it takes over traffic to any address (CVE-2020-8554)",
        "remove it unless the program gives addresses to load balancers",
    );
}
