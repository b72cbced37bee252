use crate::admission::namespace_limits;
use crate::lint::prelude::*;
use crate::manifest::rollout::{Bounds, Controller};

rule! {
    name: "surge-exceeds-quota",
    group: Rollout,
    severity: Warning,
    presets: [Default, Availability],
    peers: [],
    check: Fleet(check),
}

fn check(fleet: &Fleet<'_>, found: &mut Vec<Finding>) {
    let starts_first = |manifest: &Manifest| {
        let workload = fleet.workload(manifest.number)?;
        let replicas = fleet.replicas(workload).filter(|replicas| *replicas > 0)?;
        let bounds = Bounds::of(workload).filter(|bounds| bounds.controller == Controller::Deployment)?;
        let allowed = bounds.of_total(replicas);
        (allowed.surge > 0 && allowed.unavailable == 0).then_some(workload)
    };
    for full in namespace_limits::full(fleet.manifests(), fleet.default_namespace()) {
        let Some(workload) = starts_first(full.manifest) else {
            continue;
        };
        let message = format!(
            "a rollout of {} hangs: it starts a new pod before it ends an old one, and the quota has no room for one more ({})",
            workload.title(),
            full.what
        );
        let strategy = workload.manifest.route("spec.strategy");
        let at = if workload.manifest.at(&strategy).is_some() {
            strategy
        } else {
            Route::root().then("spec")
        };
        found.push(
            Finding::new(&RULE.meta, workload.at(at, Part::Key), message)
                .help("raise the quota by one pod, or set `maxUnavailable: 1` and `maxSurge: 0`")
                .related(full.bound, "the quota"),
        );
    }
}
