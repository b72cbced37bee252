//! `appArmorProfile`: the node's own profile may not be switched off.

use super::Level;
use super::check::{Check, Pod, Texts, Violation, plural, quoted};

pub(super) static CHECK: Check = Check {
    id: "appArmorProfile",
    level: Level::Baseline,
    since: 0,
    replaces: None,
    help: "use the profile type `RuntimeDefault` or `Localhost`, or leave the field out",
    run,
};

const ANNOTATION: &str = "container.apparmor.security.beta.kubernetes.io/";

fn run(pod: &Pod<'_, '_>, _: u16) -> Option<Violation> {
    let mut values = Texts::new();
    let setters = pod.setters(&["appArmorProfile"], |profile| {
        profile.is_given() && !matches!(profile.get("type").str(), "RuntimeDefault" | "Localhost")
    });
    for place in [&pod.spec].into_iter().chain(&pod.containers) {
        let context = place.get("securityContext");
        let profile = context.get("appArmorProfile");
        if setters.places.contains(&profile.route()) {
            values.insert(profile.get("type").str().to_owned());
        }
    }
    let (mut annotations, mut places) = (Texts::new(), setters.places.clone());
    for (key, value) in pod
        .annotations
        .entries()
        .filter(|(key, _)| key.starts_with(ANNOTATION))
    {
        let profile = value.str();
        if !profile.is_empty() && profile != "runtime/default" && !profile.starts_with("localhost/") {
            annotations.insert(format!("{key}={}", go_quoted(profile)));
            places.push(value.route());
        }
    }
    let mut who: Vec<String> = Vec::new();
    if !setters.is_empty() {
        who.push(setters.who());
    }
    if !annotations.is_empty() {
        who.push(plural("annotation", annotations.len()));
    }
    let reason = plural("forbidden AppArmor profile", values.len() + annotations.len());
    Violation::at(places, &reason, || {
        format!(
            "{} must not set AppArmor profile type to {}",
            who.join(" and "),
            quoted(values.iter().chain(&annotations))
        )
    })
}

/// `%q`.
fn go_quoted(text: &str) -> String {
    plimsoll_gostd::strconv::quote(text.as_bytes())
}
