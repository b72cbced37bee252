use crate::lint::prelude::*;

rule! {
    name: "termination-grace-vs-prestop",
    group: Lifecycle,
    severity: Warning,
    presets: [Default, Availability],
    peers: [],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let grace = workload
        .get("terminationGracePeriodSeconds")
        .and_then(NodeRef::as_i64)
        .unwrap_or(30);
    let Some((path, seconds)) = sleep(container) else {
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

/// How long a hook sleeps, and where it says so, if that is all it does.
fn sleep(container: &Container<'_>) -> Option<(&'static str, i64)> {
    if let Some(seconds) = container.get("lifecycle.preStop.sleep.seconds") {
        return Some(("lifecycle.preStop.sleep.seconds", seconds.as_i64()?));
    }
    let path = "lifecycle.preStop.exec.command";
    let words: Vec<&str> = container.get(path)?.items().map(NodeRef::str).collect();
    let text = match words.as_slice() {
        [program, seconds] if program.rsplit('/').next() == Some("sleep") => seconds,
        [shell, "-c", script] if matches!(shell.rsplit('/').next(), Some("sh" | "bash")) => {
            script.trim().strip_prefix("sleep ")?
        }
        _ => return None,
    };
    let text = text.trim();
    let seconds = text.strip_suffix('s').unwrap_or(text).parse().ok()?;
    Some((path, seconds))
}
