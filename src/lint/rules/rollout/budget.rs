//! PodDisruptionBudgets.

use crate::manifest::GroupKind;

pub(super) const BUDGETS: &[GroupKind<'static>] = &[("policy", "PodDisruptionBudget")];
