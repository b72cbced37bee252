//! Versions and ranges of versions, as Helm's charts write them.
//!
//! Upstream: `IsCompatibleRange` of `pkg/chart/v2/util/compatible.go`, and `isValidSemver` of `metadata.go`.

use plimsoll_gostd::semver::{Constraints, Version};

/// Whether a version is in a range; false when either cannot be read.
pub fn is_compatible_range(range: &str, version: &str) -> bool {
    match (
        Version::new(version.as_bytes()),
        Constraints::new(range.as_bytes()),
    ) {
        (Ok(version), Ok(range)) => range.check(&version),
        _ => false,
    }
}

/// Whether a text is a version.
pub(super) fn is_version(text: &str) -> bool {
    Version::new(text.as_bytes()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::{is_compatible_range, is_version};

    #[test]
    fn ranges_hold_as_in_masterminds_semver() {
        for (range, version, wanted) in [
            ("*", "1.2.3", true),
            ("*", "1.2.3-rc.1", false),
            ("", "1.2.3", false),
            ("1.x.x", "1.9.0", true),
            ("2.x.x", "1.9.0", false),
            ("~1.2.3", "1.2.9", true),
            ("~1.2.3", "1.3.0", false),
            ("^0.2.3", "0.2.9", true),
            ("^0.2.3", "0.3.0", false),
            (">=1.29.0-0", "1.29.3-gke.5", true),
            (">=1.29.0", "1.29.3-gke.5", false),
            (">= 1.2, < 3", "2.9.9", true),
            (">= 1.2 < 3", "3.0.0", false),
            ("1.2 - 2.3.4", "2.3.4", true),
            ("<1.0 || >=2.0", "2.1.0", true),
            ("<1.0 || >=2.0", "1.5.0", false),
            (">11", "11.1.0", false),
            ("1.2.3", "v1.2.3", true),
            ("=1.2.3+meta", "1.2.3", true),
            ("!=1.2.x", "1.2.7", false),
            ("01.2.3", "1.2.3", true),
            ("oops", "1.2.3", false),
            (">=1.2.3<2", "1.5.0", false),
            ("^*", "9.9.9", false),
        ] {
            assert_eq!(is_compatible_range(range, version), wanted, "{range:?} {version}");
        }
        assert!(
            is_version("1.2")
                && is_version("v1.2.3-a.b+c")
                && !is_version("1.2.3.4")
                && !is_version("latest")
        );
    }
}
