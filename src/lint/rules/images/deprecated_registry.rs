use crate::lint::prelude::*;

rule! {
    name: "deprecated-registry",
    group: Images,
    severity: Warning,
    presets: [Default],
    peers: ["kyverno:restrict-deprecated-registry"],
    fix: Safe,
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
            if let (true, Some(name)) = (*now == SAME_NAME, image.strip_prefix(old)) {
                let image = format!("registry.k8s.io/{name}");
                out.mend(Fix::safe(Edit::Set(container.at("image"), image.into())));
            }
            return;
        }
    }
}

/// The images of Kubernetes itself have moved as they were.
const SAME_NAME: &str = "use `registry.k8s.io`, under the same name";

/// Where images were, and where they are now.
const MOVED: &[(&str, &str)] = &[
    ("k8s.gcr.io/", SAME_NAME),
    ("gcr.io/google-containers/", SAME_NAME),
    ("gcr.io/google_containers/", SAME_NAME),
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
