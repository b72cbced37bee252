use crate::lint::prelude::*;

rule! {
    name: "bare-pod",
    group: Scheduling,
    severity: Info,
    presets: [Recommended, Availability],
    peers: [
        "datree:K8S_INCORRECT_KIND_VALUE_POD",
        "popeye:POP-208",
        "kyverno:prevent-bare-pods",
    ],
    check: Kinds(&[("", "Pod")], check),
}

fn check<'m>(_: &Fleet<'m>, pod: &'m Manifest, out: &mut Sink<'_>) {
    let mut annotations = pod
        .get("metadata.annotations")
        .into_iter()
        .flat_map(NodeRef::entries);
    let is_hook = annotations.any(|(key, _)| key.str() == "helm.sh/hook");
    if !is_hook && pod.get("metadata.ownerReferences").is_none() {
        out.value(
            pod.route("kind"),
            format!("nothing makes Pod `{}` again when its node fails", pod.id.name),
            "make it a Deployment, or a Job if it ends",
        );
    }
}
