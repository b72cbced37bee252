//! Pods and what makes them, and what scales and protects them.

use super::KindRules;

pub(super) static KINDS: &[KindRules] = &[];
