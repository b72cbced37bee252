use crate::lint::prelude::*;

rule! {
    name: "job-ttl-seconds-after-finished",
    group: Jobs,
    severity: Info,
    presets: [Recommended],
    peers: ["kube-linter:job-ttl-seconds-after-finished"],
    check: Kinds(&[("batch", "Job")], check),
}

fn check<'m>(_: &Fleet<'m>, job: &'m Manifest, out: &mut Sink<'_>) {
    if job.hook().is_none() && job.get("spec.ttlSecondsAfterFinished").is_none() {
        out.missing(
            job.route("spec.ttlSecondsAfterFinished"),
            format!("Job `{}` is never removed", job.id.name),
            "set `ttlSecondsAfterFinished`",
        );
    }
}
