//! What a chart is rendered as.

/// What templates see as `.Release`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The name.
    pub name: String,
    /// The namespace.
    pub namespace: String,
    /// An upgrade rather than an installation.
    pub is_upgrade: bool,
}

impl Default for Release {
    /// What `helm template CHART` renders without further words.
    fn default() -> Self {
        Self {
            name: "release-name".to_owned(),
            namespace: "default".to_owned(),
            is_upgrade: false,
        }
    }
}

/// Whether a release may have that name. Upstream: `ValidateReleaseName` of `pkg/chart/v2/util/validate_name.go`.
pub fn is_release_name(name: &str) -> bool {
    let is_label = |label: &str| {
        let bytes = label.as_bytes();
        let is_inner = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
        bytes.first().is_some_and(|byte| *byte != b'-')
            && bytes.last().is_some_and(|byte| *byte != b'-')
            && bytes.iter().all(is_inner)
    };
    name.len() <= 53 && name.split('.').all(is_label)
}
