use crate::lint::prelude::*;
use crate::manifest::image::Reference;

rule! {
    name: "untrusted-registry",
    group: Images,
    severity: Error,
    presets: [],
    parameters: [Globs(ALLOWED)],
    peers: [
        "trivy:KSV-0032",
        "trivy:KSV-0033",
        "trivy:KSV-0034",
        "trivy:KSV-0035",
        "trivy:KSV-0125",
        "popeye:POP-113",
        "kyverno:restrict-image-registries",
        "kyverno:allowed-image-repos",
        "gatekeeper:K8sAllowedRepos",
        "gatekeeper:K8sAllowedReposv2",
    ],
    check: Container(check),
}

static ALLOWED: Globs = Globs {
    name: "allowed",
    about: "Registries and repositories that images may come from: registry.example.com, docker.io/library, ghcr.io/acme/*",
    default: &[],
};

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let image = container.get("image").map_or("", NodeRef::str);
    let name = Reference::of(image).full_name();
    if !image.is_empty() && !out.allows(&ALLOWED, &name) {
        out.value(
            container.at("image"),
            format!("{} takes its image from `{name}`", container.title(workload)),
            format!(
                "take it from {}, or add its registry to `allowed` in the configuration",
                out.listed(&ALLOWED)
            ),
        );
    }
}
