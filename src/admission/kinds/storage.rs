//! Volumes, claims and their classes.

use super::KindRules;

pub(super) static KINDS: &[KindRules] = &[];
