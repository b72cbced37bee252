use crate::lint::prelude::*;

rule! {
    name: "cronjob-concurrency",
    group: Jobs,
    severity: Info,
    presets: [Recommended],
    peers: ["datree:CRONJOB_MISSING_CONCURRENCYPOLICY_KEY"],
    check: Kinds(&[("batch", "CronJob")], check),
}

fn check<'m>(_: &Fleet<'m>, job: &'m Manifest, out: &mut Sink<'_>) {
    if job.get("spec.concurrencyPolicy").is_none() {
        out.missing(
            job.route("spec.concurrencyPolicy"),
            format!(
                "CronJob `{}` does not say whether its runs may overlap",
                job.id.name
            ),
            "set `concurrencyPolicy`, to `Forbid` most often",
        );
    }
}
