use crate::lint::prelude::*;
use crate::manifest::lifetime::{grace_period, pre_stop_sleep};

rule! {
    name: "termination-grace-vs-prestop",
    group: Lifecycle,
    severity: Warning,
    presets: [Default, Availability],
    peers: [],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let grace = grace_period(workload);
    let Some((path, seconds)) = pre_stop_sleep(container) else {
        return;
    };
    if seconds >= grace {
        out.key(
            container.at(path),
            format!(
                "the `preStop` hook of {} sleeps {seconds} s of a grace period of {grace} s",
                container.title(workload)
            ),
            "make `terminationGracePeriodSeconds` longer by what the program needs to stop",
        );
    }
}
