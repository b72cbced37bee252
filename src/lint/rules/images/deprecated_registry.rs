use crate::lint::prelude::*;

rule! {
    name: "deprecated-registry",
    group: Images,
    severity: Warning,
    presets: [Default],
    peers: ["kyverno:restrict-deprecated-registry"],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let Some(image) = container.image() else {
        return;
    };
    for (old, now) in MOVED {
        if image.starts_with(old) {
            out.value(
                container.at("image"),
                format!(
                    "{} takes its image from `{}`, which is no longer served or updated",
                    container.title(workload),
                    old.trim_end_matches('/')
                ),
                *now,
            );
            return;
        }
    }
}

/// Where images were, and where they are now.
const MOVED: &[(&str, &str)] = &[
    ("k8s.gcr.io/", "use `registry.k8s.io`, under the same name"),
    (
        "gcr.io/google-containers/",
        "use `registry.k8s.io`, under the same name",
    ),
    (
        "gcr.io/google_containers/",
        "use `registry.k8s.io`, under the same name",
    ),
    (
        "gcr.io/kubernetes-helm/",
        "use Helm 3 or 4, which needs nothing in the cluster",
    ),
    (
        "quay.io/coreos/kube-state-metrics",
        "use `registry.k8s.io/kube-state-metrics/kube-state-metrics`",
    ),
    (
        "quay.io/coreos/prometheus-operator",
        "use `quay.io/prometheus-operator/prometheus-operator`",
    ),
    (
        "docker.io/bitnami/",
        "the versioned images are in `docker.io/bitnamilegacy` without updates; use the project's own image",
    ),
    (
        "bitnami/",
        "the versioned images are in `docker.io/bitnamilegacy` without updates; use the project's own image",
    ),
];
