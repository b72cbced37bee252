//! How many pods a node drain or an upgrade of the cluster may take at once.

use super::{Impact, Reason, Single, Update, list};
use crate::manifest::Manifest;
use crate::manifest::fleet::Fleet;
use crate::manifest::quantity::{Amount, Rounding};
use crate::manifest::selector::Selector;

pub(super) fn of(update: &Update<'_, '_>, reasons: &mut Vec<Reason>) {
    if update.is("policy", &["PodDisruptionBudget"])
        && let Some(change) = update.change(&["spec"])
    {
        let old = allowed(&update.around.old, update.before);
        let new = allowed(&update.around.new, update.after);
        let message = match (old, new) {
            (Some((_, old)), Some((pods, new))) => format!(
                "`{}` changes: {} of the pods of {pods} may be evicted at once instead of {old}{}",
                change.path(),
                new,
                blocked(new)
            ),
            (None, Some((pods, new))) => {
                format!(
                    "`{}` changes: {new} of the pods of {pods} may be evicted at once{}",
                    change.path(),
                    blocked(new)
                )
            }
            _ => format!(
                "`{}` changes: another number of pods may be evicted at once",
                change.path()
            ),
        };
        reasons.push(Reason::new(Impact::InPlace, message).at(Some(change)));
    }
}

fn blocked(allowed: i64) -> &'static str {
    if allowed == 0 {
        ", so a node drain waits for ever"
    } else {
        ""
    }
}

/// What a new budget forbids.
pub(super) fn of_addition(added: &Single<'_, '_>, reasons: &mut Vec<Reason>) {
    if added.is("policy", &["PodDisruptionBudget"])
        && let Some((pods, allowed)) = allowed(&added.around.new, added.manifest)
    {
        let message = format!(
            "{allowed} of the pods of {pods} may be evicted at once{}",
            blocked(allowed)
        );
        reasons.push(Reason::new(Impact::Added, message));
    }
}

/// What a budget protected.
pub(super) fn of_removal(removed: &Single<'_, '_>, reasons: &mut Vec<Reason>) {
    if removed.is("policy", &["PodDisruptionBudget"])
        && let Some((pods, _)) = allowed(&removed.around.old, removed.manifest)
    {
        let message = format!("a node drain may take all pods of {pods} at once");
        reasons.push(Reason::new(Impact::Removed, message));
    }
}

/// The workloads that a budget counts, and how many of their pods may be evicted when all run; `None` if there are none,
/// or their number is not known.
fn allowed<'m>(fleet: &Fleet<'m>, budget: &'m Manifest) -> Option<(String, i64)> {
    let selector = Selector::of_label_selector(budget.get("spec.selector")?)?;
    let selected = fleet.select(fleet.namespace(budget), &selector);
    let workloads: Vec<_> = selected
        .into_iter()
        .map(|number| &fleet.workloads()[number])
        .collect();
    let total = workloads
        .iter()
        .map(|workload| fleet.replicas(workload))
        .sum::<Option<i64>>()
        .filter(|total| *total > 0)?;
    // Both shares round up: the disruption controller's GetScaledValueFromIntOrPercent is asked so.
    let amount = |path| {
        budget
            .get(path)
            .and_then(Amount::of)
            .map(|amount| amount.of_total(total, Rounding::Up))
    };
    let allowed = match (amount("spec.minAvailable"), amount("spec.maxUnavailable")) {
        (Some(kept), _) => total - kept,
        (None, Some(unavailable)) => unavailable.min(total),
        (None, None) => return None,
    };
    let titles: Vec<String> = workloads.iter().map(|workload| workload.title()).collect();
    Some((list(&titles), allowed.max(0)))
}
