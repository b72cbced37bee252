use crate::lint::prelude::*;
use crate::manifest::rollout::Bounds;

rule! {
    name: "deployment-rwo-rollout-deadlock",
    group: Rollout,
    severity: Warning,
    presets: [Default, Availability],
    peers: ["kyverno:readwriteonce-pod"],
    check: Workload(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    if &*workload.manifest.id.kind != "Deployment" || workload.get("nodeName").is_some() {
        return;
    }
    let mut volumes = fleet.volumes_of_one_node(workload).peekable();
    if volumes.peek().is_none() {
        return;
    }
    let spec = |path| workload.manifest.get(path);
    let replicas = fleet.replicas(workload).unwrap_or(1);
    // The old pod goes without waiting for the new one: by `Recreate`, or by a bound that spares it.
    let replaces_in_place = spec("spec.strategy.type").is_some_and(|kind| kind.str() == "Recreate")
        || Bounds::of(workload).is_some_and(|bounds| bounds.of_total(replicas).unavailable >= replicas);
    if replicas == 0 || replicas == 1 && replaces_in_place {
        return;
    }
    for (volume, claim) in volumes {
        let (message, help) = if replicas > 1 {
            (
                format!(
                    "the {replicas} pods of {} want the claim `{}`, which only one node may hold",
                    workload.title(),
                    claim.id.name
                ),
                "use a StatefulSet with a claim for each pod, or a volume with `ReadWriteMany`",
            )
        } else {
            (
                format!(
                    "a rollout of {} may hang: old and new pod want the claim `{}`, which only one node may hold",
                    workload.title(),
                    claim.id.name
                ),
                "set `strategy: {type: Recreate}`",
            )
        };
        let finding = out
            .at(
                volume.route().below("persistentVolumeClaim.claimName"),
                Part::Value,
                message,
            )
            .help(help)
            .related(
                Anchor::Route(claim.number, claim.route("spec.accessModes"), Part::Key),
                "only one node",
            );
        out.push(finding);
    }
}
