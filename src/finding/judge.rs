//! What is shown, and in which order.

use std::collections::BTreeSet;

use super::locate::{Also, Located};
use super::trail::Role;
use super::{Anchor, Finding, Part, Severity, Stage};
use crate::manifest::{ManifestId, ManifestSet, Step};

/// Drops findings of lint and admission that something is missing where it is there, misspelled or misplaced.
///
/// With `livenesProbe:` for `livenessProbe:`, lint would go on to say that there is no liveness probe: useless beside
/// the schema's own finding. So where schema validation refused something in a mapping, lint does not say what that
/// mapping lacks, nor what the items of its lists lack (`resources` beside `containers` belongs into one of them).
///
/// The server validates only what decodes. So of an object whose fields the schema stage refused, admission says
/// nothing about what is missing, nor about a value that holds a refused field or is one: what is misspelled or one
/// level off would be reported twice. Of the other values it speaks all the same, to show all mistakes at once.
pub fn drop_guesses(findings: &mut Vec<Finding>, manifests: &ManifestSet) {
    let mut refused: BTreeSet<(ManifestId, Vec<Step>)> = BTreeSet::new();
    let mut unread: BTreeSet<(ManifestId, Vec<Step>)> = BTreeSet::new();
    for finding in findings.iter() {
        let Anchor::Route(manifest, route, part) = &finding.at else {
            continue;
        };
        if finding.rule.stage != Stage::Schema || finding.severity != Severity::Error {
            continue;
        }
        // What the schema misses as well was not refused there.
        if let Some((_, holder)) = route.steps().split_last().filter(|_| *part != Part::Missing) {
            unread.insert((*manifest, holder.to_vec()));
        }
        refused.insert((*manifest, route.steps().to_vec()));
    }
    if refused.is_empty() {
        return;
    }
    findings.retain(|finding| match &finding.at {
        Anchor::Route(manifest, route, part) if finding.rule.stage == Stage::Admission => {
            let mut of_object = refused
                .range((*manifest, Vec::new())..)
                .take_while(|(other, _)| other == manifest)
                .peekable();
            of_object.peek().is_none()
                || *part != Part::Missing && !of_object.any(|(_, place)| place.starts_with(route.steps()))
        }
        Anchor::Route(manifest, route, Part::Missing) if finding.rule.stage == Stage::Lint => {
            let mapping = manifests.get(*manifest).deepest(route);
            let holder = match mapping.steps() {
                [holder @ .., Step::Key(_), Step::Index(_)] => holder,
                own => own,
            };
            [mapping.steps(), holder]
                .iter()
                .all(|mapping| !unread.contains(&(*manifest, mapping.to_vec())))
        }
        _ => true,
    });
}

/// Drops what admission says of a place where lint has an error, and what schema validation says is missing there: it is
/// the same mistake, and lint has the words for it.
///
/// The server's answer to a selector that does not fit its pods is one sentence about the labels; the rule
/// `mismatching-selector` names both labels and both lines.
pub fn drop_repeats(findings: &mut Vec<Finding>, manifests: &ManifestSet) {
    let route_of = |at: &Anchor| match at {
        Anchor::Route(manifest, route, Part::Missing) => {
            let holder = manifests.get(*manifest).deepest(route);
            Some((*manifest, holder.steps().to_vec()))
        }
        Anchor::Route(manifest, route, _) => Some((*manifest, route.steps().to_vec())),
        Anchor::Text(_) | Anchor::File(_) => None,
    };
    let explained: Vec<(ManifestId, Vec<Step>)> = findings
        .iter()
        .filter(|finding| finding.rule.stage == Stage::Lint && finding.severity == Severity::Error)
        .flat_map(|finding| {
            std::iter::once(&finding.at).chain(finding.related.iter().map(|related| &related.at))
        })
        .filter_map(route_of)
        .collect();
    if explained.is_empty() {
        return;
    }
    findings.retain(|finding| {
        if let (Stage::Schema, Anchor::Route(_, _, Part::Missing)) = (finding.rule.stage, &finding.at) {
            return route_of(&finding.at).is_none_or(|missing| !explained.contains(&missing));
        }
        let here = route_of(&finding.at).filter(|_| finding.rule.stage == Stage::Admission);
        here.is_none_or(|(manifest, route)| {
            !explained.iter().any(|(other, place)| {
                *other == manifest && (place.starts_with(&route) || route.starts_with(place))
            })
        })
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
            finding.environments.clone(),
        )
    };
    findings.sort_by_cached_key(key);
    findings.dedup_by(|next, kept| key(next) == key(kept));
}

/// Makes one finding of those that the same rule has at the same line of a template or of values, and for which it has the same
/// help: one image in three pods is one line to change. The findings are [`sort`]ed before.
pub fn fold(findings: &mut Vec<Located>) {
    findings.dedup_by(|next, kept| {
        let is_one = is_same_change(next, kept);
        if is_one {
            kept.also.push(Also {
                message: std::mem::take(&mut next.message),
                object: next.object.take(),
                field: next.field.take(),
                fingerprint: std::mem::take(&mut next.fingerprint),
            });
        }
        is_one
    });
}

fn is_same_change(one: &Located, other: &Located) -> bool {
    let place = |finding: &Located| {
        let at = &finding.location;
        (at.line, at.column, at.end_line, at.end_column, at.role)
    };
    matches!(one.location.role, Some(Role::Values | Role::Template))
        && place(one) == place(other)
        && one.location.file == other.location.file
        && one.rule == other.rule
        && one.severity == other.severity
        && one.help == other.help
}
