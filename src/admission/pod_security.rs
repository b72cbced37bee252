//! The Pod Security Standards, as the admission plugin PodSecurity applies them: by the labels of the pod's namespace,
//! where the input has that Namespace, else by what the call says (`--pss`).
//!
//! The plugin refuses pods. Of an object that makes pods it only warns, and takes it: its pods are refused one by one,
//! later and out of sight. So what an enforced standard forbids in a template is an error here too.
//!
//! Each check of the standards has its file, a port of k8s.io/pod-security-admission `policy/check_*.go` with its
//! sentences. Their versions are those of the standards, not of the server.

mod allow_privilege_escalation;
mod app_armor_profile;
mod capabilities;
mod check;
mod host_namespaces;
mod host_path_volumes;
mod host_ports;
mod host_probes;
mod level;
mod privileged;
mod proc_mount;
mod restricted_volumes;
mod run_as_non_root;
mod run_as_user;
mod se_linux_options;
mod seccomp_profile;
mod sysctls;
mod windows_host_process;

use std::collections::{BTreeMap, HashMap};

use crate::finding::{Anchor, Finding, Part, Severity};
use crate::manifest::{Manifest, ManifestSet, Route};
use crate::schema::KubernetesVersion;

use super::at::At;
use super::errors::scope;
use super::rules::POD_SECURITY;
use super::templates;
pub(crate) use capabilities::DEFAULT as DEFAULT_CAPABILITIES;
pub use check::Violation;
use check::{Check, Pod};
pub(super) use level::check_labels;
pub use level::{Level, Standard};
use level::{Mode, Policy};

/// Every check, in the plugin's order: those of baseline by name, then those of restricted by name.
static CHECKS: &[&Check] = &[
    &app_armor_profile::CHECK,
    &capabilities::BASELINE,
    &host_namespaces::CHECK,
    &host_path_volumes::CHECK,
    &host_ports::CHECK,
    &host_probes::CHECK,
    &privileged::CHECK,
    &proc_mount::BASELINE,
    &se_linux_options::CHECK,
    &seccomp_profile::BASELINE,
    &sysctls::CHECK,
    &windows_host_process::CHECK,
    &allow_privilege_escalation::CHECK,
    &capabilities::RESTRICTED,
    &proc_mount::RESTRICTED,
    &restricted_volumes::CHECK,
    &run_as_non_root::CHECK,
    &run_as_user::CHECK,
    &seccomp_profile::RESTRICTED,
];

/// Most places of one violation that a finding points at.
const MAX_PLACES: usize = 10;

/// Checks every pod and every template of pods against the standard of its namespace, for servers of these versions.
///
/// `namespace` is where objects are that name none; `default` is enforced in namespaces that do not say otherwise.
pub fn apply(
    manifests: &ManifestSet,
    namespace: &str,
    default: Standard,
    versions: &[KubernetesVersion],
) -> Vec<Finding> {
    let namespaces = manifests.namespaces();
    let policies: HashMap<&str, Policy> = namespaces
        .iter()
        .map(|(name, manifest)| (*name, Policy::of(manifest, default)))
        .collect();
    let elsewhere = Policy::enforced(default);
    let mut findings = Vec::new();
    for manifest in manifests {
        let name = manifest.id.namespace.as_deref().unwrap_or(namespace);
        let policy = policies.get(name).unwrap_or(&elsewhere);
        if policy.is_privileged() {
            continue;
        }
        let Some(template) = templates::of(manifest) else {
            continue;
        };
        let says = namespaces.get(name).copied();
        findings.extend(violations_of(manifest, &template, policy, says, versions));
    }
    findings
}

/// What a standard of one version forbids of a pod or of the template in an object: the plugin's results in its order.
/// Nothing of an object that makes no pods.
pub fn violations(manifest: &Manifest, level: Level, minor: u16) -> Vec<Violation> {
    let Some(template) = templates::of(manifest) else {
        return Vec::new();
    };
    evaluate(manifest, &template, level, minor)
        .into_iter()
        .map(|(_, violation)| violation)
        .collect()
}

