//! `runAsUser`: containers may not be root.

use super::Level;
use super::check::{Check, Pod, Violation};

pub(super) static CHECK: Check = Check {
    id: "runAsUser",
    level: Level::Restricted,
    since: 23,
    replaces: None,
    help: "give another user than 0, or leave `runAsUser` out",
    run,
};

fn run(pod: &Pod<'_, '_>, minor: u16) -> Option<Violation> {
    if minor >= 35 && pod.has_own_users() {
        return None;
    }
    let setters = pod.setters(&["runAsUser"], |field| field.int() == Some(0));
    let who = setters.who();
    Violation::at(setters.places, "runAsUser=0", || {
        format!("{who} must not set runAsUser=0")
    })
}
