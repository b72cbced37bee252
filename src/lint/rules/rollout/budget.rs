//! PodDisruptionBudgets, and how many pods they count.

use crate::lint::prelude::*;
use crate::manifest::GroupKind;
use crate::manifest::selector::Selector;

pub(super) const BUDGETS: &[GroupKind<'static>] = &[("policy", "PodDisruptionBudget")];

/// How many pods a budget counts when nothing fails: the lower bounds of autoscalers, or else the replicas. `None` when
/// it counts none of the input, or one whose kind has no number.
pub(super) fn pods<'m>(fleet: &Fleet<'m>, budget: &'m Manifest) -> Option<i64> {
    let selector = Selector::of_label_selector(budget.get("spec.selector")?)?;
    let counted = fleet.select(fleet.namespace(budget), &selector);
    let workloads = counted.into_iter().map(|number| &fleet.workloads()[number]);
    let (mut total, mut is_any) = (0_i64, false);
    for workload in workloads {
        total = total.saturating_add(fleet.replicas(workload)?);
        is_any = true;
    }
    is_any.then_some(total)
}