fn evaluate(
    manifest: &Manifest,
    template: &Route,
    level: Level,
    minor: u16,
) -> Vec<(&'static Check, Violation)> {
    let Some(node) = manifest.at(template) else {
        return Vec::new();
    };
    let root = At::root(node);
    let (metadata, spec) = (root.get("metadata"), root.get("spec"));
    let lists = ["initContainers", "containers", "ephemeralContainers"].map(|list| spec.get(list));
    let pod = Pod {
        annotations: metadata.get("annotations"),
        containers: lists.iter().flat_map(At::items).collect(),
        spec,
        is_template: !template.steps().is_empty(),
    };
    let replaced: Vec<&str> = CHECKS
        .iter()
        .filter(|check| check.level <= level && check.since <= minor)
        .filter_map(|check| check.replaces)
        .collect();
    CHECKS
        .iter()
        .filter(|check| check.level <= level && check.since <= minor && !replaced.contains(&check.id))
        .filter_map(|check| Some((*check, (check.run)(&pod, minor)?)))
        .collect()
}

/// The findings of one object, the strictest mode first; what one mode reported the next does not repeat.
fn violations_of(
    manifest: &Manifest,
    template: &Route,
    policy: &Policy,
    namespace: Option<&Manifest>,
    versions: &[KubernetesVersion],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut told = Vec::new();
    for (mode, standard) in policy.modes() {
        // A server knows no standard newer than itself.
        let mut servers: BTreeMap<u16, Vec<&KubernetesVersion>> = BTreeMap::new();
        for server in versions {
            let minor = standard
                .minor()
                .map_or(server.minor, |minor| minor.min(server.minor));
            servers.entry(minor).or_default().push(server);
        }
        let mut found: Vec<(&Check, Violation, Vec<&KubernetesVersion>)> = Vec::new();
        for (minor, servers) in servers {
            for (check, violation) in evaluate(manifest, template, standard.level, minor) {
                match found.iter_mut().find(|(_, known, _)| *known == violation) {
                    Some((.., of)) => of.extend(&servers),
                    None => found.push((check, violation, servers.clone())),
                }
            }
        }
        for (check, violation, mut servers) in found {
            if told.contains(&violation) {
                continue;
            }
            servers.sort_unstable();
            let scope = scope(&servers, versions.len());
            let mut finding = finding(manifest, template, mode, &standard, check, &violation);
            finding.message.push_str(&scope);
            if let Some((namespace, label)) = namespace.and_then(|it| Some((it, mode.label_in(it)?))) {
                let at = Anchor::Route(namespace.number, label, Part::Value);
                finding = finding.related(at, "the namespace asks for it");
            }
            findings.push(finding);
            told.push(violation);
        }
    }
    findings
}

fn finding(
    manifest: &Manifest,
    template: &Route,
    mode: Mode,
    standard: &Standard,
    check: &Check,
    violation: &Violation,
) -> Finding {
    let verb = if mode == Mode::Enforce && template.steps().is_empty() {
        "violates"
    } else {
        "would violate"
    };
    let mut message = format!("{verb} PodSecurity \"{standard}\": {violation}");
    if mode == Mode::Enforce {
        message.push_str(&templates::fate(manifest, template));
    }
    let mut places = violation
        .places
        .iter()
        .map(|place| templates::anchor(manifest, template, place));
    let first = places
        .next()
        .unwrap_or_else(|| Anchor::Route(manifest.number, Route::default(), Part::Key));
    let mut finding = Finding::new(&POD_SECURITY, first.clone(), message)
        .severity(mode.severity())
        .help(check.help);
    for place in places.take(MAX_PLACES - 1).filter(|place| *place != first) {
        finding = finding.related(place, "here too");
    }
    finding
}

impl Mode {
    /// How much a violation weighs: warnings are what `kubectl` shows, and the audit log is read by others.
    fn severity(self) -> Severity {
        match self {
            Self::Enforce => Severity::Error,
            Self::Warn => Severity::Warning,
            Self::Audit => Severity::Info,
        }
    }
}
