use super::keys::Entries;
use crate::lint::prelude::*;

rule! {
    name: "required-annotation",
    group: Metadata,
    severity: Warning,
    presets: [],
    parameters: [Globs(REQUIRED)],
    peers: ["kube-linter:required-annotation-email","kyverno:require-annotations","gatekeeper:K8sRequiredAnnotations"],
    check: Workload(check),
}

static REQUIRED: Globs = Globs {
    name: "annotations",
    about: "Annotations that every workload has: team, or with a value: tier=front-*",
    default: &[],
};

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let entries = Entries::of(workload.manifest, "metadata.annotations");
    for pattern in out.globs(&REQUIRED) {
        if entries.find(&pattern).is_none() {
            out.missing(
                workload
                    .manifest
                    .route("metadata.annotations")
                    .then(pattern.as_str()),
                format!("{} has no annotation `{}`", workload.title(), pattern.as_str()),
                format!("add `{}` under `metadata.annotations`", pattern.as_str()),
            );
        }
    }
}
