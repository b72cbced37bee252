use crate::lint::prelude::*;

rule! {
    name: "statefulset-claim-label-churn",
    group: Rollout,
    severity: Warning,
    presets: [Default],
    confidence: Likely,
    peers: [],
    check: Kinds(&[("apps", "StatefulSet")], check),
}

fn check<'m>(_: &Fleet<'m>, set: &'m Manifest, out: &mut Sink<'_>) {
    for (index, claim) in set
        .get("spec.volumeClaimTemplates")
        .into_iter()
        .flat_map(NodeRef::items)
        .enumerate()
    {
        let labels = crate::manifest::view::get(claim, "metadata.labels");
        for label in [
            "app.kubernetes.io/version",
            "chart",
            "helm.sh/chart",
            "helm.sh/revision",
        ] {
            if labels.is_some_and(|labels| labels.get(label).is_some()) {
                out.key(
                    set.route("spec.volumeClaimTemplates").then(index).below("metadata.labels").then(label),
                    format!("the claims of StatefulSet `{}` carry `{label}`, which changes with each release and then is refused", set.id.name),
                    "give the claims labels that stay, or none",
                );
            }
        }
    }
}
