//! Projected volumes: `validateProjectedVolumeSource` and `validateProjectionSources` of pkg/apis/core/validation.

use std::collections::BTreeSet;

use super::volumes::{downward_file, key_to_path, local_path, mode};
use super::{one_of_if_given, required};
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::{label_selector, metadata, names, signer};

/// The shortest life of a token, in seconds.
const TOKEN_MIN: i64 = 10 * 60;

/// The longest life of a token, in seconds.
const TOKEN_MAX: i64 = 1 << 32;

/// The shortest life that a certificate may be limited to, in seconds.
const CERTIFICATE_MIN: i64 = 3600;

/// The longest life of a certificate, in seconds, of any signer and of Kubernetes' own.
const CERTIFICATE_MAX: (i64, i64) = (91 * 24 * 3600, 24 * 3600);

/// The parts of a volume, and the paths that they take in it.
struct Paths<'m>(BTreeSet<&'m str>);

impl<'m> Paths<'m> {
    /// Takes a path that is not empty; reports one that is taken already.
    fn take(&mut self, at: &At<'m, '_>, errors: &mut Errors<'_>) {
        if !at.is_empty() && !self.0.insert(at.str()) {
            errors
                .invalid(at, "conflicting duplicate paths")
                .help("give each file of the volume a path of its own");
        }
    }
}

/// `validateProjectedVolumeSource`.
pub(super) fn check(volume: &At<'_, '_>, errors: &mut Errors<'_>) {
    mode(&volume.get("defaultMode"), errors);
    let mut paths = Paths(BTreeSet::new());
    let sources = volume.get("sources");
    for source in sources.items() {
        let mut found = 0;
        for name in ["secret", "configMap"] {
            let part = source.get(name);
            if part.is_given() {
                found += 1;
                required(&part.get("name"), errors);
                for item in part.get("items").items() {
                    key_to_path(&item, errors);
                    paths.take(&item.get("path"), errors);
                }
            }
        }
        let downward = source.get("downwardAPI");
        if downward.is_given() {
            found += 1;
            for file in downward.get("items").items() {
                downward_file(&file, errors);
                paths.take(&file.get("path"), errors);
            }
        }
        let token = source.get("serviceAccountToken");
        if token.is_given() {
            found += 1;
            service_account_token(&token, errors);
        }
        let bundle = source.get("clusterTrustBundle");
        if bundle.is_given() {
            found += 1;
            errors.minors(37.., |errors| {
                trust_bundle(&bundle, errors);
                paths.take(&bundle.get("path"), errors);
            });
        }
        let certificate = source.get("podCertificate");
        if certificate.is_given() {
            found += 1;
            errors.minors(37.., |errors| pod_certificate(&certificate, &mut paths, errors));
        }
        if found > 1 {
            errors
                .forbidden(&source, "may not specify more than 1 volume type per source")
                .help("make each an item of `sources`");
        }
    }
}

fn service_account_token(token: &At<'_, '_>, errors: &mut Errors<'_>) {
    let life = token.get("expirationSeconds");
    if let Some(seconds) = life.int() {
        if seconds < TOKEN_MIN {
            errors.invalid(&life, "may not specify a duration less than 10 minutes");
        }
        if seconds > TOKEN_MAX {
            errors.invalid(&life, "may not specify a duration larger than 2^32 seconds");
        }
    }
    let path = token.get("path");
    required(&path, errors);
    // The check is ratcheting, and new in 1.24.
    local_path(&path, errors);
}

fn trust_bundle(bundle: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (name, signer, selector) = (
        bundle.get("name"),
        bundle.get("signerName"),
        bundle.get("labelSelector"),
    );
    match (name.is_given(), signer.is_given()) {
        (true, true) => {
            errors.invalid(bundle, "only one of name and signerName may be used");
        }
        (true, false) => {
            if name.is_empty() {
                errors.required(&name, "must be a valid object name");
            }
            // The part before the last colon is the signer, with a colon for its slash.
            let own = name.str().rsplit(':').next().unwrap_or_default();
            for what in names::dns1123_subdomain(own) {
                errors.invalid(&name, format!("not a valid clustertrustbundlename: {what}"));
            }
            if selector.is_given() {
                errors.invalid(&selector, "labelSelector must be unset if name is specified");
            }
        }
        (false, true) => {
            signer::check(&signer, errors);
            label_selector::check(&selector, errors);
        }
        (false, false) => {
            errors.required(bundle, "either name or signerName must be specified");
        }
    }
    let path = bundle.get("path");
    required(&path, errors);
    local_path(&path, errors);
}

fn pod_certificate<'m>(certificate: &At<'m, '_>, paths: &mut Paths<'m>, errors: &mut Errors<'_>) {
    let signer = certificate.get("signerName");
    signer::check(&signer, errors);
    metadata::annotations(&certificate.get("userAnnotations"), errors);
    let key = certificate.get("keyType");
    one_of_if_given(
        &key,
        &[
            "RSA3072",
            "RSA4096",
            "ECDSAP256",
            "ECDSAP384",
            "ECDSAP521",
            "ED25519",
        ],
        errors,
    );
    let life = certificate.get("maxExpirationSeconds");
    if let Some(seconds) = life.int() {
        let host = signer.str().split('/').next().unwrap_or_default();
        let of_kubernetes = host == "kubernetes.io" || host.ends_with(".kubernetes.io");
        let most = if of_kubernetes {
            CERTIFICATE_MAX.1
        } else {
            CERTIFICATE_MAX.0
        };
        if seconds < CERTIFICATE_MIN {
            errors.invalid(&life, "if provided, maxExpirationSeconds must be >= 3600");
        }
        if seconds > most {
            errors.invalid(
                &life,
                format!("if provided, maxExpirationSeconds must be <= {most}"),
            );
        }
    }
    let mut found = false;
    for field in ["credentialBundlePath", "keyPath", "certificateChainPath"] {
        let path = certificate.get(field);
        if !path.is_empty() {
            found = true;
            local_path(&path, errors);
            paths.take(&path, errors);
        }
    }
    if !found {
        errors.required(
            certificate,
            "specify at least one of credentialBundlePath, keyPath, and certificateChainPath",
        );
    }
}

/// A Pod without a service account has no token to project.
pub(super) fn no_tokens(volumes: &At<'_, '_>, errors: &mut Errors<'_>) {
    for volume in volumes.items() {
        for source in volume.get("projected").get("sources").items() {
            let token = source.get("serviceAccountToken");
            if token.is_given() {
                errors.forbidden(&token, "must not be specified when serviceAccountName is not set");
            }
        }
    }
}
