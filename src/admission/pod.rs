//! Pods and pod templates: `ValidatePodSpec` and `ValidatePodTemplateSpec` of pkg/apis/core/validation.
//!
//! Checks come in the server's order. Fields behind feature gates that are off in every release so far (`schedulingGroup`,
//! `evictionResponders`, `lifecycle.stopSignal`, `emptyDir.mode`, `bindMountOptions`, owners of projected files, and
//! protocol or mode of a probe) are dropped by the server before it looks, so they are not checked.

pub(super) mod affinity;
mod annotations;
mod containers;
mod dns;
mod env;
mod handlers;
mod mounts;
mod ports;
mod projected;
mod requirements;
mod resources;
mod security;
pub(super) mod sources;
mod spread;
pub(super) mod tolerations;
mod update;
mod volumes;
mod windows;

use std::collections::{BTreeSet, HashMap};

use super::at::At;
use super::errors::Errors;
use super::{metadata, names};

pub(super) use affinity::node_selector;
pub(super) use sources::{Source, check as volume_source, driver_name};
pub(super) use update::update;

/// What makes the pods, as far as it changes what their spec may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// A Pod written by hand: what the server checks of Pods alone (`ResourceIsPod`).
    Pod,
    /// A template of any kind; what the kind asks of `restartPolicy` and the like its own checks say.
    Template,
}

/// What checks of a part need to know of the whole pod, defaults applied.
#[derive(Debug)]
struct Pod<'m, 'p> {
    owner: Owner,
    /// `terminationGracePeriodSeconds`, in seconds.
    grace: i64,
    /// Whether the containers share the host's users.
    host_users: bool,
    host_network: bool,
    restart: &'m str,
    volumes: HashMap<&'m str, At<'m, 'p>>,
    /// Names in `resourceClaims`.
    claims: BTreeSet<&'m str>,
}

/// `ValidatePodTemplateSpec`: `metadata` and `spec` of what pods are made from.
///
/// What a kind adds (allowed `restartPolicy`, labels that its selector wants) is checked there.
pub(super) fn template(template: &At<'_, '_>, errors: &mut Errors<'_>) {
    template_with(template, None, errors);
}

/// As [`template`], of a StatefulSet: a volume is made of each of `claims` (`volumeClaimTemplates`) in place of one with
/// its name, and `hostname` and `subdomain` are set by the controller (`ValidateStatefulSetSpec`).
pub(super) fn template_with_claims(template: &At<'_, '_>, claims: &At<'_, '_>, errors: &mut Errors<'_>) {
    template_with(template, Some(claims), errors);
}

fn template_with(template: &At<'_, '_>, claims: Option<&At<'_, '_>>, errors: &mut Errors<'_>) {
    let (meta, spec_at) = (template.get("metadata"), template.get("spec"));
    metadata::labels(&meta.get("labels"), errors);
    metadata::annotations(&meta.get("annotations"), errors);
    spec_with(&spec_at, &meta, Owner::Template, claims, errors);
    let ephemeral = spec_at.get("ephemeralContainers");
    if !ephemeral.is_empty() {
        errors
            .forbidden(&ephemeral, "ephemeral containers not allowed in pod template")
            .help("remove it: `kubectl debug` adds ephemeral containers to running pods");
    }
}

/// `ValidatePodSpec`, with what `ValidatePodCreate` adds for [`Owner::Pod`] and the annotations of the metadata beside it.
pub(super) fn spec(spec: &At<'_, '_>, metadata: &At<'_, '_>, owner: Owner, errors: &mut Errors<'_>) {
    spec_with(spec, metadata, owner, None, errors);
}

