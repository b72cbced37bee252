//! What ours says of a pod, in the form of the oracle's answers. Shared by the tests and by `cargo xtask pod-security`.

use plimsoll::admission::pod_security::{self, Level};
use plimsoll::manifest::ManifestSet;
use plimsoll::manifest::parse::{self, Strangers};
use plimsoll::source::{SourceKind, SourceMap};
use serde_json::{Value as Json, json};

/// The newest minor version of a standard that the oracle knows.
const LAST: u16 = 37;

/// What the standards forbid of the one object in a text: for each level, runs of minor versions that say the same.
pub(crate) fn judge(text: &str) -> Json {
    let sources = SourceMap::default();
    let source = sources.add("pod.yaml", text, SourceKind::File);
    let (mut manifests, mut findings) = (ManifestSet::default(), Vec::new());
    parse::parse_shared(
        text.into(),
        source,
        0,
        Strangers::Report,
        &mut manifests,
        &mut findings,
    );
    let Some(manifest) = manifests.iter().next() else {
        return json!({ "error": "no object" });
    };
    let runs = |level: Level| {
        let mut runs: Vec<(u16, u16, Vec<String>)> = Vec::new();
        for minor in 0..=LAST {
            let forbidden: Vec<String> = pod_security::violations(manifest, level, minor)
                .iter()
                .map(ToString::to_string)
                .collect();
            match runs.last_mut() {
                Some((_, to, same)) if *same == forbidden => *to = minor,
                _ => runs.push((minor, minor, forbidden)),
            }
        }
        runs
    };
    json!({ "baseline": runs(Level::Baseline), "restricted": runs(Level::Restricted) })
}
