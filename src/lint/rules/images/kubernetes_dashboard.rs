use crate::lint::prelude::*;

rule! {
    name: "kubernetes-dashboard",
    group: Images,
    severity: Info,
    presets: [],
    peers: ["checkov:CKV_K8S_33"],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let image = container.image().unwrap_or_default();
    if image.contains("kubernetesui/dashboard") || image.contains("kubernetes-dashboard") {
        out.value(
            container.at("image"),
            format!("{} is the Kubernetes dashboard", container.title(workload)),
            "remove it, or keep it behind a login with an account that may only read",
        );
    }
}