fn spec_with<'m>(
    spec: &At<'m, '_>,
    metadata: &At<'m, '_>,
    owner: Owner,
    templates: Option<&At<'m, '_>>,
    errors: &mut Errors<'_>,
) {
    annotations::check(&metadata.get("annotations"), spec, errors);
    let name = match owner {
        Owner::Pod => metadata.get("name").str(),
        Owner::Template => "",
    };
    let volumes = spec.get("volumes");
    let claims = spec.get("resourceClaims");
    let made: HashMap<&str, At<'_, '_>> = templates
        .into_iter()
        .flat_map(At::items)
        .map(|claim| (claim.get("metadata").get("name").str(), claim))
        .collect();
    let replaced: BTreeSet<&str> = made.keys().copied().collect();
    let pod = Pod {
        owner,
        grace: match spec.get("terminationGracePeriodSeconds").int() {
            None => 30,
            // `SetDefaults_Pod`
            Some(negative) if negative < 0 && owner == Owner::Pod => 1,
            Some(seconds) => seconds,
        },
        host_users: spec.get("hostUsers").bool() != Some(false),
        host_network: spec.get("hostNetwork").is_true(),
        restart: spec.get("restartPolicy").str_or("Always"),
        volumes: volumes::by_name(&volumes).into_iter().chain(made).collect(),
        claims: claims
            .items()
            .map(|claim| claim.get("name").str())
            .filter(|name| !name.is_empty())
            .collect(),
    };
    volumes::check(&volumes, name, &replaced, errors);
    resources::claims(&claims, &metadata.get("annotations"), errors);
    containers::regular(&pod, &spec.get("containers"), errors);
    containers::init(&pod, &spec.get("initContainers"), &spec.get("containers"), errors);
    containers::ephemeral(&pod, spec, errors);
    errors.minors(34.., |errors| resources::pod_level(spec, owner, errors));
    ports::host_network(&pod, &spec.get("containers"), errors);
    one_of(
        &spec.get("restartPolicy"),
        &["Always", "OnFailure", "Never"],
        errors,
    );
    one_of(
        &spec.get("dnsPolicy"),
        &["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"],
        errors,
    );
    metadata::labels(&spec.get("nodeSelector"), errors);
    security::pod(spec, errors);
    let labels = metadata.get("labels");
    let labels = (owner == Owner::Pod).then_some(&labels);
    affinity::check(&spec.get("affinity"), labels, errors);
    dns::config(spec, errors);
    gates(spec, errors);
    spread::check(&spec.get("topologySpreadConstraints"), labels, errors);
    windows::host_process(spec, errors);
    security::host_users(spec, errors);
    identity(spec, templates.is_some(), errors);
    tolerations::tolerations(&spec.get("tolerations"), errors);
    dns::host_aliases(&spec.get("hostAliases"), errors);
    classes(spec, errors);
    requirements::overhead(&spec.get("overhead"), errors);
    windows::os(spec, errors);
    errors.minors(35.., |errors| env::files(&pod, spec, errors));
    if owner == Owner::Pod {
        only_pod(spec, errors);
    }
    annotations::fields_match(&metadata.get("annotations"), spec, errors);
}

/// Runs a check on every container: init containers, containers, ephemeral containers, in the server's order.
fn each_container(spec: &At<'_, '_>, mut check: impl FnMut(&At<'_, '_>)) {
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        for container in spec.get(list).items() {
            check(&container);
        }
    }
}

/// A field with a default that must be one of some words.
fn one_of(at: &At<'_, '_>, words: &[&str], errors: &mut Errors<'_>) {
    if !at.is_empty() && !words.contains(&at.str()) {
        errors.unsupported(at, words);
    }
}

/// A field without a default that, when given, must be one of some words.
fn one_of_if_given(at: &At<'_, '_>, words: &[&str], errors: &mut Errors<'_>) {
    if at.is_given() && !words.contains(&at.str()) {
        errors.unsupported(at, words);
    }
}

/// A field that must have a value.
fn required(at: &At<'_, '_>, errors: &mut Errors<'_>) {
    if at.is_empty() {
        errors.required(at, "");
    }
}

/// A field that must have a value that follows a rule for names.
fn named(at: &At<'_, '_>, rule: fn(&str) -> Vec<String>, errors: &mut Errors<'_>) {
    if at.is_empty() {
        errors.required(at, "");
    } else {
        invalid(at, rule(at.str()), errors);
    }
}

