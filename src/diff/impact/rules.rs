//! The names of impacts: what a suppression names to accept them, and a page each.

use super::Impact;
use crate::finding::{Group, RuleMeta, Severity, Stage};

macro_rules! rule {
    ($constant:ident, $name:literal, $severity:ident, $summary:literal) => {
        static $constant: RuleMeta = RuleMeta {
            name: $name,
            group: Group::Impact,
            stage: Stage::Diff,
            severity: Severity::$severity,
            default: true,
            summary: $summary,
            peers: &[],
            fix: None,
            page: include_str!(concat!("../../../fixtures/rules/", $name, ".md")),
        };
    };
}

rule!(
    REFUSED,
    "impact-refused",
    Error,
    "what a change does: the API server would refuse"
);
rule!(
    DATA,
    "impact-data",
    Error,
    "what a change does: stored data may be lost"
);
rule!(
    RECREATE,
    "impact-recreate",
    Warning,
    "what a change does: every pod stops before new ones start"
);
rule!(
    REMOVED,
    "impact-removed",
    Warning,
    "what a change does: an object goes away"
);
rule!(
    TRAFFIC,
    "impact-traffic",
    Warning,
    "what a change does: traffic goes elsewhere"
);
rule!(
    ROLLING_RESTART,
    "impact-rolling-restart",
    Info,
    "what a change does: every pod is replaced, step by step"
);
rule!(
    PERMISSIONS,
    "impact-permissions",
    Warning,
    "what a change does: somebody may do more or less"
);
rule!(
    SCHEDULE,
    "impact-schedule",
    Info,
    "what a change does: it runs at other times"
);
rule!(
    SCALE,
    "impact-scale",
    Info,
    "what a change does: the number of pods changes"
);

/// Every rule of this module.
pub(in crate::diff) static RULES: &[&RuleMeta] = &[
    &REFUSED,
    &DATA,
    &RECREATE,
    &REMOVED,
    &TRAFFIC,
    &ROLLING_RESTART,
    &PERMISSIONS,
    &SCHEDULE,
    &SCALE,
];

impl Impact {
    /// What a suppression calls it; none for what needs nobody's consent.
    pub fn rule(self) -> Option<&'static RuleMeta> {
        Some(match self {
            Self::None | Self::InPlace | Self::Added => return None,
            Self::Scale => &SCALE,
            Self::Schedule => &SCHEDULE,
            Self::Permissions => &PERMISSIONS,
            Self::RollingRestart => &ROLLING_RESTART,
            Self::Traffic => &TRAFFIC,
            Self::Removed => &REMOVED,
            Self::Recreate => &RECREATE,
            Self::Data => &DATA,
            Self::Refused => &REFUSED,
        })
    }
}
