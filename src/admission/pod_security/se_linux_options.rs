//! `seLinuxOptions`: labels that let a container out of its confinement.

use super::Level;
use super::check::{Check, Pod, Texts, Violation, plural, quoted};
use crate::admission::at::At;

pub(super) static CHECK: Check = Check {
    id: "seLinuxOptions",
    level: Level::Baseline,
    since: 0,
    replaces: None,
    help: "leave `user` and `role` out, and use no `type` but `container_t`, `container_init_t`, `container_kvm_t` or `container_engine_t`",
    run,
};

fn run(pod: &Pod<'_, '_>, minor: u16) -> Option<Violation> {
    let is_bad_type = |options: &At<'_, '_>| match options.get("type").str() {
        "" | "container_t" | "container_init_t" | "container_kvm_t" => false,
        "container_engine_t" => minor < 31,
        _ => true,
    };
    let setters = pod.setters(&["seLinuxOptions"], |options| {
        is_bad_type(options) || !options.get("user").is_empty() || !options.get("role").is_empty()
    });
    let (mut types, mut user, mut role) = (Texts::new(), false, false);
    for owner in [&pod.spec].into_iter().chain(&pod.containers) {
        let context = owner.get("securityContext");
        let options = context.get("seLinuxOptions");
        if is_bad_type(&options) {
            types.insert(options.get("type").str().to_owned());
        }
        user |= !options.get("user").is_empty();
        role |= !options.get("role").is_empty();
    }
    let mut data = Vec::new();
    if !types.is_empty() {
        data.push(format!("{} {}", plural("type", types.len()), quoted(&types)));
    }
    if user {
        data.push("user may not be set".to_owned());
    }
    if role {
        data.push("role may not be set".to_owned());
    }
    let who = setters.who();
    Violation::at(setters.places, "seLinuxOptions", || {
        format!(
            "{who} set forbidden securityContext.seLinuxOptions: {}",
            data.join("; ")
        )
    })
}
