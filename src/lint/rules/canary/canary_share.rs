use super::pair::stable_of;
use crate::lint::prelude::*;

rule! {
    name: "canary-share",
    group: Canary,
    severity: Warning,
    presets: [Default],
    confidence: Likely,
    peers: [],
    check: Workload(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let Some(replicas) = fleet.replicas(workload).filter(|replicas| *replicas > 0) else {
        return;
    };
    if let Some(stable) = stable_of(fleet, workload) {
        beside(fleet, (workload, replicas), stable, out);
    }
    by_weight(workload, replicas, out);
}

/// A canary behind the Service of its stable version: a Service gives each pod the same share.
fn beside<'m>(
    fleet: &Fleet<'m>,
    (canary, replicas): (&Workload<'m>, i64),
    stable: &Workload<'m>,
    out: &mut Sink<'_>,
) {
    let others = fleet.replicas(stable).unwrap_or_default();
    let mut services = fleet.services_of(canary);
    let shared = services.find(|service| {
        fleet
            .services_of(stable)
            .any(|of_stable| of_stable.number == service.number)
    });
    let Some(service) = shared.filter(|_| replicas >= others && others > 0) else {
        return;
    };
    let total = replicas.saturating_add(others);
    let share = replicas.saturating_mul(100) / total;
    let route = canary.manifest.route("spec.replicas");
    let message = format!(
        "{} is meant to try something out, and gets {share}% of the traffic of Service `{}`: {replicas} of {total} pods",
        canary.title(),
        service.id.name
    );
    let help =
        "keep more stable replicas than canaries, or split the traffic by weight in the Ingress or the mesh";
    let is_written = canary.manifest.at(&route).is_some();
    let finding = if is_written {
        out.at(route, Part::Value, message)
    } else {
        out.at(Route::root().then("spec"), Part::Missing, message)
    };
    out.push(finding.help(help).related(
        stable.at(stable.manifest.route("metadata.name"), Part::Value),
        format!("the stable version, with {others}"),
    ));
}

/// Weights of an Argo Rollout that nothing but its replicas can follow.
fn by_weight(rollout: &Workload<'_>, replicas: i64, out: &mut Sink<'_>) {
    if rollout.manifest.id.group_kind() != ("argoproj.io", "Rollout") {
        return;
    }
    let Some(canary) = rollout.manifest.get("spec.strategy.canary") else {
        return;
    };
    if canary.get("trafficRouting").is_some() {
        return;
    }
    let steps = canary.get("steps").into_iter().flat_map(NodeRef::items);
    for (index, step) in steps.enumerate() {
        let Some(weight) = step
            .get("setWeight")
            .and_then(NodeRef::as_i64)
            .filter(|weight| *weight > 0)
        else {
            continue;
        };
        // One pod is the least that a canary has.
        let least = 100 / replicas;
        if weight.saturating_mul(2) <= least {
            out.value(
                rollout
                    .manifest
                    .route("spec.strategy.canary.steps")
                    .then(index)
                    .then("setWeight"),
                format!(
                    "{} asks for {weight}% on the canary, and with {replicas} replicas one pod is {least}%",
                    rollout.title()
                ),
                "add `trafficRouting`, which splits by requests, use more replicas, or write the weight that is meant",
            );
        }
    }
}
