//! Changes the API server refuses: what its own validation says of the change ([`crate::admission::change`]).

use super::{Impact, Reason};
use crate::admission;
use crate::finding::{Anchor, Finding, Severity, secret};
use crate::live::Refusal;
use crate::manifest::{Manifest, ObjectId};
use crate::schema::SchemaStore;

/// Why a server with these schemas would refuse the change: a reason for each field it names.
pub(super) fn of(old: &Manifest, new: &Manifest, schemas: &SchemaStore) -> Vec<Reason> {
    let refusals = admission::change(old, new, schemas);
    let errors = refusals
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    errors
        .map(|refusal| {
            let sentence = sentence(refusal, &new.id);
            match &refusal.at {
                Anchor::Route(_, route, _) => Reason {
                    field: Some(route.into()),
                    ..Reason::new(Impact::Refused, secret::masked(sentence, new, route))
                },
                Anchor::Text(_) | Anchor::File(_) => Reason::new(Impact::Refused, sentence),
            }
        })
        .collect()
}

/// What the server itself has said against an object.
pub(super) fn told(refusals: &[Refusal], object: &ObjectId) -> Vec<Reason> {
    refusals
        .iter()
        .map(|refusal| {
            let Refusal { field, message } = refusal;
            let help = match is_immutable(message) {
                true => format!(": {}", remedy(object)),
                false => String::new(),
            };
            Reason {
                field: field.as_ref().map(Into::into),
                ..Reason::new(
                    Impact::Refused,
                    format!("the server refuses it ({message}){help}"),
                )
            }
        })
        .collect()
}

/// Whether the server says that a field may not change: by the function for that, or in words of its own.
fn is_immutable(message: &str) -> bool {
    [
        "field is immutable",
        "updates to ",
        "may not be changed",
        "may not change",
    ]
    .iter()
    .any(|words| message.contains(words))
}

fn sentence(refusal: &Finding, object: &ObjectId) -> String {
    // A message begins with the field, also where the finding points above it because the field was removed.
    match refusal.message.split_once(": ") {
        Some((field, _)) if refusal.rule == &admission::IMMUTABLE_FIELD => {
            format!("`{field}` cannot be changed: {}", remedy(object))
        }
        _ => match &refusal.help {
            Some(help) => format!("the server refuses it ({}): {help}", refusal.message),
            None => format!("the server refuses it ({})", refusal.message),
        },
    }
}

/// What to do about a field that may not change.
fn remedy(object: &ObjectId) -> &'static str {
    match (object.group(), &*object.kind) {
        ("apps", "StatefulSet") => {
            "delete the StatefulSet with `--cascade=orphan`, which leaves its pods and claims, and apply again"
        }
        ("apps", _) => {
            "delete it and apply again, which stops its pods meanwhile, or give the new one another name and move the traffic"
        }
        ("batch", "Job") => {
            "delete the Job first, or give each one a name of its own; a Helm hook does so with `helm.sh/hook-delete-policy: before-hook-creation`"
        }
        ("", "ConfigMap" | "Secret") => {
            "give the new content another name (a suffix from its hash) and let the pods name that, or delete it first"
        }
        ("", "PersistentVolumeClaim") => {
            "make a claim of another name, copy the data, and let the pods name the new claim"
        }
        ("", "Service") => {
            "delete the Service and apply again: its address changes, and clients that keep the old one fail"
        }
        ("rbac.authorization.k8s.io", _) => {
            "delete the binding and apply again (`kubectl auth reconcile` does both), or give the new one another name"
        }
        ("storage.k8s.io", "StorageClass") => {
            "delete the class and apply again: volumes that exist stay as they are, new ones follow the new class"
        }
        _ => "delete the object and make it anew, or give the new one another name",
    }
}
