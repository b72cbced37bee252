//! Webhooks, admission policies, definitions of custom kinds, priority and flow control.

use super::KindRules;

pub(super) static KINDS: &[KindRules] = &[];
