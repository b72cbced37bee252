//! What PodDisruptionBudgets and autoscalers do while a rollout runs.

use super::size;
use super::words::count;
use super::{Amount, Forecast, Name, Scene};
use crate::manifest::Manifest;
use crate::manifest::quantity::{Amount as Bound, Rounding};

/// Adds what holds while at least `least` pods of the workload are available.
pub(super) fn meanwhile(scene: &Scene<'_, '_>, least: i64, forecast: &mut Forecast) {
    for budget in scene.fleet.budgets_of(scene.workload) {
        forecast.meanwhile.extend(evictions(scene, budget, least));
    }
    for scaler in scene.fleet.scalers_of(scene.workload) {
        let range = match scaler.most {
            Some(most) => format!("between {} and {most}", scaler.fewest),
            None => format!("at {} or more", scaler.fewest),
        };
        let has_extra = forecast
            .figures
            .iter()
            .any(|figure| figure.name == Name::Surge && figure.amount != Amount::Count(0));
        forecast.meanwhile.push(format!(
            "{} `{}` keeps the pods {range} during the rollout too{}",
            scaler.manifest.id.kind,
            scaler.manifest.id.name,
            if has_extra {
                "; extra pods come on top of its maximum"
            } else {
                ""
            }
        ));
    }
}

/// How many evictions a budget allows at the narrowest moment: `getExpectedPodCount` of `pkg/controller/disruption`,
/// where both bounds round up.
fn evictions<'m>(scene: &Scene<'_, 'm>, budget: &'m Manifest, least: i64) -> Option<String> {
    let wanted = scene.fleet.pods_of_budget(budget)?;
    let amount = |field| budget.get(field).and_then(Bound::of);
    let (bound, healthy) = match (amount("spec.maxUnavailable"), amount("spec.minAvailable")) {
        (Some(unavailable), _) => (
            format!("`maxUnavailable: {unavailable}`"),
            wanted.saturating_sub(unavailable.of_total(wanted, Rounding::Up)),
        ),
        (None, Some(available)) => (
            format!("`minAvailable: {available}`"),
            available.of_total(wanted, Rounding::Up),
        ),
        (None, None) => return None,
    };
    let healthy = healthy.max(0);
    let others = wanted.saturating_sub(size::pods(scene.fleet, scene.workload)?);
    let at_least = least.saturating_add(others);
    let allowed = at_least.saturating_sub(healthy).max(0);
    let effect = if allowed == 0 {
        "no node can be drained meanwhile".to_owned()
    } else {
        format!("draining a node may take {} away", count(allowed, "more pod"))
    };
    Some(format!(
        "PodDisruptionBudget `{}` ({bound}: {healthy} of {wanted} stay) does not slow the rollout: it is asked only by evictions. With {at_least} available at the least, {effect}",
        budget.id.name
    ))
}
