//! Job: `ValidateJobCreate` of pkg/apis/batch/validation; what a CronJob makes is checked here too.

use super::{job_policies, template};
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::{label_selector, names, pod};
use crate::manifest::selector::Selector;

/// From so many completions on there are lower bounds.
const MANY_COMPLETIONS: i64 = 100_000;
/// Most pods at once, and most failed indexes, of a Job with many completions.
const MANY_BOUND: i64 = 10_000;
/// Most pods at once, and most failed indexes, of any indexed Job.
const INDEXED_BOUND: i64 = 100_000;

/// The label of the server's own with the name of the Job, and its name before 1.27.
pub(super) const NAME_LABELS: [&str; 2] = ["batch.kubernetes.io/job-name", "job-name"];
/// The label with the `uid` of the Job, which no manifest can know.
pub(super) const UID_LABELS: [&str; 2] = ["batch.kubernetes.io/controller-uid", "controller-uid"];

/// `ValidateJobCreate`.
pub(super) fn check(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let metadata = root.get("metadata");
    let spec = root.get("spec");
    let manual = spec.get("manualSelector").is_true();
    if manual {
        selector_by_hand(&spec, errors);
    } else if !errors.is_change() {
        generated_selector(&metadata, &spec, errors);
    }
    check_spec(&spec, errors);
    name_allows_completions(&metadata, &spec, errors);
}

/// `ValidateJobSpec` of a Job that asks for its own selector.
fn selector_by_hand(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let selector = spec.get("selector");
    if !selector.is_given() && !errors.is_change() {
        errors
            .required(&selector, "")
            .help("remove `manualSelector: true`: the server makes a selector that is unique");
    }
    label_selector::check(&selector, errors);
    template::check_selected(spec, errors);
}

/// `validateGeneratedSelector`: the server adds labels to the template and selects them (`generateSelector`). What is
/// written must not be in their way.
fn generated_selector(metadata: &At<'_, '_>, spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let template = spec.get("template");
    let template_metadata = template.get("metadata");
    let labels = template_metadata.get("labels");
    let name = metadata.get("name");
    for key in NAME_LABELS {
        let label = labels.get(key);
        if label.is_given() && !name.is_empty() && label.str() != name.str() {
            errors
                .invalid(&label, format!("must be '{}'", name.str()))
                .help("remove the label: the server sets it");
        }
    }
    for key in UID_LABELS {
        let label = labels.get(key);
        if label.is_given() {
            errors
                .invalid(&label, "must be the `uid` that the server gives the Job")
                .help("remove the label: the server sets it");
        }
    }
    // The name becomes the value of a label, which is shorter than a name.
    if labels.get(NAME_LABELS[0]).as_str().is_none() && name.str().len() > 63 {
        errors
            .invalid(&name, "must be no more than 63 bytes")
            .help("shorten the name: the server writes it into the label `job-name` of the pods");
    }
    let selector = spec.get("selector");
    label_selector::check(&selector, errors);
    if let Some(node) = selector.node()
        && !label_selector::is_empty(&selector)
        && let Some(wanted) = Selector::of_label_selector(node)
    {
        let own = NAME_LABELS.iter().map(|key| (*key, name.str())).collect();
        if !wanted.matches(&own) {
            errors
                .invalid(&selector, "`selector` not auto-generated")
                .help("remove the selector: the server makes one that is unique");
        }
    }
}

/// `validateNameAllowsCompletions`: the pods of an indexed Job are named after the Job and their index.
fn name_allows_completions(metadata: &At<'_, '_>, spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let name = metadata.get("name");
    let completions = spec.get("completions").int().unwrap_or(0);
    if spec.get("completionMode").str() != "Indexed" || completions <= 0 || name.is_empty() {
        return;
    }
    let last = format!("{}-{}", name.str(), completions - 1);
    if !names::dns1123_label(&last).is_empty() {
        errors.invalid(
            &name,
            format!("will not able to create pod with invalid DNS label: {last}"),
        );
    }
}

