//! All lint rules, in the order of their names. A new rule is a file, a page and a line here.

mod images;
mod probes;
mod resources;
mod rollout;
mod selectors;

use super::LintRule;

/// All lint rules.
pub static RULES: &[&LintRule] = &[
    &selectors::dangling_service::RULE,
    &probes::identical_probes::RULE,
    &images::latest_tag::RULE,
    &probes::liveness_port::RULE,
    &selectors::mismatching_selector::RULE,
    &probes::no_liveness_probe::RULE,
    &probes::no_readiness_probe::RULE,
    &probes::no_startup_probe::RULE,
    &selectors::overlapping_selector::RULE,
    &probes::readiness_port::RULE,
    &rollout::rollout_stalls::RULE,
    &selectors::service_port_mismatch::RULE,
    &probes::startup_port::RULE,
    &resources::unset_cpu_requirements::RULE,
    &resources::unset_memory_requirements::RULE,
];
