use super::grants::{ROLES, grants};
use crate::lint::prelude::*;

rule! {
    name: "rbac-unknown-resource",
    group: Rbac,
    severity: Warning,
    presets: [Default],
    peers: [],
    check: Kinds(ROLES, check),
}

fn check<'m>(_: &Fleet<'m>, role: &'m Manifest, out: &mut Sink<'_>) {
    for grant in grants(role).filter(|grant| grant.words("resources").next().is_some()) {
        for (route, word) in grant.words("resources") {
            let bare = word.split('/').next().unwrap_or_default();
            let plural = KINDS
                .iter()
                .find(|(kind, plural)| bare.eq_ignore_ascii_case(kind) && bare != *plural);
            let help = match plural {
                Some((_, plural)) => format!("write `{plural}`: resources are plural and lower case"),
                None if bare.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                    format!("write `{}`: resources are lower case", bare.to_ascii_lowercase())
                }
                None => continue,
            };
            out.value(
                route,
                format!(
                    "{} `{}` speaks of `{word}`, which is no resource",
                    role.id.kind, role.id.name
                ),
                help,
            );
        }
        let is_of_kubernetes = grant
            .words("apiGroups")
            .all(|(_, group)| matches!(group, "" | "apps" | "batch" | "autoscaling"));
        for (route, verb) in grant.words("verbs").filter(|_| is_of_kubernetes) {
            if VERBS.contains(&verb) || verb.contains(['*', ':', '/']) {
                continue;
            }
            let help = match crate::suggest::nearest(verb, VERBS.iter().copied()) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => "reading is `get`, `list` and `watch`; writing is `create`, `update`, `patch` and `delete`".to_owned(),
            };
            out.value(
                route,
                format!(
                    "{} `{}` allows `{verb}`, which is no verb of the API",
                    role.id.kind, role.id.name
                ),
                help,
            );
        }
    }
}

/// Verbs of resources of Kubernetes; the last line has those that only some resources know.
const VERBS: &[&str] = &[
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "approve",
    "attest",
    "bind",
    "escalate",
    "impersonate",
    "proxy",
    "sign",
    "use",
];

macro_rules! kinds {
    ($($kind:ty),* $(,)?) => {
        &[$((<$kind as k8s_openapi::Resource>::KIND, <$kind as k8s_openapi::Resource>::URL_PATH_SEGMENT)),*]
    };
}

/// Kinds whose name in the singular is a common slip, with their resource.
const KINDS: &[(&str, &str)] = kinds![
    k8s_openapi::api::apps::v1::DaemonSet,
    k8s_openapi::api::apps::v1::Deployment,
    k8s_openapi::api::apps::v1::ReplicaSet,
    k8s_openapi::api::apps::v1::StatefulSet,
    k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler,
    k8s_openapi::api::batch::v1::CronJob,
    k8s_openapi::api::batch::v1::Job,
    k8s_openapi::api::coordination::v1::Lease,
    k8s_openapi::api::core::v1::ConfigMap,
    k8s_openapi::api::core::v1::Event,
    k8s_openapi::api::core::v1::Namespace,
    k8s_openapi::api::core::v1::Node,
    k8s_openapi::api::core::v1::PersistentVolume,
    k8s_openapi::api::core::v1::PersistentVolumeClaim,
    k8s_openapi::api::core::v1::Pod,
    k8s_openapi::api::core::v1::Secret,
    k8s_openapi::api::core::v1::Service,
    k8s_openapi::api::core::v1::ServiceAccount,
    k8s_openapi::api::networking::v1::Ingress,
    k8s_openapi::api::networking::v1::NetworkPolicy,
    k8s_openapi::api::policy::v1::PodDisruptionBudget,
    k8s_openapi::api::rbac::v1::ClusterRole,
    k8s_openapi::api::rbac::v1::ClusterRoleBinding,
    k8s_openapi::api::rbac::v1::Role,
    k8s_openapi::api::rbac::v1::RoleBinding,
];
