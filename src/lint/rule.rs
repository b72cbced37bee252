//! The shape of a rule: what is known of it, and what it looks at.

use crate::finding::{Finding, RuleMeta};
use crate::manifest::Manifest;
use crate::manifest::fleet::Fleet;
use crate::manifest::view::{Container, Workload};

/// One rule: a `static RULE` in a file of its own.
#[derive(Debug)]
pub struct LintRule {
    /// Name, weight, page.
    pub meta: RuleMeta,
    /// What it looks at.
    pub check: Check,
}

/// What a rule looks at. The framework does the walking, so that a rule is about its subject only.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// All objects at once, for what has no single subject.
    Fleet(fn(&Fleet<'_>, &mut Vec<Finding>)),
    /// Each object.
    Object(for<'m> fn(&Fleet<'m>, &'m Manifest, &mut Vec<Finding>)),
    /// Each object that makes pods.
    Workload(for<'m> fn(&Fleet<'m>, &Workload<'m>, &mut Vec<Finding>)),
    /// Each container of each object that makes pods, init containers too.
    Container(for<'m> fn(&Fleet<'m>, &Workload<'m>, &Container<'m>, &mut Vec<Finding>)),
}
