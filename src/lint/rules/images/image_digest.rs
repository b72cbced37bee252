use crate::lint::prelude::*;
use crate::manifest::image::Reference;

rule! {
    name: "image-digest",
    group: Images,
    severity: Info,
    presets: [],
    peers: [
        "checkov:CKV_K8S_43",
        "datree:CONTAINERS_MISSING_IMAGE_VALUE_DIGEST",
        "kyverno:require-image-checksum",
        "gatekeeper:K8sImageDigests",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let Some(image) = container.image() else {
        return;
    };
    if Reference::of(image).digest.is_none() {
        out.value(
            container.at("image"),
            format!(
                "{} names its image `{image}` without a digest",
                container.title(workload)
            ),
            "append the digest, `@sha256:…`: a tag can be moved to other bytes",
        );
    }
}
