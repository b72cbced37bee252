use crate::lint::prelude::*;

rule! {
    name: "cronjob-has-deadline",
    group: Jobs,
    severity: Info,
    presets: [Strict],
    peers: [
        "kube-score:cronjob-has-deadline",
        "datree:CRONJOB_MISSING_STARTINGDEADLINESECOND_KEY",
    ],
    check: Kinds(&[("batch", "CronJob")], check),
}

fn check<'m>(_: &Fleet<'m>, job: &'m Manifest, out: &mut Sink<'_>) {
    if job.get("spec.startingDeadlineSeconds").is_none() {
        out.missing(
            job.route("spec.startingDeadlineSeconds"),
            format!("CronJob `{}` does not say how late a run may start", job.id.name),
            "set `startingDeadlineSeconds` to the time for which a late run is still of use",
        );
    }
}
