use crate::lint::prelude::*;
use crate::manifest::image::Reference;

rule! {
    name: "tiller-deployed",
    group: Images,
    severity: Warning,
    presets: [Security],
    peers: ["checkov:CKV_K8S_34", "trivy:KSV-0102", "kyverno:disallow-helm-tiller"],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let image = container.image().unwrap_or_default();
    if Reference::of(image).base() == "tiller" {
        out.value(
            container.at("image"),
            format!(
                "{} is Tiller, which answers everybody with all rights of the cluster",
                container.title(workload)
            ),
            "remove it: Helm 3 and 4 need nothing in the cluster",
        );
    }
}
