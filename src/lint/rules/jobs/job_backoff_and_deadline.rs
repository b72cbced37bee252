use crate::lint::prelude::*;

rule! {
    name: "job-backoff-and-deadline",
    group: Jobs,
    severity: Info,
    presets: [Strict],
    peers: [],
    check: Kinds(&[("batch", "Job")], check),
}

fn check<'m>(_: &Fleet<'m>, job: &'m Manifest, out: &mut Sink<'_>) {
    let has = |path| job.get(path).is_some();
    if !has("spec.activeDeadlineSeconds") && !has("spec.template.spec.activeDeadlineSeconds") {
        out.missing(
            job.route("spec.activeDeadlineSeconds"),
            format!("Job `{}` may run for ever", job.id.name),
            "set `activeDeadlineSeconds` to well above the longest run",
        );
    }
}
