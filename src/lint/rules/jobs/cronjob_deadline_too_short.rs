use crate::lint::prelude::*;

rule! {
    name: "cronjob-deadline-too-short",
    group: Jobs,
    severity: Warning,
    presets: [Default],
    peers: [],
    check: Kinds(&[("batch", "CronJob")], check),
}

fn check<'m>(_: &Fleet<'m>, job: &'m Manifest, out: &mut Sink<'_>) {
    let path = "spec.startingDeadlineSeconds";
    if let Some(seconds) = job
        .get(path)
        .and_then(NodeRef::as_i64)
        .filter(|seconds| (0..10).contains(seconds))
    {
        out.value(
            job.route(path),
            format!("runs of CronJob `{}` may be late by {seconds} s, and the controller looks every 10 s: some are left out", job.id.name),
            "set it to 60 or more",
        );
    }
}
