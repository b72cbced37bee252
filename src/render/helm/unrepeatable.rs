//! Which calls make two renders of a release differ.

use std::collections::BTreeMap;

use plimsoll_sprig::Env;

use super::explain::Explainer;
use super::functions::Call;
use super::{FIXED_SEED, FIXED_TIME, Scene};
use crate::finding::{Anchor, Finding};
use crate::render::{Rendered, UNREPEATABLE_TEMPLATE};
use crate::source::Span;

/// What the clock of the second render is ahead: a day, an hour, a minute and a second, so that every part of a date shows.
const LATER: i128 = (86_400 + 3_600 + 60 + 1) * 1_000_000_000;

/// Renders once more with another clock and other random bytes, and names the calls behind each file that came out
/// otherwise. A call whose result nobody sees, as in `default (randAlpha 8) .Values.password`, makes no difference.
pub(super) fn find(scene: &Scene<'_>, first: &Rendered, calls: &BTreeMap<String, Vec<Call>>) -> Vec<Finding> {
    // What is wrong was said in the first render.
    let mut explainer = Explainer::new(scene.values, scene.templates, scene.sources);
    let env = Env::deterministic(FIXED_TIME + LATER, !FIXED_SEED);
    let (second, _) = scene.execute(env, &mut explainer);
    let other: BTreeMap<&str, &[u8]> = second
        .files
        .iter()
        .map(|file| (file.name.as_str(), file.bytes.as_slice()))
        .collect();
    let mut findings: Vec<Finding> = Vec::new();
    for file in &first.files {
        if other.get(file.name.as_str()) == Some(&file.bytes.as_slice()) {
            continue;
        }
        for call in calls.get(&file.name).into_iter().flatten() {
            let span = call.place.as_ref().and_then(|place| explainer.span_of(place));
            let at = match span.or(file.template.map(|source| Span::new(source, 0, 0))) {
                Some(span) => Anchor::Text(span),
                None => Anchor::File(file.path.clone()),
            };
            // A helper is called from many templates.
            if findings.iter().any(|known| known.at == at) {
                continue;
            }
            let message = format!("`{}` gives something else in each render", call.function);
            findings.push(Finding::new(&UNREPEATABLE_TEMPLATE, at, message).help(
                "take it from values or from a Secret that is there already, or accept a new one at every upgrade",
            ));
        }
    }
    findings
}