/// Reports everything that is wrong with a value.
fn invalid(at: &At<'_, '_>, wrong: Vec<String>, errors: &mut Errors<'_>) {
    for what in wrong {
        errors.invalid(at, what);
    }
}

/// `validateReadinessGates`, `validateSchedulingGates`.
fn gates(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    for gate in spec.get("readinessGates").items() {
        let condition = gate.get("conditionType");
        invalid(&condition, names::qualified_name(condition.str()), errors);
    }
    let mut seen = BTreeSet::new();
    for gate in spec.get("schedulingGates").items() {
        let name = gate.get("name");
        invalid(&name, names::qualified_name(name.str()), errors);
        if !seen.insert(name.str()) {
            errors.duplicate(&name);
        }
    }
}

/// The names that a pod goes by: host name, service account, node.
fn identity(spec: &At<'_, '_>, named: bool, errors: &mut Errors<'_>) {
    errors.minors(35.., |errors| hostname_override(spec, errors));
    let mut account = spec.get("serviceAccountName");
    if account.is_empty() {
        account = spec.get("serviceAccount");
    }
    if !account.is_empty() {
        invalid(&account, names::dns1123_subdomain(account.str()), errors);
    }
    let node = spec.get("nodeName");
    if !node.is_empty() {
        invalid(&node, names::dns1123_subdomain(node.str()), errors);
    }
    let deadline = spec.get("activeDeadlineSeconds");
    if deadline
        .int()
        .is_some_and(|seconds| !(1..=i64::from(i32::MAX)).contains(&seconds))
    {
        errors.invalid(&deadline, "must be between 1 and 2147483647, inclusive");
    }
    for field in ["hostname", "subdomain"] {
        let at = spec.get(field);
        if !at.is_empty() && !named {
            invalid(&at, names::dns1123_label(at.str()), errors);
        }
    }
}

/// `validatePodHostName`.
fn hostname_override(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let at = spec.get("hostnameOverride");
    if !at.is_given() {
        return;
    }
    if spec.get("setHostnameAsFQDN").is_true() {
        errors.forbidden(&at, "may not be specified when setHostnameAsFQDN is true");
    }
    if spec.get("hostNetwork").is_true() {
        errors.forbidden(&at, "may not be specified when hostNetwork is true");
    }
    if at.str().len() > 64 {
        errors.too_long(&at, 64);
    }
    invalid(&at, names::dns1123_subdomain(at.str()), errors);
}

/// Classes that a pod names, and its policy of preemption.
fn classes(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let priority = spec.get("priorityClassName");
    if !priority.is_empty() {
        invalid(&priority, names::dns1123_subdomain(priority.str()), errors);
    }
    let runtime = spec.get("runtimeClassName");
    if runtime.is_given() {
        invalid(&runtime, names::dns1123_subdomain(runtime.str()), errors);
    }
    let preemption = spec.get("preemptionPolicy");
    if preemption.is_given() && preemption.is_empty() {
        errors.required(&preemption, "");
    }
    one_of(&preemption, &["PreemptLowerPriority", "Never"], errors);
}

/// What `validatePodMetadataAndSpec` and `ValidatePodCreate` check of Pods and not of templates.
fn only_pod(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    if spec.get("serviceAccountName").is_empty() && spec.get("serviceAccount").is_empty() {
        projected::no_tokens(&spec.get("volumes"), errors);
    }
    for list in ["containers", "initContainers", "ephemeralContainers"] {
        for container in spec.get(list).items() {
            let image = container.get("image");
            if image.str().trim() != image.str() {
                errors
                    .invalid(&image, "must not have leading or trailing whitespace")
                    .help("trim the image: a value with a line break at its end is the usual reason");
            }
        }
    }
    let ephemeral = spec.get("ephemeralContainers");
    if !ephemeral.is_empty() {
        errors
            .forbidden(&ephemeral, "cannot be set on create")
            .help("remove it: `kubectl debug` adds ephemeral containers to running pods");
    }
    let node = spec.get("nodeName");
    if !node.is_empty() && !spec.get("schedulingGates").is_empty() {
        errors.forbidden(&node, "cannot be set until all schedulingGates have been cleared");
    }
}
