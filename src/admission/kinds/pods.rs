//! Pods and templates of pods.

use super::{KindRules, anything};
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::names;
use crate::admission::pod::{self, Owner};

pub(super) static KINDS: &[KindRules] = &[
    KindRules {
        group: "",
        kind: "Pod",
        name: names::subdomain_name,
        create: pod,
        update: pod::update,
    },
    KindRules {
        group: "",
        kind: "PodTemplate",
        name: names::subdomain_name,
        create: pod_template,
        update: anything,
    },
];

/// `ValidatePodCreate`.
fn pod(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    pod::spec(&root.get("spec"), &root.get("metadata"), Owner::Pod, errors);
}

/// `ValidatePodTemplate`.
fn pod_template(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    pod::template(&root.get("template"), errors);
}
