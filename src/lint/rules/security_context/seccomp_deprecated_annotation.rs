use crate::lint::prelude::*;

rule! {
    name: "seccomp-deprecated-annotation",
    group: SecurityContext,
    severity: Warning,
    presets: [Default, Security],
    peers: ["kubeaudit:SeccompDeprecatedAnnotations"],
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let annotations = workload.template.below("metadata.annotations");
    for (key, _) in workload
        .manifest
        .at(&annotations)
        .into_iter()
        .flat_map(NodeRef::entries)
    {
        let is_old = key.str().starts_with("seccomp.security.alpha.kubernetes.io/")
            || key
                .str()
                .starts_with("container.seccomp.security.alpha.kubernetes.io/");
        let has_field = workload.get("securityContext.seccompProfile").is_some()
            || workload
                .containers
                .iter()
                .all(|container| container.get("securityContext.seccompProfile").is_some());
        if is_old && !has_field {
            out.key(
                annotations.then(key.str()),
                format!(
                    "the annotation `{}` has had no effect since Kubernetes 1.27",
                    key.str()
                ),
                "set `securityContext.seccompProfile` of the pod instead",
            );
        }
    }
}
