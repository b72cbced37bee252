use crate::lint::prelude::*;

rule! {
    name: "cronjob-suspended",
    group: Jobs,
    severity: Info,
    presets: [Recommended],
    peers: ["popeye:POP-1500"],
    check: Kinds(&[("batch", "CronJob")], check),
}

fn check<'m>(_: &Fleet<'m>, job: &'m Manifest, out: &mut Sink<'_>) {
    if job.get("spec.suspend").and_then(NodeRef::as_bool) == Some(true) {
        out.value(
            job.route("spec.suspend"),
            format!("CronJob `{}` never runs", job.id.name),
            "remove `suspend`",
        );
    }
}
