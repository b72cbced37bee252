use super::reference::Reference;
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
    let Some(image) = container.image() else {
        return;
    };
    let reference = Reference::of(image);
    let says = match reference.tag {
        _ if reference.digest.is_some() => return,
        Some("latest") => "the tag `latest`",
        Some(_) => return,
        None => "no tag, which means `latest`",
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
