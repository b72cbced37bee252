//! What is shown, and in which order.

use std::collections::BTreeSet;

use super::locate::Located;
use super::{Anchor, Finding, Part, Severity, Stage};
use crate::manifest::{ManifestId, Step};

/// Drops findings of lint and admission that something is missing where it is there, misspelled or misplaced.
///
/// With `livenesProbe:` for `livenessProbe:`, lint would go on to say that there is no liveness probe: useless beside
/// the schema's own finding. So where schema validation refused something in a mapping, lint does not say what that
/// mapping lacks, nor what the items of its lists lack (`resources` beside `containers` belongs into one of them).
/// Nor does admission say of a value what the schema stage has said of it: the server's decoder and its validation
/// often refuse the same word.
pub fn drop_guesses(findings: &mut Vec<Finding>) {
    let refused: BTreeSet<(ManifestId, Vec<Step>)> = findings
        .iter()
        .filter(|finding| finding.rule.stage == Stage::Schema && finding.severity == Severity::Error)
        .filter_map(|finding| match &finding.at {
            Anchor::Route(manifest, route, _) => Some((*manifest, route.steps().to_vec())),
            Anchor::Text(_) | Anchor::File(_) => None,
        })
        .collect();
    if refused.is_empty() {
        return;
    }
    let unread: BTreeSet<(ManifestId, Vec<Step>)> = refused
        .iter()
        .filter_map(|(manifest, steps)| Some((*manifest, steps.split_last()?.1.to_vec())))
        .collect();
    findings.retain(|finding| match &finding.at {
        Anchor::Route(manifest, route, Part::Missing) if finding.rule.stage >= Stage::Admission => {
            let holder = match route.steps() {
                [holder @ .., Step::Key(_), Step::Index(_)] => holder,
                own => own,
            };
            [route.steps(), holder]
                .iter()
                .all(|mapping| !unread.contains(&(*manifest, mapping.to_vec())))
        }
        Anchor::Route(manifest, route, _) if finding.rule.stage == Stage::Admission => {
            !refused.contains(&(*manifest, route.steps().to_vec()))
        }
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
