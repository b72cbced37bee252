//! What Windows pods may not have and Linux pods may not either: `validateWindowsSecurityContextOptions`,
//! `validateWindowsHostProcessPod`, `validateOS`, `validateLinux`, `validateWindows` of pkg/apis/core/validation.

use super::{each_container, invalid};
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::names;

/// The longest credential spec, in bytes.
const CREDENTIAL_MAX: usize = 64 * 1024;

/// The length a user's domain stays under, in bytes.
const DOMAIN_MAX: usize = 256;

/// The longest name of a user, in bytes.
const USER_MAX: usize = 104;

/// `validateWindowsSecurityContextOptions`.
pub(super) fn options(options: &At<'_, '_>, errors: &mut Errors<'_>) {
    let name = options.get("gmsaCredentialSpecName");
    if name.is_given() {
        invalid(&name, names::dns1123_subdomain(name.str()), errors);
    }
    let credential = options.get("gmsaCredentialSpec");
    if credential.is_given() {
        if credential.is_empty() {
            errors.invalid(&credential, "gmsaCredentialSpec cannot be an empty string");
        } else if credential.str().len() > CREDENTIAL_MAX {
            errors.invalid(&credential, "gmsaCredentialSpec size must be under 64 KiB");
        }
    }
    let user = options.get("runAsUserName");
    if user.is_given() {
        for what in user_name(user.str()) {
            errors.invalid(&user, what);
        }
    }
}

/// What is wrong with `DOMAIN\user`.
fn user_name(text: &str) -> Vec<&'static str> {
    if text.is_empty() {
        return vec!["runAsUserName cannot be an empty string"];
    }
    if text.bytes().any(|byte| byte.is_ascii_control()) {
        return vec!["runAsUserName cannot contain control characters"];
    }
    let (domain, user) = match text.split_once('\\') {
        None => (None, text),
        Some((_, user)) if user.contains('\\') => {
            return vec!["runAsUserName cannot contain more than one backslash"];
        }
        Some((domain, user)) => (Some(domain), user),
    };
    let mut wrong = Vec::new();
    if let Some(domain) = domain {
        if domain.len() >= DOMAIN_MAX {
            wrong.push("runAsUserName's Domain length must be under 256 characters");
        }
        if !is_netbios(domain) && !is_dns(domain) {
            wrong.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
        }
    }
    if user.is_empty() {
        wrong.push("runAsUserName's User cannot be empty");
    } else if user.len() > USER_MAX {
        wrong.push("runAsUserName's User length must not be longer than 104 characters");
    }
    if !user.is_empty() && user.chars().all(|char| matches!(char, '.' | ' ')) {
        wrong.push("runAsUserName's User cannot contain only periods or spaces");
    }
    if user.contains(|char| "\"/\\:;|=,+*?<>@[]".contains(char)) {
        wrong.push("runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]");
    }
    wrong
}

fn is_netbios(domain: &str) -> bool {
    (1..=15).contains(&domain.chars().count())
        && !domain.starts_with('.')
        && !domain.contains(|char| "\\/:*?\"<>|".contains(char))
}

fn is_dns(domain: &str) -> bool {
    let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    domain.split('.').all(|label| {
        let bytes = label.as_bytes();
        bytes.len() <= 63
            && edge(bytes.first())
            && edge(bytes.last())
            && bytes
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
    })
}

/// `validateWindowsHostProcessPod`: all containers run on the host, or none.
pub(super) fn host_process(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let context = spec.get("securityContext");
    let of_pod = context.get("windowsOptions").get("hostProcess").bool();
    let (mut all, mut on_host) = (0, 0);
    each_container(spec, |container| {
        all += 1;
        let context = container.get("securityContext");
        let options = context.get("windowsOptions");
        let at = options.get("hostProcess");
        let own = at.bool();
        if let (Some(pod), Some(container)) = (of_pod, own)
            && pod != container
        {
            errors.invalid(
                &at,
                format!("pod hostProcess value must be identical if both are specified, was {pod}"),
            );
        }
        if own.or(of_pod) == Some(true) {
            on_host += 1;
        }
    });
    if on_host == 0 {
        return;
    }
    if on_host != all {
        errors.invalid(
            spec,
            "If pod contains any hostProcess containers then all containers must be HostProcess containers",
        );
    }
    let network = spec.get("hostNetwork");
    if !network.is_true() {
        errors.invalid(
            &network,
            "hostNetwork must be true if pod contains any hostProcess containers",
        );
    }
}

/// `validateOS` and what follows from it.
pub(super) fn os(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let os = spec.get("os");
    if !os.is_given() {
        return;
    }
    let name = os.get("name");
    match name.str() {
        "" => {
            errors.required(&name, "");
        }
        "linux" => linux(spec, errors),
        "windows" => windows(spec, errors),
        _ => {
            errors.unsupported(&name, &["linux", "windows"]);
        }
    }
}

/// `validateLinux`.
fn linux(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let detail = "windows options cannot be set for a linux pod";
    let context = spec.get("securityContext");
    forbid(&context, &["windowsOptions"], detail, errors);
    each_container(spec, |container| {
        forbid(
            &container.get("securityContext"),
            &["windowsOptions"],
            detail,
            errors,
        );
    });
}

/// `validateWindows`.
fn windows(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let detail = "cannot be set for a windows pod";
    let context = spec.get("securityContext");
    let of_pod = [
        "appArmorProfile",
        "seLinuxOptions",
        "seccompProfile",
        "fsGroup",
        "fsGroupChangePolicy",
        "sysctls",
        "runAsUser",
        "runAsGroup",
        "supplementalGroups",
    ];
    forbid(&context, &of_pod, detail, errors);
    errors.minors(33.., |errors| {
        forbid(
            &context,
            &["supplementalGroupsPolicy", "seLinuxChangePolicy"],
            detail,
            errors,
        );
        forbid(spec, &["hostUsers"], detail, errors);
    });
    for field in ["hostPID", "hostIPC"] {
        let at = spec.get(field);
        if at.is_true() {
            errors.forbidden(&at, detail);
        }
    }
    forbid(spec, &["shareProcessNamespace"], detail, errors);
    let of_container = [
        "appArmorProfile",
        "seLinuxOptions",
        "seccompProfile",
        "capabilities",
        "readOnlyRootFilesystem",
        "privileged",
        "allowPrivilegeEscalation",
        "procMount",
        "runAsUser",
        "runAsGroup",
    ];
    each_container(spec, |container| {
        forbid(&container.get("securityContext"), &of_container, detail, errors);
    });
}

fn forbid(holder: &At<'_, '_>, fields: &[&str], detail: &str, errors: &mut Errors<'_>) {
    for field in fields {
        let at = holder.get(field);
        let empty_list = at
            .node()
            .is_some_and(|node| node.is_sequence() && node.is_empty());
        if at.is_given() && !empty_list {
            errors.forbidden(&at, detail);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::user_name;

    #[test]
    fn names_of_windows_users() {
        for name in [
            "ContainerAdministrator",
            r"NT AUTHORITY\SYSTEM",
            r"corp.example.com\app",
            "a b",
        ] {
            assert!(user_name(name).is_empty(), "{name}");
        }
        for name in ["", "a\nb", r"a\b\c", r".corp\a", r"corp\", "..", "a@b", r"\a"] {
            assert_eq!(user_name(name).len(), 1, "{name}: {:?}", user_name(name));
        }
    }
}
