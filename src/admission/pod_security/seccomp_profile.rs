//! `seccompProfile_baseline` and `seccompProfile_restricted`: which calls to the kernel containers may make.

use super::Level;
use super::check::{Check, Pod, Texts, Violation, containers, plural, quoted};
use crate::admission::at::At;

pub(super) static BASELINE: Check = Check {
    id: "seccompProfile_baseline",
    level: Level::Baseline,
    since: 0,
    replaces: None,
    help: "use the profile type `RuntimeDefault` or `Localhost`, or leave the field out",
    run: |pod, minor| {
        if minor < 19 {
            annotations(pod)
        } else {
            unconfined(pod)
        }
    },
};

pub(super) static RESTRICTED: Check = Check {
    id: "seccompProfile_restricted",
    level: Level::Restricted,
    since: 19,
    replaces: Some("seccompProfile_baseline"),
    help: "write `seccompProfile: {type: RuntimeDefault}` in the pod's `securityContext`",
    run: restricted,
};

fn is_allowed(profile: &At<'_, '_>) -> bool {
    matches!(profile.get("type").str(), "RuntimeDefault" | "Localhost")
}

/// Standards before 1.19 look at annotations.
fn annotations(pod: &Pod<'_, '_>) -> Option<Violation> {
    let mut keys = vec!["seccomp.security.alpha.kubernetes.io/pod".to_owned()];
    keys.extend(pod.containers.iter().map(|container| {
        let name = container.get("name").str();
        format!("container.seccomp.security.alpha.kubernetes.io/{name}")
    }));
    let (mut forbidden, mut places) = (Texts::new(), Vec::new());
    for key in &keys {
        let annotation = pod.annotations.get(key);
        let Some(profile) = annotation.as_str() else {
            continue;
        };
        if !matches!(profile, "runtime/default" | "docker/default") && !profile.starts_with("localhost/") {
            forbidden.insert(format!(
                "{key}={}",
                plimsoll_gostd::strconv::quote(profile.as_bytes())
            ));
            places.push(annotation.route());
        }
    }
    Violation::at(places, "seccompProfile", || {
        let list: Vec<&str> = forbidden.iter().map(String::as_str).collect();
        format!(
            "forbidden {} {}",
            plural("annotation", forbidden.len()),
            list.join(", ")
        )
    })
}

/// Profiles that are given and not allowed.
fn unconfined(pod: &Pod<'_, '_>) -> Option<Violation> {
    let setters = pod.setters(&["seccompProfile"], |profile| {
        profile.is_given() && !is_allowed(profile)
    });
    let mut values = Texts::new();
    for owner in [&pod.spec].into_iter().chain(&pod.containers) {
        let context = owner.get("securityContext");
        let profile = context.get("seccompProfile");
        if profile.is_given() && !is_allowed(&profile) {
            values.insert(profile.get("type").str().to_owned());
        }
    }
    let who = setters.who();
    Violation::at(setters.places, "seccompProfile", || {
        format!(
            "{who} must not set securityContext.seccompProfile.type to {}",
            quoted(&values)
        )
    })
}

fn restricted(pod: &Pod<'_, '_>, minor: u16) -> Option<Violation> {
    // Pods of Windows may not set it.
    if minor >= 25 && pod.is_windows() {
        return None;
    }
    if let Some(violation) = unconfined(pod) {
        return Some(violation);
    }
    let context = pod.spec.get("securityContext");
    let own = context.get("seccompProfile");
    if own.is_given() {
        return None;
    }
    let silent = pod.containers.iter().filter(|container| {
        let context = container.get("securityContext");
        !context.get("seccompProfile").is_given()
    });
    let names: Vec<String> = silent
        .map(|container| container.get("name").str().to_owned())
        .collect();
    let places = if names.is_empty() {
        Vec::new()
    } else {
        vec![own.route()]
    };
    Violation::at(places, "seccompProfile", || {
        format!(
            "pod or {} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"",
            containers(&names)
        )
    })
}
