//! `windowsHostProcess`: containers that are processes of the Windows node.

use super::Level;
use super::check::{Check, Pod, Violation};

pub(super) static CHECK: Check = Check {
    id: "windowsHostProcess",
    level: Level::Baseline,
    since: 0,
    replaces: None,
    help: "leave `windowsOptions.hostProcess` out",
    run,
};

fn run(pod: &Pod<'_, '_>, _: u16) -> Option<Violation> {
    let setters = pod.setters(&["windowsOptions", "hostProcess"], |field| field.is_true());
    let who = setters.who();
    Violation::at(setters.places, "hostProcess", || {
        format!("{who} must not set securityContext.windowsOptions.hostProcess=true")
    })
}
