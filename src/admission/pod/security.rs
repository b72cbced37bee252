//! Security contexts of pods and containers: `ValidateSecurityContext`, `validatePodSpecSecurityContext`,
//! `validateHostUsers` of pkg/apis/core/validation.

use std::collections::BTreeSet;

use super::windows;
use super::{Pod, each_container, one_of_if_given};
use crate::admission::at::At;
use crate::admission::errors::Errors;

/// The longest path a profile may have: `PATH_MAX` without the terminator, in bytes.
const PROFILE_MAX: usize = 4095;

/// The longest name of a sysctl, in bytes.
const SYSCTL_MAX: usize = 253;

/// `IsValidUserID`, `IsValidGroupID`.
fn id(at: &At<'_, '_>, errors: &mut Errors<'_>) {
    if at
        .int()
        .is_some_and(|id| !(0..=i64::from(i32::MAX)).contains(&id))
    {
        errors.invalid(at, "must be between 0 and 2147483647, inclusive");
    }
}

/// `ValidateSecurityContext`: that of a container.
pub(super) fn container(pod: &Pod<'_, '_>, context: &At<'_, '_>, errors: &mut Errors<'_>) {
    if !context.is_given() {
        return;
    }
    id(&context.get("runAsUser"), errors);
    id(&context.get("runAsGroup"), errors);
    let proc_mount = context.get("procMount");
    // Older servers drop the field.
    errors.minors(33.., |errors| {
        one_of_if_given(&proc_mount, &["Default", "Unmasked"], errors);
        if pod.host_users && proc_mount.str() == "Unmasked" {
            errors
                .invalid(&proc_mount, "`hostUsers` must be false to use `Unmasked`")
                .help("set `hostUsers: false` in the spec of the pod");
        }
    });
    seccomp(&context.get("seccompProfile"), errors);
    let escalation = context.get("allowPrivilegeEscalation");
    if escalation.bool() == Some(false) {
        if context.get("privileged").is_true() {
            errors
                .invalid(
                    context,
                    "cannot set `allowPrivilegeEscalation` to false and `privileged` to true",
                )
                .help("remove one of them: a privileged container can always escalate");
        }
        let admin = "CAP_SYS_ADMIN";
        for capability in context.get("capabilities").get("add").items() {
            if capability.str() == admin {
                errors.invalid(
                    context,
                    "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN",
                );
            }
        }
    }
    windows::options(&context.get("windowsOptions"), errors);
    apparmor(&context.get("appArmorProfile"), errors);
}

/// `validatePodSpecSecurityContext` and `validateShareProcessNamespace`.
pub(super) fn pod(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let context = spec.get("securityContext");
    for field in ["fsGroup", "runAsUser", "runAsGroup"] {
        id(&context.get(field), errors);
    }
    for group in context.get("supplementalGroups").items() {
        id(&group, errors);
    }
    sysctls(&context.get("sysctls"), spec, errors);
    one_of_if_given(
        &context.get("fsGroupChangePolicy"),
        &["OnRootMismatch", "Always"],
        errors,
    );
    seccomp(&context.get("seccompProfile"), errors);
    windows::options(&context.get("windowsOptions"), errors);
    apparmor(&context.get("appArmorProfile"), errors);
    errors.minors(33.., |errors| {
        one_of_if_given(
            &context.get("supplementalGroupsPolicy"),
            &["Merge", "Strict"],
            errors,
        );
    });
    let selinux = context.get("seLinuxChangePolicy");
    errors.minors(33..37, |errors| one_of_if_given(&selinux, &["Recursive"], errors));
    errors.minors(37.., |errors| {
        one_of_if_given(&selinux, &["Recursive", "MountOption"], errors);
    });
    let share = spec.get("shareProcessNamespace");
    if share.is_true() && spec.get("hostPID").is_true() {
        errors.invalid(&share, "ShareProcessNamespace and HostPID cannot both be enabled");
    }
}

/// `validateSeccompProfileField`.
fn seccomp(profile: &At<'_, '_>, errors: &mut Errors<'_>) {
    if !profile.is_given() {
        return;
    }
    let kind = profile.get("type");
    if kind.is_empty() {
        errors.required(&kind, "type is required when seccompProfile is set");
    } else if !["Localhost", "RuntimeDefault", "Unconfined"].contains(&kind.str()) {
        errors.unsupported(&kind, &["Localhost", "RuntimeDefault", "Unconfined"]);
    }
    let local = profile.get("localhostProfile");
    if kind.str() == "Localhost" {
        if local.is_given() {
            super::volumes::descending_path(&local, errors);
        } else {
            errors.required(&local, "must be set when seccomp type is Localhost");
        }
    } else if local.is_given() {
        errors.invalid(&local, "can only be set when seccomp type is Localhost");
    }
}

