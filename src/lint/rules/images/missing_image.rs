use crate::lint::prelude::*;
use crate::manifest::view::get;

rule! {
    name: "missing-image",
    group: Images,
    severity: Error,
    presets: [Default],
    peers: [
        "kube-linter:latest-tag",
        "kube-score:container-image-tag",
        "polaris:tagNotSpecified",
        "kubeaudit:ImageTagMissing",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    if container.image().is_some() || is_set_by_trigger(workload, container.name()) {
        return;
    }
    out.missing(
        container.at("image"),
        format!("{} names no image", container.title(workload)),
        "write `image:` with the version that was tested: a container without one cannot start",
    );
}

/// Whether OpenShift writes the image when an image stream changes.
fn is_set_by_trigger(workload: &Workload<'_>, container: &str) -> bool {
    let triggers = workload.manifest.get("spec.triggers");
    let mut names = triggers
        .into_iter()
        .flat_map(NodeRef::items)
        .filter_map(|trigger| get(trigger, "imageChangeParams.containerNames"))
        .flat_map(NodeRef::items);
    names.any(|name| name.str() == container)
}
