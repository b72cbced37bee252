//! What is shown, and in which order.

use std::collections::BTreeSet;

use super::locate::Located;
use super::{Anchor, Finding, Severity, Stage};
use crate::manifest::{ManifestId, Route, Step};

/// Drops lint findings that guess about a mapping whose fields could not be read.
///
/// With `prots:` for `ports:`, lint would go on to say that the probe's port is not open: true, and useless. So where
/// schema validation refused something in a mapping, lint does not speak of that mapping or what is below it.
pub fn drop_guesses(findings: &mut Vec<Finding>) {
    let unread: BTreeSet<(ManifestId, Vec<Step>)> = findings
        .iter()
        .filter(|finding| finding.rule.stage == Stage::Schema && finding.severity == Severity::Error)
        .filter_map(|finding| match &finding.at {
            Anchor::Route(manifest, route, _) => Some((*manifest, route.parent()?.steps().to_vec())),
            Anchor::Text(_) | Anchor::File(_) => None,
        })
        .collect();
    if unread.is_empty() {
        return;
    }
    let guesses = |manifest: ManifestId, route: &Route| {
        (0..=route.steps().len()).any(|depth| unread.contains(&(manifest, route.steps()[..depth].to_vec())))
    };
    findings.retain(|finding| match &finding.at {
        Anchor::Route(manifest, route, _) if finding.rule.stage == Stage::Lint => !guesses(*manifest, route),
        _ => true,
    });
}

/// Puts findings in the order they are shown: by file, place, weight and rule; nothing twice.
pub fn sort(findings: &mut Vec<Located>) {
    let key = |finding: &Located| {
        (
            finding.location.file.clone(),
            finding.location.line,
            finding.location.column,
            std::cmp::Reverse(finding.severity),
            finding.rule.name,
            finding.message.clone(),
            finding.object.clone(),
        )
    };
    findings.sort_by_cached_key(key);
    findings.dedup_by(|next, kept| key(next) == key(kept));
}
