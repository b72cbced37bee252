use super::keys::Entries;
use crate::lint::prelude::*;

rule! {
    name: "required-label",
    group: Metadata,
    severity: Warning,
    presets: [],
    parameters: [Globs(REQUIRED)],
    peers: ["kube-linter:required-label-owner","datree:WORKLOAD_MISSING_LABEL_OWNER_VALUE","datree:DEPLOYMENT_MISSING_LABEL_ENV_VALUE","kyverno:require-labels","gatekeeper:K8sRequiredLabels"],
    check: Workload(check),
}

static REQUIRED: Globs = Globs {
    name: "labels",
    about: "Labels that every workload has: team, or with a value: tier=front-*",
    default: &[],
};

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let entries = Entries::of(workload.manifest, "metadata.labels");
    for pattern in out.globs(&REQUIRED) {
        if entries.find(&pattern).is_none() {
            out.missing(
                workload.manifest.route("metadata.labels").then(pattern.as_str()),
                format!("{} has no label `{}`", workload.title(), pattern.as_str()),
                format!("add `{}` under `metadata.labels`", pattern.as_str()),
            );
        }
    }
}
