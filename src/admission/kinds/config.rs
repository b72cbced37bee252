//! ConfigMaps, Secrets, namespaces, quotas and limits.

use super::KindRules;

pub(super) static KINDS: &[KindRules] = &[];
