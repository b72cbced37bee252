//! Names of signers of certificates: `example.com/name`.

use super::at::At;
use super::errors::Errors;
use super::names;

/// `ValidateSignerName` of pkg/apis/core/validation.
pub(super) fn check(signer: &At<'_, '_>, errors: &mut Errors<'_>) {
    let name = signer.str();
    if name.is_empty() {
        errors.required(signer, "");
        return;
    }
    let segments: Vec<&str> = name.split('/').collect();
    let [domain, path] = segments.as_slice() else {
        errors.invalid(
            signer,
            "must be a fully qualified domain and path of the form 'example.com/signer-name'",
        );
        return;
    };
    if domain.len() > 253 {
        errors.too_long(signer, 253);
    }
    for (labels, check) in [
        (domain, names::dns1123_label as fn(&str) -> Vec<String>),
        (path, names::dns1123_subdomain),
    ] {
        let wrong = labels
            .split('.')
            .map(|label| (label, check(label)))
            .find(|(_, wrong)| !wrong.is_empty());
        if let Some((label, wrong)) = wrong {
            for what in wrong {
                errors.invalid(signer, format!("validating label {label:?}: {what}"));
            }
        }
    }
    if !domain.contains('.') {
        errors.invalid(
            signer,
            "should be a domain with at least two segments separated by dots",
        );
    }
    if name.len() > 253 + 253 + 63 + 2 {
        errors.too_long(signer, 253 + 253 + 63 + 2);
    }
}
