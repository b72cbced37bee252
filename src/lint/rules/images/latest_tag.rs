use crate::lint::prelude::*;

rule! {
    name: "latest-tag",
    group: Images,
    severity: Warning,
    presets: [Default],
    peers: [
        "kube-linter:latest-tag",
        "kube-score:container-image-tag",
        "polaris:tagNotSpecified",
        "trivy:KSV-0013",
        "checkov:CKV_K8S_14",
        "datree:CONTAINERS_MISSING_IMAGE_VALUE_VERSION",
        "kubeaudit:ImageTagMissing",
        "popeye:POP-100",
        "popeye:POP-101",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let Some(image) = container
        .get("image")
        .map(NodeRef::str)
        .filter(|image| !image.is_empty())
    else {
        return;
    };
    let says = match tag(image) {
        Version::Digest => return,
        Version::Tag("latest") => "the tag `latest`",
        Version::Tag(_) => return,
        Version::None => "no tag, which means `latest`",
    };
    out.push(
        Finding::new(
            &RULE.meta,
            workload.at(container.route.then("image"), Part::Value),
            format!("the image `{image}` of container `{}` has {says}", container.name()),
        )
        .help("name the version that was tested, as a tag (`:1.4.2`) or a digest (`@sha256:…`): with `latest`, pods of one rollout may run different code and a rollback changes nothing"),
    );
}

enum Version<'i> {
    Digest,
    Tag(&'i str),
    None,
}

/// The version in an image reference. A colon before the last slash is a registry's port; a digest wins over a tag.
fn tag(image: &str) -> Version<'_> {
    if image.contains('@') {
        return Version::Digest;
    }
    let name = image.rsplit_once('/').map_or(image, |(_, name)| name);
    match name.split_once(':') {
        Some((_, tag)) if !tag.is_empty() => Version::Tag(tag),
        _ => Version::None,
    }
}
