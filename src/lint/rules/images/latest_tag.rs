use crate::lint::prelude::*;
use crate::manifest::image::Reference;

rule! {
    name: "latest-tag",
    group: Images,
    severity: Warning,
    presets: [Default],
    parameters: [Words(MOVING)],
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

static MOVING: Words = Words {
    name: "tags",
    about: "Tags that are moved from one build to the next",
    default: &["latest"],
};

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let Some(image) = container.image().filter(|_| !workload.is_test()) else {
        return;
    };
    // Istio puts its own image there when it injects the proxy.
    if image == "auto" && container.name() == "istio-proxy" {
        return;
    }
    let reference = Reference::of(image);
    let (tag, says) = match reference.tag {
        _ if reference.digest.is_some() => return,
        Some(tag) if out.words(&MOVING).contains(&tag) => (tag, format!("the tag `{tag}`")),
        Some(_) => return,
        None => ("latest", "no tag, which means `latest`".to_owned()),
    };
    out.push(
        Finding::new(
            &RULE.meta,
            workload.at(container.route.then("image"), Part::Value),
            format!("the image `{image}` of container `{}` has {says}", container.name()),
        )
        .help(format!("name the version that was tested, as a tag (`:1.4.2`) or a digest (`@sha256:…`): with `{tag}`, pods of one rollout may run different code and a rollback changes nothing")),
    );
}
