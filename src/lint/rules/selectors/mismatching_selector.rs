use crate::lint::prelude::*;
use crate::manifest::selector::{Requirement, Selector};
use crate::suggest;

rule! {
    name: "mismatching-selector",
    group: Selectors,
    severity: Error,
    presets: [Default],
    peers: [
        "kube-linter:mismatching-selector",
        "kube-score:deployment-pod-selector-labels-match-template-metadata-labels",
        "kube-score:statefulset-pod-selector-labels-match-template-metadata-labels",
        "popeye:POP-508",
    ],
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let Some(selector) = &workload.selector else {
        // Older versions of the group took the labels of the template.
        if &*workload.manifest.id.api_version == "apps/v1" && workload.manifest.get("spec.selector").is_none()
        {
            let message = format!("{} has no selector, so no pod is its own", workload.title());
            out.push(out.at(workload.manifest.route("spec.selector"), Part::Missing, message).help(
                "copy the labels under `spec.template.metadata.labels` to `spec.selector.matchLabels`; the API server refuses a workload without a selector",
            ));
        } else if &*workload.manifest.id.kind == "DeploymentConfig" && workload.labels.is_empty() {
            // OpenShift takes the labels of the template.
            let message = format!(
                "{} has no selector, and its pods no labels to take for one",
                workload.title()
            );
            out.push(out.at(workload.manifest.route("spec.selector"), Part::Missing, message).help(
                "label the pods under `spec.template.metadata.labels`; without labels and a selector no pod is its own",
            ));
        }
        return;
    };
    if selector.is_empty() {
        if workload.manifest.id.group() == "apps" {
            let route = Route::root().then("spec").then("selector");
            let message = format!(
                "the selector of {} is empty, so no pod is its own",
                workload.title()
            );
            out.push(Finding::new(&RULE.meta, workload.at(route, Part::Key), message).help(
                "copy the labels under `spec.template.metadata.labels` to `spec.selector.matchLabels`; the API server refuses an empty selector",
            ));
        }
        return;
    }
    for failing in selector.failing(&workload.labels) {
        let (key, wanted) = match failing {
            Requirement::In(key, values) => (*key, format!("`{key}: {}`", values.join("` or `"))),
            Requirement::NotIn(key, values) => (
                *key,
                format!("`{key}` to be other than `{}`", values.join("`, `")),
            ),
            Requirement::Exists(key) => (*key, format!("a label `{key}`")),
            Requirement::DoesNotExist(key) => (*key, format!("no label `{key}`")),
        };
        let found = match workload.labels.get(key) {
            Some(value) => format!("the pod template has `{key}: {value}`"),
            None => format!("the pod template has no label `{key}`"),
        };
        let labels = workload.template.then("metadata").then("labels");
        let in_selector = workload.at(place(workload, selector, key), Part::Value);
        // What is missing belongs to the labels: a selector stays as it was applied first. With a label that is called nearly
        // the same, either may be misspelled.
        let is_missing = !workload.labels.contains_key(key)
            && suggest::nearest(key, workload.labels.keys().copied()).is_none();
        let ((at, also), what) = if is_missing {
            ((workload.at(labels, Part::Missing), in_selector), "the selector")
        } else if workload.labels.contains_key(key) {
            (
                (in_selector, workload.at(labels.then(key), Part::Key)),
                "the labels of the pods",
            )
        } else {
            (
                (in_selector, workload.at(labels, Part::Key)),
                "the labels of the pods",
            )
        };
        let message = format!("the selector of {} wants {wanted}, but {found}", workload.title());
        out.push(
            Finding::new(&RULE.meta, at, message)
                .help("make the selector and the labels under `spec.template.metadata.labels` agree; the API server refuses a workload that would not own its pods")
                .related(also, what),
        );
    }
}

/// Where the selector names a label.
fn place(workload: &Workload<'_>, selector: &Selector<'_>, key: &str) -> Route {
    let base = Route::root().then("spec").then("selector");
    let plain = base.then(key);
    let by_label = base.then("matchLabels").then(key);
    if workload.manifest.at(&by_label).is_some() {
        return by_label;
    }
    if workload.manifest.at(&plain).is_some() {
        return plain;
    }
    let list = base.then("matchExpressions");
    let index = workload
        .manifest
        .at(&list)
        .into_iter()
        .flat_map(NodeRef::items)
        .position(|expression| expression.get("key").is_some_and(|found| found.str() == key))
        .unwrap_or(selector.0.len());
    list.then(index)
}
