//! Suppressions in annotations of an object, or of its pods.

use plimsoll_yaml::NodeRef;

use super::words::{of_peer, of_tool, read as read_words};
use super::{Context, Scope, Suppression};
use crate::finding::{Anchor, Finding, Part, RuleMeta};
use crate::manifest::{Manifest, Route};

const OURS: &str = "plimsoll.dev/ignore";

pub(super) fn read(context: &Context<'_, '_>, notes: &mut Vec<Suppression>, problems: &mut Vec<Finding>) {
    for manifest in context.fleet.manifests() {
        read_part(manifest, &Route::root(), context, notes, problems);
    }
    for workload in context
        .fleet
        .workloads()
        .iter()
        .filter(|workload| !workload.is_pod())
    {
        read_part(workload.manifest, &workload.template, context, notes, problems);
    }
}

fn read_part(
    manifest: &Manifest,
    part: &Route,
    context: &Context<'_, '_>,
    notes: &mut Vec<Suppression>,
    problems: &mut Vec<Finding>,
) {
    let annotations = part.below("metadata.annotations");
    let Some(node) = manifest.at(&annotations) else {
        return;
    };
    for (key, value) in node.entries().filter(|(_, value)| value.is_scalar()) {
        let at = Anchor::Route(manifest.number, annotations.then(key.str()), Part::Key);
        let (rules, until) = if key.str() == OURS {
            read_words(value.str(), &at, context, problems)
        } else {
            (of_others(key.str(), value, context), None)
        };
        if rules.is_empty() {
            continue;
        }
        notes.push(Suppression {
            rules,
            scope: match part.steps() {
                [] => Scope::Object(manifest.number),
                _ => Scope::Part(manifest.number, part.clone()),
            },
            at,
            until,
            is_ours: key.str() == OURS,
        });
    }
}

/// What the annotations of other linters mean.
fn of_others(key: &str, value: NodeRef<'_>, context: &Context<'_, '_>) -> Vec<&'static RuleMeta> {
    if let Some(check) = key.strip_prefix("ignore-check.kube-linter.io/") {
        return of_peer("kube-linter", check, context);
    }
    if let Some(check) = key.strip_prefix("polaris.fairwinds.com/") {
        return match check.strip_suffix("-exempt") {
            _ if value.str() != "true" => Vec::new(),
            Some(check) => of_peer("polaris", check, context),
            None if check == "exempt" => of_tool("polaris", context),
            None => Vec::new(),
        };
    }
    if key.starts_with("checkov.io/skip") {
        // `CKV_K8S_20=why it is accepted`
        let check = value.str().split('=').next().unwrap_or_default().trim();
        return of_peer("checkov", check, context);
    }
    match key {
        "kube-linter.io/ignore-all" => of_tool("kube-linter", context),
        "kube-score/ignore" => value
            .str()
            .split(',')
            .flat_map(|check| match check.trim() {
                "*" => of_tool("kube-score", context),
                check => of_peer("kube-score", check, context),
            })
            .collect(),
        _ => Vec::new(),
    }
}
