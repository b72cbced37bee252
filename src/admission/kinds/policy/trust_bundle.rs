//! ClusterTrustBundle: `ValidateClusterTrustBundle` of pkg/apis/certificates/validation.
//!
//! Whether the certificates in the bundle parse, and are not given twice, is left to the server.

use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::{equal, names, signer};

/// Checks a bundle and its name, which begins with that of the signer.
pub(super) fn check(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (metadata, spec) = (root.get("metadata"), root.get("spec"));
    let signer = spec.get("signerName");
    for (key, is_prefix) in [("generateName", true), ("name", false)] {
        let name = metadata.get(key);
        if name.is_empty() {
            continue;
        }
        for what in wrong_name(name.str(), is_prefix, signer.str()) {
            errors.invalid(&name, what);
        }
    }
    if !signer.is_empty() {
        signer::check(&signer, errors);
    }
    let bundle = spec.get("trustBundle");
    let begin = "-----BEGIN CERTIFICATE-----";
    if !bundle.str().lines().any(|line| line.trim_end() == begin) {
        errors
            .invalid(&bundle, "at least one trust anchor must be provided")
            .help(
                "put certificates in PEM form here, each between `BEGIN CERTIFICATE` and `END CERTIFICATE`",
            );
    }
}

/// `ValidateClusterTrustBundleName`.
fn wrong_name(name: &str, is_prefix: bool, signer: &str) -> Vec<String> {
    if signer.is_empty() {
        if name.contains(':') {
            return vec!["ClusterTrustBundle without signer name must not have \":\" in its name".to_owned()];
        }
        return names::subdomain_name(name, is_prefix);
    }
    let prefix = format!("{}:", signer.replace('/', ":"));
    match name.strip_prefix(&prefix) {
        Some(rest) => names::subdomain_name(rest, is_prefix),
        None => vec![format!(
            "ClusterTrustBundle for signerName {signer} must be named with prefix {prefix}"
        )],
    }
}

/// A bundle stays with its signer.
pub(super) fn update(old: &At<'_, '_>, new: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (before, spec) = (old.get("spec"), new.get("spec"));
    let signer = spec.get("signerName");
    if !equal::same(&before.get("signerName"), &signer) {
        errors.immutable(&signer, "field is immutable");
    }
}
