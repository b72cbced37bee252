//! Suppressions in annotations of an object, or of its pods; and kubeaudit's, which are labels.

use plimsoll_yaml::NodeRef;

use super::words::{of_peer, of_tool, read as read_words};
use super::{Context, Scope, Suppression};
use crate::finding::{Anchor, Finding, Part, RuleMeta};
use crate::manifest::{Manifest, Route};

const OURS: &str = "plimsoll.dev/ignore";

pub(super) fn read(context: &Context<'_, '_>, notes: &mut Vec<Suppression>, problems: &mut Vec<Finding>) {
    for manifest in context.fleet.manifests() {
        read_part(manifest, &Route::root(), context, notes, problems);
        read_labels(manifest, context, notes);
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

/// kubeaudit's labels of a namespace, or of the pods of a workload, with what they allow all of it, or one container.
fn read_labels(manifest: &Manifest, context: &Context<'_, '_>, notes: &mut Vec<Suppression>) {
    let workload = context.fleet.workload(manifest.number);
    let place = workload.map_or_else(Route::root, |workload| workload.template.clone());
    let labels = place.below("metadata.labels");
    for (key, _) in manifest.at(&labels).into_iter().flat_map(NodeRef::entries) {
        let strip = |prefixes: &[&str]| prefixes.iter().find_map(|prefix| key.str().strip_prefix(prefix));
        let (scope, allowed) = match strip(&KUBEAUDIT_OF_CONTAINER).and_then(|words| words.split_once('.')) {
            Some((name, allowed)) => {
                let mut containers = workload.into_iter().flat_map(|workload| &workload.containers);
                let Some(container) = containers.find(|container| container.name() == name) else {
                    continue;
                };
                (Scope::Part(manifest.number, container.route.clone()), allowed)
            }
            None => match strip(&KUBEAUDIT_OF_ALL) {
                Some(allowed) => (Scope::Object(manifest.number), allowed),
                None => continue,
            },
        };
        let rules: Vec<&RuleMeta> = KUBEAUDIT_ALLOWS
            .iter()
            .filter(|(label, _)| *label == allowed)
            .flat_map(|(_, checks)| *checks)
            .flat_map(|check| of_peer("kubeaudit", check, context))
            .collect();
        if !rules.is_empty() {
            notes.push(Suppression {
                rules,
                scope,
                at: Anchor::Route(manifest.number, labels.then(key.str()), Part::Key),
                until: None,
                is_ours: false,
            });
        }
    }
}

/// The newer and the older form.
const KUBEAUDIT_OF_CONTAINER: [&str; 2] = ["container.kubeaudit.io/", "container.audit.kubernetes.io/"];
const KUBEAUDIT_OF_ALL: [&str; 3] = [
    "kubeaudit.io/",
    "audit.kubernetes.io/pod.",
    "audit.kubernetes.io/namespace.",
];

/// What kubeaudit's labels allow, in its own names of checks (`OverrideLabel` of each auditor). Those that name a
/// capability or a mount allow less than a whole check and are not read.
const KUBEAUDIT_ALLOWS: &[(&str, &[&str])] = &[
    (
        "allow-automount-service-account-token",
        &["AutomountServiceAccountTokenTrueAndDefaultSA"],
    ),
    (
        "allow-disabled-apparmor",
        &["AppArmorDisabled", "AppArmorAnnotationMissing"],
    ),
    ("allow-namespace-host-IPC", &["NamespaceHostIPCTrue"]),
    ("allow-namespace-host-PID", &["NamespaceHostPIDTrue"]),
    ("allow-namespace-host-network", &["NamespaceHostNetworkTrue"]),
    (
        "allow-non-default-deny-egress-network-policy",
        &["MissingDefaultDenyEgressNetworkPolicy"],
    ),
    (
        "allow-non-default-deny-ingress-network-policy",
        &["MissingDefaultDenyIngressNetworkPolicy"],
    ),
    (
        "allow-privilege-escalation",
        &["AllowPrivilegeEscalationNil", "AllowPrivilegeEscalationTrue"],
    ),
    ("allow-privileged", &["PrivilegedTrue"]),
    (
        "allow-read-only-root-filesystem-false",
        &["ReadOnlyRootFilesystemNil", "ReadOnlyRootFilesystemFalse"],
    ),
    (
        "allow-run-as-root",
        &[
            "RunAsNonRootCSCFalse",
            "RunAsNonRootPSCFalseCSCNil",
            "RunAsNonRootPSCNilCSCNil",
            "RunAsUserCSCRoot",
            "RunAsUserPSCRoot",
        ],
    ),
];

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
