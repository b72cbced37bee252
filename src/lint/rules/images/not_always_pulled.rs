use crate::lint::prelude::*;
use crate::manifest::image::Reference;

rule! {
    name: "not-always-pulled",
    group: Images,
    severity: Info,
    presets: [],
    peers: [
        "kube-score:container-image-pull-policy",
        "checkov:CKV_K8S_15",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let Some(image) = container.image() else {
        return;
    };
    let reference = Reference::of(image);
    let title = container.title(workload);
    let help = "set `imagePullPolicy: Always`: the node then asks the registry at each start";
    match container.get("imagePullPolicy") {
        Some(policy) if policy.str() == "Always" => {}
        Some(policy) => out.value(
            container.at("imagePullPolicy"),
            format!(
                "{title} may run an image that its node kept: the policy is `{}`",
                policy.str()
            ),
            help,
        ),
        // What the API server makes of it (`SetDefaults_Container`).
        None if reference.digest.is_none() && matches!(reference.tag, None | Some("latest")) => {}
        None => out.missing(
            container.at("imagePullPolicy"),
            format!("{title} may run an image that its node kept: the policy of a tag is `IfNotPresent`"),
            help,
        ),
    }
}
