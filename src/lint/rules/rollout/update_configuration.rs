use crate::lint::prelude::*;
use crate::manifest::rollout::{Bounds, Controller};

rule! {
    name: "update-configuration",
    group: Rollout,
    severity: Warning,
    presets: [],
    parameters: [Words(STRATEGIES), Number(UNAVAILABLE), Number(SURGE)],
    peers: ["kube-linter:update-configuration"],
    check: Workload(check),
}

static STRATEGIES: Words = Words {
    name: "strategies",
    about: "Update strategies that a Deployment, StatefulSet or DaemonSet may have",
    default: &["RollingUpdate"],
};

static UNAVAILABLE: Number = Number {
    name: "unavailable-percent-at-most",
    about: "The most pods of a hundred that may be missing in an update, as the controller rounds",
    least: 0,
    default: 100,
};

static SURGE: Number = Number {
    name: "surge-percent-at-least",
    about: "The fewest pods of a hundred that a Deployment may have more in an update, as the controller rounds",
    least: 0,
    default: 0,
};

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let Some(controller) = Controller::of(workload) else {
        return;
    };
    let strategies = out.words(&STRATEGIES);
    let route = workload.manifest.route("spec").then(controller.field());
    let strategy = workload
        .manifest
        .at(&route)
        .and_then(|strategy| strategy.get("type"))
        .map_or("RollingUpdate", NodeRef::str);
    if !strategies.contains(&strategy) {
        let help = format!("this project has {}", strategies.join(", "));
        let message = format!("{} is updated by `{strategy}`", workload.title());
        return out.value(route.then("type"), message, help);
    }
    let (Some(bounds), Some(replicas)) = (Bounds::of(workload), fleet.replicas(workload)) else {
        return;
    };
    if replicas <= 0 {
        return;
    }
    let allowed = bounds.of_total(replicas);
    let (most, fewest) = (out.number(&UNAVAILABLE), out.number(&SURGE));
    let mut tell = |field: &str, message: String, help: String| {
        let route = bounds.route().then(field);
        if workload.manifest.at(&route).is_some() {
            out.value(route, message, help);
        } else {
            out.missing(route, message, help);
        }
    };
    if allowed.unavailable.saturating_mul(100) > replicas.saturating_mul(most) {
        tell(
            "maxUnavailable",
            format!(
                "an update of {} may take {} of {replicas} pods away",
                workload.title(),
                allowed.unavailable
            ),
            format!("lower `maxUnavailable` to at most {most} % of the pods"),
        );
    }
    if controller == Controller::Deployment
        && allowed.surge.saturating_mul(100) < replicas.saturating_mul(fewest)
    {
        tell(
            "maxSurge",
            format!(
                "an update of {} may add {} pods to {replicas}",
                workload.title(),
                allowed.surge
            ),
            format!("raise `maxSurge` to at least {fewest} % of the pods"),
        );
    }
}
