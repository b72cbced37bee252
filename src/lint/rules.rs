//! All lint rules. A new rule is a file, a page and a `mod` line in its group.

mod autoscaling;
mod images;
mod lifecycle;
mod probes;
mod rbac;
mod references;
mod resources;
mod rollout;
mod security_context;
mod selectors;
mod storage;

use super::LintRule;

include!(concat!(env!("OUT_DIR"), "/lint_rules.rs"));
