//! Names of resources such as `cpu` and `nvidia.com/gpu`: `pkg/apis/core/helper/helpers.go`, and the checks of them and of
//! their amounts in pkg/apis/core/validation/validation.go.

use super::at::At;
use super::errors::Errors;
use super::names;
use super::quantity::Quantity;

const COUNTED: &[&str] = &[
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
];

const MEASURED: &[&str] = &[
    "cpu",
    "memory",
    "ephemeral-storage",
    "requests.cpu",
    "requests.memory",
    "requests.storage",
    "requests.ephemeral-storage",
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
];

/// `IsHugePageResourceName`.
pub(super) fn is_huge_pages(name: &str) -> bool {
    name.starts_with("hugepages-")
}

/// `IsNativeResource`: Kubernetes' own, whose names have no domain or one of its domains.
pub(super) fn is_native(name: &str) -> bool {
    !name.contains('/') || name.contains("kubernetes.io/")
}

/// `IsExtendedResourceName`: a device or the like, with the domain of who provides it.
pub(super) fn is_extended(name: &str) -> bool {
    !is_native(name)
        && !name.starts_with("requests.")
        && names::qualified_name(&format!("requests.{name}")).is_empty()
}

/// `IsOvercommitAllowed`: whether a limit may be more than the request.
pub(super) fn is_overcommit_allowed(name: &str) -> bool {
    is_native(name) && !is_huge_pages(name)
}

/// `IsIntegerResourceName`: counted, not measured.
pub(super) fn is_counted(name: &str) -> bool {
    COUNTED.contains(&name) || is_extended(name)
}

/// `IsStandardQuotaResourceName`.
pub(super) fn is_standard_of_quota(name: &str) -> bool {
    COUNTED.contains(&name)
        || MEASURED.contains(&name)
        || is_huge_pages(name)
        || name.starts_with("requests.hugepages-")
}

/// `IsStandardContainerResourceName`.
pub(super) fn is_standard_of_container(name: &str) -> bool {
    matches!(name, "cpu" | "memory" | "ephemeral-storage") || is_huge_pages(name)
}

/// `validateResourceName`: the name of any resource.
pub(super) fn any(name: &str) -> Vec<String> {
    let mut wrong = names::qualified_name(name);
    let is_standard = is_standard_of_quota(name) || name == "storage";
    if wrong.is_empty() && !name.contains('/') && !is_standard {
        wrong.push("must be a standard resource type or fully qualified".to_owned());
    }
    wrong
}

/// `ValidateContainerResourceName`: what a container may ask for.
pub(super) fn of_container(name: &str) -> Vec<String> {
    let mut wrong = any(name);
    if !name.contains('/') {
        if !is_standard_of_container(name) {
            wrong.push("must be a standard resource for containers".to_owned());
        }
    } else if !is_native(name) && !is_extended(name) {
        wrong.push("doesn't follow extended resource name standard".to_owned());
    }
    wrong
}

/// `ValidateResourceQuotaResourceName`: what a quota may bound.
pub(super) fn of_quota(name: &str) -> Vec<String> {
    let mut wrong = any(name);
    if !name.contains('/') && !is_standard_of_quota(name) {
        wrong.push("must be a standard resource for quota".to_owned());
    }
    wrong
}

/// `ValidateResourceQuantityValue`: at least nothing, and whole if the resource is counted.
pub(super) fn amount(name: &str, at: &At<'_, '_>, errors: &mut Errors<'_>) {
    let Some(amount) = Quantity::of(at) else {
        return;
    };
    if amount.is_negative() {
        errors.invalid(at, "must be greater than or equal to 0");
    }
    if is_counted(name) && amount.millis() % 1000 != 0 {
        errors.invalid(at, "must be an integer");
    }
}

#[cfg(test)]
mod tests {
    use super::{any, is_counted, is_extended, of_container, of_quota};

    #[test]
    fn kinds_of_names() {
        assert!(is_extended("nvidia.com/gpu"));
        assert!(!is_extended("requests.nvidia.com/gpu"));
        assert!(!is_extended("kubernetes.io/batch-cpu"));
        assert!(is_counted("pods") && is_counted("nvidia.com/gpu") && !is_counted("cpu"));
    }

    #[test]
    fn what_each_place_takes() {
        assert!(any("storage").is_empty());
        assert_eq!(
            any("gpu"),
            ["must be a standard resource type or fully qualified"]
        );
        assert!(of_container("hugepages-2Mi").is_empty());
        assert_eq!(
            of_container("pods"),
            ["must be a standard resource for containers"]
        );
        assert!(of_quota("count/jobs.batch").is_empty());
        assert!(of_quota("requests.hugepages-2Mi").is_empty());
        assert_eq!(of_quota("storage"), ["must be a standard resource for quota"]);
    }
}
