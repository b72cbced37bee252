use crate::lint::prelude::*;

rule! {
    name: "job-immutable-on-upgrade",
    group: Jobs,
    severity: Warning,
    presets: [Recommended],
    confidence: Likely,
    peers: [],
    check: Kinds(&[("batch", "Job")], check),
}

fn check<'m>(_: &Fleet<'m>, job: &'m Manifest, out: &mut Sink<'_>) {
    let label = |name: &str| {
        job.get("metadata.labels")
            .and_then(|labels| labels.get(name))
            .map(NodeRef::str)
    };
    let is_of_chart =
        label("helm.sh/chart").is_some() || label("app.kubernetes.io/managed-by") == Some("Helm");
    // One that is removed when it has run is mostly gone before the next upgrade.
    let goes = job.get("spec.ttlSecondsAfterFinished").is_some();
    if is_of_chart && !goes && job.hook().is_none() {
        out.value(
            job.route("kind"),
            format!(
                "an upgrade with another image or other labels is refused while Job `{}` is there: the template of a Job cannot change",
                job.id.name
            ),
            "make it a hook (`helm.sh/hook` with a `hook-delete-policy`), set `ttlSecondsAfterFinished`, or put the revision into its name",
        );
    }
}