/// `validateJobSpec`: of a Job, and of what a CronJob makes Jobs from.
pub(super) fn check_spec(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    for key in [
        "parallelism",
        "completions",
        "activeDeadlineSeconds",
        "backoffLimit",
        "ttlSecondsAfterFinished",
        "backoffLimitPerIndex",
        "maxFailedIndexes",
    ] {
        errors.not_negative(&spec.get(key));
    }
    let per_index = spec.get("backoffLimitPerIndex");
    if spec.get("maxFailedIndexes").is_given() && !per_index.is_given() {
        errors.required(&per_index, "when maxFailedIndexes is specified");
    }
    managed_by(&spec.get("managedBy"), errors);
    if spec.get("completionMode").str_or("NonIndexed") == "Indexed" {
        indexed(spec, errors);
    } else {
        for key in ["backoffLimitPerIndex", "maxFailedIndexes"] {
            let field = spec.get(key);
            if field.is_given() {
                errors
                    .invalid(&field, "requires indexed completion mode")
                    .help("set `completionMode: Indexed`, and `completions`");
            }
        }
    }
    job_policies::check(spec, errors);
    let template = spec.get("template");
    pod::template(&template, errors);
    restart_policy(spec, &template, errors);
}

/// `managedBy`: `IsDomainPrefixedPath` of k8s.io/apimachinery, and a length.
fn managed_by(manager: &At<'_, '_>, errors: &mut Errors<'_>) {
    if !manager.is_given() {
        return;
    }
    errors.minors(32.., |errors| {
        let text = manager.str();
        match text.split_once('/') {
            _ if text.is_empty() => {
                errors.required(manager, "");
            }
            Some((host, path)) if !host.is_empty() && !path.is_empty() => {
                for what in names::dns1123_subdomain(host) {
                    errors.invalid(manager, what);
                }
                let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&byte);
                if !path.bytes().all(fits) {
                    errors.invalid(
                        manager,
                        "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')",
                    );
                }
            }
            _ => {
                errors.invalid(
                    manager,
                    "must be a domain-prefixed path (such as \"acme.io/foo\")",
                );
            }
        }
        if text.len() > 63 {
            errors.too_long(manager, 63);
        }
    });
}

/// What an indexed Job must say, and how much it may ask for.
fn indexed(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (completions, parallelism) = (spec.get("completions"), spec.get("parallelism"));
    let failed = spec.get("maxFailedIndexes");
    // `SetDefaults_Job`: both are 1 when both are left out.
    let count = completions
        .int()
        .or_else(|| (!completions.is_given() && !parallelism.is_given()).then_some(1));
    if count.is_none() && !completions.is_given() {
        errors.required(&completions, "when completion mode is Indexed");
    }
    let at_most = |field: &At<'_, '_>, bound: i64, why: &str, errors: &mut Errors<'_>| {
        if field.int().is_some_and(|number| number > bound) {
            errors.invalid(field, format!("must be less than or equal to {bound}{why}"));
        }
    };
    at_most(
        &parallelism,
        INDEXED_BOUND,
        " when completion mode is Indexed",
        errors,
    );
    if let (Some(count), Some(number)) = (count, failed.int())
        && number > count
    {
        errors.invalid(&failed, "must be less than or equal to completions");
    }
    at_most(&failed, INDEXED_BOUND, "", errors);
    if count.is_some_and(|count| count > MANY_COMPLETIONS) && spec.get("backoffLimitPerIndex").is_given() {
        if !failed.is_given() {
            errors.required(
                &failed,
                format!("must be specified when completions is above {MANY_COMPLETIONS}"),
            );
        }
        let why =
            format!(" when completions are above {MANY_COMPLETIONS} and used with backoff limit per index");
        at_most(&parallelism, MANY_BOUND, &why, errors);
        at_most(&failed, MANY_BOUND, &why, errors);
    }
}

/// Pods of a Job end; the default of `restartPolicy` does not fit them.
fn restart_policy(spec: &At<'_, '_>, template: &At<'_, '_>, errors: &mut Errors<'_>) {
    let pod = template.get("spec");
    let policy = pod.get("restartPolicy");
    match policy.str_or("Always") {
        "Always" => {
            errors
                .required(&policy, "valid values: \"OnFailure\", \"Never\"")
                .help("add `restartPolicy: OnFailure` to the pod's spec, or `Never`: without it a pod restarts always");
        }
        "OnFailure" if spec.get("podFailurePolicy").is_given() => {
            errors.invalid(
                &policy,
                "only \"Never\" is supported when podFailurePolicy is specified",
            );
        }
        // Other words are the schema stage's.
        _ => {}
    }
}
