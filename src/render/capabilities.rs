//! What the cluster that is rendered for can do.
//!
//! Upstream: `pkg/chart/common/capabilities.go` of Helm 4.3.1, `pkg/chartutil/capabilities.go` of 3.22.0.

use crate::chart::HelmCompat;

/// The API versions that Helm 3.22.0 and 4.3.1 know, in their order: the groups of client-go v0.37 and of the CRD API.
/// They hold versions that no server has any more, and do not depend on the version rendered for.
pub const API_VERSIONS: [&str; 57] = [
    "v1",
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1alpha1",
    "admissionregistration.k8s.io/v1beta1",
    "internal.apiserver.k8s.io/v1alpha1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1alpha1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "batch/v1",
    "batch/v1beta1",
    "certificates.k8s.io/v1",
    "certificates.k8s.io/v1beta1",
    "certificates.k8s.io/v1alpha1",
    "coordination.k8s.io/v1alpha2",
    "coordination.k8s.io/v1beta1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    "events.k8s.io/v1",
    "events.k8s.io/v1beta1",
    "extensions/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "lifecycle.k8s.io/v1alpha1",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1beta1",
    "node.k8s.io/v1",
    "node.k8s.io/v1alpha1",
    "node.k8s.io/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1",
    "rbac.authorization.k8s.io/v1alpha1",
    "resource.k8s.io/v1",
    "resource.k8s.io/v1beta2",
    "resource.k8s.io/v1beta1",
    "resource.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1beta1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1beta1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1alpha1",
    "storagemigration.k8s.io/v1",
    "storagemigration.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1",
];

/// A version of Kubernetes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KubeVersion {
    /// As templates see it: `v1.33.4-gke.1245000` in Helm 4, `v1.33.4` in Helm 3.
    pub version: String,
    /// Without suffix: what `kubeVersion` of a chart is compared with.
    pub normalized: String,
    /// `1`
    pub major: String,
    /// `33`
    pub minor: String,
}

/// What a text lacks to be a version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a version of Kubernetes such as 1.37 or v1.37.0")]
pub struct BadKubeVersion(String);

impl KubeVersion {
    /// The version that the profile's build of Helm says by itself.
    pub fn of_build() -> Self {
        Self {
            version: "v1.37.0".to_owned(),
            normalized: "v1.37.0".to_owned(),
            major: "1".to_owned(),
            minor: "37".to_owned(),
        }
    }

    /// Reads `--kube-version`. Upstream: `ParseKubeVersion`, and `ParseGeneric` of
    /// `k8s.io/apimachinery/pkg/util/version`, which takes two or more numbers and drops what follows them.
    ///
    /// # Errors
    /// The text does not begin with two numbers, or a number has a leading zero.
    pub fn parse(text: &str, compat: HelmCompat) -> Result<Self, BadKubeVersion> {
        let bad = || BadKubeVersion(text.to_owned());
        let trimmed = text.trim();
        let bare = trimmed.strip_prefix('v').unwrap_or(trimmed);
        let end = bare
            .find(|char: char| !char.is_ascii_digit() && char != '.')
            .unwrap_or(bare.len());
        let (core, suffix) = bare.split_at(end);
        let core = if suffix.is_empty() {
            core
        } else {
            core.strip_suffix('.').unwrap_or(core)
        };
        let mut numbers = Vec::new();
        for part in core.split('.') {
            if part.is_empty() || part.len() > 1 && part.starts_with('0') {
                return Err(bad());
            }
            numbers.push(part.parse::<u64>().map_err(|_| bad())?);
        }
        if numbers.len() < 2 {
            return Err(bad());
        }
        let joined: Vec<String> = numbers.iter().map(u64::to_string).collect();
        let normalized = format!("v{}", joined.join("."));
        let version = if !compat.keeps_suffix_of_kube_version() {
            normalized.clone()
        } else if text.starts_with('v') {
            text.to_owned()
        } else {
            format!("v{text}")
        };
        Ok(Self {
            version,
            normalized,
            major: joined[0].clone(),
            minor: joined[1].clone(),
        })
    }
}

/// What templates see as `.Capabilities`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// The version rendered for.
    pub kube_version: KubeVersion,
    /// The API versions that `.Capabilities.APIVersions.Has` knows.
    pub api_versions: Vec<String>,
}

impl Default for Capabilities {
    fn default() -> Self {
        Self {
            kube_version: KubeVersion::of_build(),
            api_versions: API_VERSIONS.iter().map(|&version| version.to_owned()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::KubeVersion;
    use crate::chart::HelmCompat;

    #[test]
    fn versions_are_read_as_the_profile_reads_them() {
        let parse = |text, compat| {
            KubeVersion::parse(text, compat).map(|version| (version.version, version.normalized))
        };
        let pair = |version: &str, normalized: &str| Ok((version.to_owned(), normalized.to_owned()));
        assert_eq!(
            parse("1.29.3-gke.5", HelmCompat::V4),
            pair("v1.29.3-gke.5", "v1.29.3")
        );
        assert_eq!(parse("1.29.3-gke.5", HelmCompat::V3), pair("v1.29.3", "v1.29.3"));
        assert_eq!(parse("v1.30", HelmCompat::V4), pair("v1.30", "v1.30"));
        assert_eq!(parse("v1.30", HelmCompat::V3), pair("v1.30", "v1.30"));
        assert!(parse("1", HelmCompat::V4).is_err() && parse("latest", HelmCompat::V4).is_err());
    }
}
