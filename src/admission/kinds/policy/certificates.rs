//! CertificateSigningRequest: `validateCertificateSigningRequest` of pkg/apis/certificates/validation.

use std::collections::BTreeSet;

use crate::admission::at::At;
use crate::admission::bytes;
use crate::admission::errors::Errors;
use crate::admission::signer;

/// What a certificate may be for.
const USAGES: [&str; 23] = [
    "signing",
    "digital signature",
    "content commitment",
    "key encipherment",
    "key agreement",
    "data encipherment",
    "cert sign",
    "crl sign",
    "encipher only",
    "decipher only",
    "any",
    "server auth",
    "client auth",
    "code signing",
    "email protection",
    "s/mime",
    "ipsec end system",
    "ipsec tunnel",
    "ipsec user",
    "timestamping",
    "ocsp signing",
    "microsoft sgc",
    "netscape sgc",
];

/// Checks a new request. Of the PEM text only its type is looked at, not what is signed.
pub(super) fn request(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    let request = spec.get("request");
    if request.is_given() && !is_request(request.str()) {
        errors
            .invalid(&request, "PEM block type must be CERTIFICATE REQUEST")
            .help("give the request as PEM in base64: `base64 -w0 request.csr`");
    }
    let usages = spec.get("usages");
    if usages.is_empty() {
        errors.required(&usages, "");
    }
    let mut seen = BTreeSet::new();
    for usage in usages.items() {
        if !USAGES.contains(&usage.str()) {
            errors.unsupported(&usage, &USAGES);
        }
        if !seen.insert(usage.str()) {
            errors.duplicate(&usage);
        }
    }
    let signer = spec.get("signerName");
    if signer.str() == "kubernetes.io/legacy-unknown" {
        errors.invalid(
            &signer,
            "the legacy signerName is not allowed via this API version",
        );
    } else if signer.is_given() {
        signer::check(&signer, errors);
    }
    let expiration = spec.get("expirationSeconds");
    if expiration.int().is_some_and(|seconds| seconds < 600) {
        errors.invalid(
            &expiration,
            "may not specify a duration less than 600 seconds (10 minutes)",
        );
    }
}

fn is_request(text: &str) -> bool {
    // What is no base64 the schema stage reports.
    let Some(bytes) = bytes::decoded(text) else {
        return true;
    };
    let pem = String::from_utf8_lossy(&bytes);
    pem.contains("-----BEGIN CERTIFICATE REQUEST-----") && pem.contains("-----END CERTIFICATE REQUEST-----")
}
