//! Services, Ingresses, endpoints and network policies.

use super::KindRules;

pub(super) static KINDS: &[KindRules] = &[];
