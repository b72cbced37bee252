//! All lint rules. A new rule is a file, a page and a `mod` line in its group.

mod autoscaling;
mod canary;
mod chart;
mod control_plane;
mod images;
mod jobs;
mod lifecycle;
mod metadata;
mod network;
mod probes;
mod rbac;
mod references;
mod resources;
mod rollout;
mod scheduling;
mod secrets;
mod security_context;
mod selectors;
mod storage;

use super::LintRule;

include!(concat!(env!("OUT_DIR"), "/lint_rules.rs"));
