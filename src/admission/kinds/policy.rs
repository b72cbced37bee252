//! What governs a cluster: admission, priorities, runtimes, certificates, requests about rights.

use super::{KindRules, anything};
use crate::admission::names::{self, NameRule};

mod admission_bindings;
mod admission_policies;
mod admission_rules;
mod api_service;
mod certificates;
mod flow_control;
mod lease;
mod lease_candidate;
mod priority_class;
mod reviews;
mod runtime_class;
mod trust_bundle;
mod version_migration;
mod webhooks;

const ADMISSION: &str = "admissionregistration.k8s.io";
const FLOW: &str = "flowcontrol.apiserver.k8s.io";
const ACCESS: &str = "authorization.k8s.io";

/// `ValidLeaseCandidateName`: as a key of a ConfigMap.
fn config_key_name(name: &str, _: bool) -> Vec<String> {
    names::config_map_key(name)
}

/// A kind of which everything may change.
const fn mutable(
    group: &'static str,
    kind: &'static str,
    name: NameRule,
    create: fn(&crate::admission::at::At<'_, '_>, &mut crate::admission::errors::Errors<'_>),
) -> KindRules {
    KindRules {
        group,
        kind,
        name,
        create,
        update: anything,
    }
}

pub(super) static KINDS: &[KindRules] = &[
    KindRules {
        group: "scheduling.k8s.io",
        kind: "PriorityClass",
        name: names::subdomain_name,
        create: priority_class::check,
        update: priority_class::check_update,
    },
    KindRules {
        group: "node.k8s.io",
        kind: "RuntimeClass",
        name: names::subdomain_name,
        create: runtime_class::check,
        update: runtime_class::check_update,
    },
    mutable(
        ADMISSION,
        "ValidatingWebhookConfiguration",
        names::subdomain_name,
        webhooks::check,
    ),
    mutable(
        ADMISSION,
        "MutatingWebhookConfiguration",
        names::subdomain_name,
        webhooks::check,
    ),
    mutable(
        ADMISSION,
        "ValidatingAdmissionPolicy",
        names::subdomain_name,
        admission_policies::validating,
    ),
    mutable(
        ADMISSION,
        "MutatingAdmissionPolicy",
        names::subdomain_name,
        admission_policies::mutating,
    ),
    mutable(
        ADMISSION,
        "ValidatingAdmissionPolicyBinding",
        names::subdomain_name,
        admission_bindings::validating,
    ),
    mutable(
        ADMISSION,
        "MutatingAdmissionPolicyBinding",
        names::subdomain_name,
        admission_bindings::mutating,
    ),
    mutable(FLOW, "FlowSchema", names::subdomain_name, flow_control::schema),
    mutable(
        FLOW,
        "PriorityLevelConfiguration",
        names::subdomain_name,
        flow_control::level,
    ),
    mutable(
        "apiregistration.k8s.io",
        "APIService",
        names::path_segment_name,
        api_service::check,
    ),
    mutable(
        "coordination.k8s.io",
        "Lease",
        names::subdomain_name,
        lease::check,
    ),
    KindRules {
        group: "coordination.k8s.io",
        kind: "LeaseCandidate",
        name: config_key_name,
        create: lease_candidate::check,
        update: lease_candidate::update,
    },
    KindRules {
        group: "storagemigration.k8s.io",
        kind: "StorageVersionMigration",
        name: names::subdomain_name,
        create: version_migration::check,
        update: version_migration::update,
    },
    KindRules {
        group: "certificates.k8s.io",
        kind: "ClusterTrustBundle",
        // The name depends on the signer, which the check of the object knows.
        name: names::path_segment_name,
        create: trust_bundle::check,
        update: trust_bundle::update,
    },
    mutable(
        "certificates.k8s.io",
        "CertificateSigningRequest",
        names::path_segment_name,
        certificates::request,
    ),
    mutable(
        "authentication.k8s.io",
        "TokenReview",
        names::path_segment_name,
        reviews::token,
    ),
    mutable(
        ACCESS,
        "SubjectAccessReview",
        names::path_segment_name,
        reviews::subject,
    ),
    mutable(
        ACCESS,
        "SelfSubjectAccessReview",
        names::path_segment_name,
        reviews::own,
    ),
    mutable(
        ACCESS,
        "LocalSubjectAccessReview",
        names::path_segment_name,
        reviews::local,
    ),
];