/// `ValidateAppArmorProfileField`.
fn apparmor(profile: &At<'_, '_>, errors: &mut Errors<'_>) {
    if !profile.is_given() {
        return;
    }
    let (kind, local) = (profile.get("type"), profile.get("localhostProfile"));
    match kind.str() {
        "Localhost" => {
            let path = local.str();
            if path.trim() != path {
                errors.invalid(&local, "must not be padded with whitespace");
            } else if path.is_empty() {
                errors.required(&local, "must be set when AppArmor type is Localhost");
            }
            if path.len() > PROFILE_MAX {
                errors.too_long(&local, PROFILE_MAX);
            }
        }
        "RuntimeDefault" | "Unconfined" => {
            if local.is_given() {
                errors.invalid(&local, "can only be set when AppArmor type is Localhost");
            }
        }
        "" => {
            errors.required(&kind, "type is required when appArmorProfile is set");
        }
        _ => {
            errors.unsupported(&kind, &["Localhost", "RuntimeDefault", "Unconfined"]);
        }
    }
}

/// `validateSysctls`.
fn sysctls(sysctls: &At<'_, '_>, spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let mut seen = BTreeSet::new();
    for sysctl in sysctls.items() {
        let at = sysctl.get("name");
        let name = at.str();
        if name.is_empty() {
            errors.required(&at, "");
        } else if !is_sysctl(name) {
            errors.invalid(&at, "must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$");
        } else if seen.contains(name) {
            errors.duplicate(&at);
        }
        seen.insert(name);
        match namespace(name) {
            Some(Namespace::Net) if spec.get("hostNetwork").is_true() => {
                errors.invalid(&at, "may not be specified when 'hostNetwork' is true");
            }
            Some(Namespace::Ipc) if spec.get("hostIPC").is_true() => {
                errors.invalid(&at, "may not be specified when 'hostIPC' is true");
            }
            _ => {}
        }
    }
}

/// `IsValidSysctlName`: segments with dots or slashes between them.
fn is_sysctl(name: &str) -> bool {
    let edge =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    name.len() <= SYSCTL_MAX
        && name.split(['.', '/']).all(|segment| {
            let bytes = segment.as_bytes();
            edge(bytes.first())
                && edge(bytes.last())
                && bytes
                    .iter()
                    .all(|byte| edge(Some(byte)) || matches!(byte, b'-' | b'_'))
        })
}

/// The kernel namespaces whose sysctls a pod may not set when it shares them with the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Namespace {
    Ipc,
    Net,
}

/// `GetNamespace` of k8s.io/component-helpers/node/util/sysctl.
fn namespace(name: &str) -> Option<Namespace> {
    // `NormalizeName`: whichever of dot and slash comes first separates, and the other is part of a segment.
    let dotted = match name.find(['.', '/']) {
        Some(first) if name[first..].starts_with('/') => name
            .chars()
            .map(|char| match char {
                '/' => '.',
                '.' => '/',
                other => other,
            })
            .collect(),
        _ => name.to_owned(),
    };
    let stem = dotted.split('*').next().unwrap_or_default();
    let of_ipc = [
        "kernel.sem",
        "kernel.shmall",
        "kernel.shmmax",
        "kernel.shmmni",
        "kernel.shm_rmid_forced",
        "kernel.shm",
        "kernel.msgmax",
        "kernel.msgmnb",
        "kernel.msgmni",
        "kernel.msg",
    ];
    if of_ipc.contains(&stem) || stem.starts_with("fs.mqueue.") {
        Some(Namespace::Ipc)
    } else if stem.starts_with("net.") {
        Some(Namespace::Net)
    } else {
        None
    }
}

/// `validateHostUsers`: a pod with users of its own shares no other namespace with the host.
pub(super) fn host_users(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    if spec.get("hostUsers").bool() != Some(false) {
        return;
    }
    errors.minors(30.., |errors| {
        for field in ["hostNetwork", "hostPID", "hostIPC"] {
            let at = spec.get(field);
            if at.is_true() {
                errors.forbidden(&at, "when `hostUsers` is false");
            }
        }
    });
    errors.minors(34.., |errors| {
        each_container(spec, |container| {
            let devices = container.get("volumeDevices");
            if !devices.is_empty() {
                errors.forbidden(&devices, "when `hostUsers` is false");
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::{Namespace, is_sysctl, namespace};

    #[test]
    fn sysctls_of_namespaces() {
        assert_eq!(namespace("net.ipv4.tcp_syncookies"), Some(Namespace::Net));
        assert_eq!(
            namespace("net/ipv4/conf/eno2.100/rp_filter"),
            Some(Namespace::Net)
        );
        assert_eq!(namespace("kernel.shmmax"), Some(Namespace::Ipc));
        assert_eq!(namespace("fs/mqueue/msg_max"), Some(Namespace::Ipc));
        assert_eq!(namespace("vm.max_map_count"), None);
        assert_eq!(namespace("network.x"), None);
    }

    #[test]
    fn names_of_sysctls() {
        for name in [
            "kernel.shmmax",
            "net/ipv4/ip_forward",
            "a",
            "net.ipv4.conf.eth0-1.x",
        ] {
            assert!(is_sysctl(name), "{name}");
        }
        for name in ["", ".", "Net.ipv4", "a..b", "a.-b", "a/", "net.*"] {
            assert!(!is_sysctl(name), "{name}");
        }
    }
}
