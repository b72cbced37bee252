//! PodDisruptionBudgets, and how many pods they count.

use super::Fleet;
use crate::manifest::Manifest;
use crate::manifest::selector::Selector;

impl<'m> Fleet<'m> {
    /// How many pods a budget counts when nothing fails: the lower bounds of autoscalers, or else the replicas. `None`
    /// when it counts none of the input, or one whose kind has no number.
    pub fn pods_of_budget(&self, budget: &'m Manifest) -> Option<i64> {
        let selector = Selector::of_label_selector(budget.get("spec.selector")?)?;
        let counted = self.select(self.namespace(budget), &selector);
        let (mut total, mut is_any) = (0_i64, false);
        for workload in counted.into_iter().map(|number| &self.workloads()[number]) {
            total = total.saturating_add(self.replicas(workload)?);
            is_any = true;
        }
        is_any.then_some(total)
    }
}
