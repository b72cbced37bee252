//! What is shown, and in which order.

use std::collections::{BTreeMap, BTreeSet};

use super::locate::{Also, Located};
use super::trail::Role;
use super::{Anchor, Finding, Part, Severity, Stage};
use crate::manifest::{ManifestId, ManifestSet, Route, Step};

/// Drops findings of lint and admission that something is missing where it is there, misspelled or misplaced.
///
/// With `livenesProbe:` for `livenessProbe:`, lint would go on to say that there is no liveness probe: useless beside
/// the schema's own finding. So where schema validation refused something in a mapping, lint does not say what that
/// mapping lacks, nor what the items of its lists lack (`resources` beside `containers` belongs into one of them).
///
/// The server validates only what decodes. So of an object whose fields the schema stage refused, admission says
/// nothing about what is missing, nor about a value that holds a refused field or is one: what is misspelled or one
/// level off would be reported twice. Of the other values it speaks all the same, to show all mistakes at once; and where
/// the schema only misses something, of all but that.
pub fn drop_guesses(findings: &mut Vec<Finding>, manifests: &ManifestSet) {
    let mut objects: BTreeMap<ManifestId, Refused> = BTreeMap::new();
    for finding in findings.iter() {
        let Anchor::Route(manifest, route, part) = &finding.at else {
            continue;
        };
        if finding.rule.stage == Stage::Schema && finding.severity == Severity::Error {
            objects.entry(*manifest).or_default().add(route, part);
        }
    }
    if objects.is_empty() {
        return;
    }
    findings.retain(|finding| {
        let Anchor::Route(manifest, route, part) = &finding.at else {
            return true;
        };
        let Some(refused) = objects.get(manifest) else {
            return true;
        };
        match (finding.rule.stage, part) {
            (Stage::Admission, part) => refused.leaves_to_admission(route, part),
            (Stage::Lint, Part::Missing) => {
                let mapping = manifests.get(*manifest).deepest(route);
                let holder = match mapping.steps() {
                    [holder @ .., Step::Key(_), Step::Index(_)] => holder,
                    own => own,
                };
                !refused.holders.contains(mapping.steps()) && !refused.holders.contains(holder)
            }
            _ => true,
        }
    });
}

/// Where the schema stage found errors in one object.
#[derive(Default)]
struct Refused {
    /// What it could not read.
    fields: Vec<Route>,
    /// The mappings that hold those.
    holders: BTreeSet<Vec<Step>>,
    /// What it missed.
    missing: Vec<Route>,
}

impl Refused {
    fn add(&mut self, route: &Route, part: &Part) {
        if *part == Part::Missing {
            self.missing.push(route.clone());
            return;
        }
        if let Some((_, holder)) = route.steps().split_last() {
            self.holders.insert(holder.to_vec());
        }
        self.fields.push(route.clone());
    }

    fn leaves_to_admission(&self, route: &Route, part: &Part) -> bool {
        let route = route.steps();
        let is_read = self.fields.is_empty()
            || *part != Part::Missing && !self.fields.iter().any(|field| field.steps().starts_with(route));
        is_read
            && !self
                .missing
                .iter()
                .any(|missing| missing.steps().starts_with(route) || route.starts_with(missing.steps()))
    }
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
    let explained: Vec<Anchor> = findings
        .iter()
        .filter(|finding| finding.rule.stage == Stage::Lint && finding.severity == Severity::Error)
        .flat_map(|finding| {
            std::iter::once(&finding.at).chain(finding.related.iter().map(|related| &related.at))
        })
        .cloned()
        .collect();
    if explained.is_empty() {
        return;
    }
    let holders: Vec<_> = explained.iter().filter_map(route_of).collect();
    findings.retain(|finding| match (finding.rule.stage, &finding.at) {
        (Stage::Schema, Anchor::Route(_, _, Part::Missing)) => {
            route_of(&finding.at).is_none_or(|missing| !holders.contains(&missing))
        }
        // Of what is missing beside it, the server's words are not the same mistake.
        (Stage::Admission, Anchor::Route(manifest, route, _)) => !explained.iter().any(|at| {
            let Anchor::Route(other, place, _) = at else {
                return false;
            };
            let (place, route) = (place.steps(), route.steps());
            other == manifest && (place.starts_with(route) || route.starts_with(place))
        }),
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
