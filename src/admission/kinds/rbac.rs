//! Roles, bindings and service accounts.

use super::KindRules;

pub(super) static KINDS: &[KindRules] = &[];
