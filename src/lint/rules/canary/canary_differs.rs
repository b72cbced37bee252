use std::collections::BTreeSet;

use super::pair::stable_of;
use crate::lint::prelude::*;

rule! {
    name: "canary-differs",
    group: Canary,
    severity: Warning,
    presets: [Default],
    confidence: Likely,
    peers: [],
    check: Workload(check),
}

/// What of a container decides how it behaves, besides its image.
const OF_CONTAINER: &[&str] = &[
    "args",
    "command",
    "envFrom",
    "lifecycle",
    "livenessProbe",
    "ports",
    "readinessProbe",
    "resources",
    "securityContext",
    "startupProbe",
    "volumeMounts",
];

/// What of a pod does.
const OF_POD: &[&str] = &[
    "hostNetwork",
    "securityContext",
    "serviceAccountName",
    "terminationGracePeriodSeconds",
    "volumes",
];

fn check<'m>(fleet: &Fleet<'m>, canary: &Workload<'m>, out: &mut Sink<'_>) {
    let Some(stable) = stable_of(fleet, canary) else {
        return;
    };
    for field in OF_POD {
        let place = Place {
            canary,
            stable,
            title: "the pod".to_owned(),
            own: canary.route(field),
            its: stable.route(field),
        };
        place.compare(field, canary.get(field), stable.get(field), out);
    }
    for container in &canary.containers {
        let Some(same) = stable
            .containers
            .iter()
            .find(|same| same.name() == container.name())
        else {
            continue;
        };
        let place = |field: &str| Place {
            canary,
            stable,
            title: format!("container `{}`", container.name()),
            own: container.at(field),
            its: same.at(field),
        };
        for field in OF_CONTAINER {
            place(field).compare(field, container.get(field), same.get(field), out);
        }
        // The value of a variable often names the version; that it is there does not.
        if variables(container) != variables(same) {
            let is_there = container.get("env").is_some();
            place("env").report("set of variables", is_there, out);
        }
    }
}

fn variables<'m>(container: &Container<'m>) -> BTreeSet<&'m str> {
    container
        .items("env")
        .map(|variable| variable.text("name"))
        .collect()
}

/// A field of both.
struct Place<'a, 'm> {
    canary: &'a Workload<'m>,
    stable: &'a Workload<'m>,
    title: String,
    own: Route,
    its: Route,
}

impl Place<'_, '_> {
    fn compare(&self, field: &str, own: Option<NodeRef<'_>>, its: Option<NodeRef<'_>>, out: &mut Sink<'_>) {
        let is_alike = match (own, its) {
            (Some(own), Some(its)) => is_same(own, its),
            (own, its) => own.is_none() && its.is_none(),
        };
        if !is_alike {
            self.report(&format!("`{field}`"), own.is_some(), out);
        }
    }

    fn report(&self, what: &str, is_there: bool, out: &mut Sink<'_>) {
        let mut route = self.own.clone();
        let part = if is_there {
            Part::Key
        } else {
            route.pop();
            Part::Missing
        };
        let message = format!(
            "{} of {} has another {what} than its stable version {}",
            self.title,
            self.canary.title(),
            self.stable.title()
        );
        let finding = out
            .at(route, part, message)
            .help("make both the same but for the image, the labels and the number of replicas")
            .related(self.stable.at(self.its.clone(), Part::Key), "the stable version");
        out.push(finding);
    }
}

/// Whether two trees say the same, however they are written.
fn is_same(one: NodeRef<'_>, other: NodeRef<'_>) -> bool {
    if one.is_scalar() || other.is_scalar() {
        return one.is_scalar() && other.is_scalar() && one.str() == other.str();
    }
    if one.len() != other.len() {
        return false;
    }
    if one.is_sequence() {
        return one
            .items()
            .zip(other.items())
            .all(|(one, other)| is_same(one, other));
    }
    one.entries()
        .all(|(key, value)| other.get(key.str()).is_some_and(|other| is_same(value, other)))
}
