//! Who gets the traffic of Services while pods are replaced.

use super::size;
use super::words::{count, list, percent};
use super::{Amount, Forecast, Name, Scene};
use crate::manifest::image::Reference;
use crate::manifest::view::Workload;

/// Says that old and new pods serve side by side, and what share workloads behind the same Service have.
pub(super) fn both_versions(scene: &Scene<'_, '_>, forecast: &mut Forecast) {
    let mut services = scene.fleet.services_of(scene.workload).peekable();
    if services.peek().is_none() {
        forecast
            .meanwhile
            .push("no Service of the input sends traffic to these pods".to_owned());
    }
    for service in services {
        let name = &service.id.name;
        forecast.meanwhile.push(format!(
            "Service `{name}` does not tell old pods from new ones: both versions serve until the rollout is done"
        ));
        let behind = scene.fleet.behind(service);
        forecast
            .meanwhile
            .extend(range(scene, &behind, forecast).map(|range| format!("of Service `{name}` {range}")));
    }
}

/// Says that nobody serves.
pub(super) fn served(scene: &Scene<'_, '_>, forecast: &mut Forecast) {
    for service in scene.fleet.services_of(scene.workload) {
        let behind = scene.fleet.behind(service).len();
        forecast.meanwhile.push(if behind == 1 {
            format!(
                "Service `{}` has no endpoints meanwhile: connections to it fail",
                service.id.name
            )
        } else {
            format!(
                "Service `{}` sends everything to the pods of the other workloads it selects",
                service.id.name
            )
        });
    }
}

/// The share of the workload's pods behind a Service that selects others too: when all is quiet, and at the bounds of
/// the rollout.
fn range(scene: &Scene<'_, '_>, behind: &[&Workload<'_>], forecast: &Forecast) -> Option<String> {
    if behind.len() < 2 {
        return None;
    }
    let number = |name| {
        forecast
            .figures
            .iter()
            .find(|figure| figure.name == name)
            .and_then(|figure| match figure.amount {
                Amount::Count(number) => Some(number),
                _ => None,
            })
    };
    let others = behind
        .iter()
        .filter(|other| other.manifest.number != scene.workload.manifest.number)
        .map(|other| size::pods(scene.fleet, other))
        .sum::<Option<i64>>()?;
    let (own, least, peak) = (
        number(Name::Replicas)?,
        number(Name::LeastAvailable)?,
        number(Name::Peak)?,
    );
    let share = |own: i64| {
        let all = own.saturating_add(others);
        format!("{own} of {all} pods ({})", percent(own, all))
    };
    let quiet = format!("this workload has {}", share(own));
    if least == own && peak == own {
        return Some(quiet);
    }
    Some(format!(
        "{quiet}; during the rollout between {} and {}",
        share(least),
        share(peak)
    ))
}

/// The pods of each workload: `9 pods of `shop-stable` (90%) and 1 pod of `shop-canary` (10%)`.
pub(super) fn shares(pods: &[(&Workload<'_>, i64)]) -> String {
    let all: i64 = pods.iter().map(|(_, pods)| pods).sum();
    let shares: Vec<String> = pods
        .iter()
        .map(|(workload, pods)| {
            format!(
                "{} of `{}` ({})",
                count(*pods, "pod"),
                workload.manifest.id.name,
                percent(*pods, all)
            )
        })
        .collect();
    list(&shares)
}

/// The version that a workload's pods have, in words: the tags or digests of their images.
pub(super) fn version(workload: &Workload<'_>) -> String {
    let versions: Vec<String> = workload
        .running()
        .filter_map(|container| {
            let reference = Reference::of(container.image()?);
            let version = reference.tag.or(reference.digest).unwrap_or("latest");
            Some(format!("`{}:{version}`", reference.base()))
        })
        .collect();
    list(&versions)
}
