//! What of a Job may change: `ValidateJobSpecUpdate` of pkg/apis/batch/validation.

use super::job;
use crate::admission::at::At;
use crate::admission::defaults;
use crate::admission::equal::{self, Tree};
use crate::admission::errors::Errors;

/// Fields that never change.
const IMMUTABLE: [&str; 5] = [
    "completionMode",
    "podFailurePolicy",
    "backoffLimitPerIndex",
    "managedBy",
    "successPolicy",
];

/// `ValidateJobUpdate`.
pub(super) fn check(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (before, after) = (old.get("spec"), new.get("spec"));
    completions(&before, &after, errors);
    selector(&before, &after, errors);
    template(old, &before, &after, errors);
    for key in IMMUTABLE {
        let (was, is) = (before.get(key), after.get(key));
        let same = match key {
            "completionMode" => was.str_or("NonIndexed") == is.str_or("NonIndexed"),
            "podFailurePolicy" => equal::same_with(&was, &is, failure_policy),
            _ => equal::same(&was, &is),
        };
        if !same {
            immutable(&is, errors);
        }
    }
}

fn immutable(at: &At<'_, '_>, errors: &mut Errors<'_>) {
    errors
        .immutable(at, "field is immutable")
        .help("delete the Job and create it again, or give the new one another name");
}

/// `SetDefaults_PodFailurePolicyOnPodConditionsPattern`.
fn failure_policy(policy: &mut Tree) {
    for rule in policy.items_mut("rules") {
        for pattern in rule.items_mut("onPodConditions") {
            pattern.default("status", Tree::text("True"));
        }
    }
}

/// `validateCompletions`: of an indexed Job they follow `parallelism`.
fn completions(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let of = |spec: &At<'_, '_>| {
        let (completions, parallelism) = (spec.get("completions"), spec.get("parallelism"));
        // `SetDefaults_Job`
        if !completions.is_given() && !parallelism.is_given() {
            (Some(1), 1)
        } else {
            (completions.int(), parallelism.int().unwrap_or(1))
        }
    };
    let ((before, _), (after, parallelism)) = (of(old), of(new));
    let at = new.get("completions");
    if before == after {
        return;
    }
    if new.get("completionMode").str() != "Indexed" {
        immutable(&at, errors);
    } else if after.is_some_and(|after| after != parallelism) {
        errors
            .invalid(&at, "can only be modified in tandem with spec.parallelism")
            .help("set `parallelism` to the same number");
    }
}

/// A selector that is left out is the one the server made, which stays.
fn selector(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (was, is) = (old.get("selector"), new.get("selector"));
    if is.is_given() && was.is_given() && !equal::same(&was, &is) {
        immutable(&is, errors);
    }
}

/// `validatePodTemplateUpdate`: where pods go may change while a Job is suspended and has not started, and since 1.36
/// what they use.
fn template(root: &At<'_, '_>, old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (mut before, after) = (stored(old), stored(new));
    let waiting = old.get("suspend").is_true() && !root.get("status").get("startTime").is_given();
    if waiting {
        take_directives(&mut before, &after);
    }
    if before == after {
        return;
    }
    let at = new.get("template");
    if waiting {
        take_resources(&mut before, &after);
        if before.get("spec") == after.get("spec") {
            errors.minors(..36, |errors| immutable(&at, errors));
            return;
        }
    }
    immutable(&at, errors);
}

/// The template as the server stores it, but for its own labels, which only what a cluster gives back has.
fn stored(spec: &At<'_, '_>) -> Tree {
    let mut template = Tree::of(&spec.get("template"), "template").unwrap_or_else(Tree::empty);
    defaults::pod_template(&mut template);
    let metadata = template.ensure("metadata");
    let labels = metadata.ensure("labels");
    for key in job::NAME_LABELS.into_iter().chain(job::UID_LABELS) {
        labels.set(key, None);
    }
    if *labels == Tree::empty() {
        metadata.set("labels", None);
    }
    template
}

/// `AllowMutableSchedulingDirectives`: takes over from `new` where its pods may go.
fn take_directives(old: &mut Tree, new: &Tree) {
    let of = |tree: &Tree, part: &str, key: &str| tree.get(part).and_then(|part| part.get(key)).cloned();
    for key in ["annotations", "labels"] {
        let value = of(new, "metadata", key);
        old.ensure("metadata").set(key, value);
    }
    for key in ["nodeSelector", "tolerations", "schedulingGates"] {
        let value = of(new, "spec", key);
        old.ensure("spec").set(key, value);
    }
    let wanted = of(new, "spec", "affinity");
    let spec = old.ensure("spec");
    let nodes = wanted
        .as_ref()
        .and_then(|affinity| affinity.get("nodeAffinity"))
        .cloned();
    if wanted.is_none() && spec.get("affinity").is_none() {
        return;
    }
    let affinity = spec.ensure("affinity");
    affinity.set("nodeAffinity", nodes);
    if *affinity == Tree::empty() {
        spec.set("affinity", wanted.filter(|wanted| *wanted == Tree::empty()));
    }
}

/// `validatePodResourceUpdatesOnly`: takes over from `new` what its containers use.
fn take_resources(old: &mut Tree, new: &Tree) {
    for list in ["containers", "initContainers"] {
        let wanted: Vec<(String, Option<Tree>)> = match new.get("spec").and_then(|spec| spec.get(list)) {
            Some(Tree::List(items)) => items
                .iter()
                .map(|item| (item.str("name").to_owned(), item.get("resources").cloned()))
                .collect(),
            _ => Vec::new(),
        };
        for (container, (name, resources)) in old.ensure("spec").items_mut(list).zip(wanted) {
            if container.str("name") == name {
                container.set("resources", resources);
            }
        }
    }
}
