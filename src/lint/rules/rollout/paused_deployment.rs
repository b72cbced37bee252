use crate::lint::prelude::*;

rule! {
    name: "paused-deployment",
    group: Rollout,
    severity: Warning,
    presets: [Default],
    peers: [],
    check: Kinds(&[("apps", "Deployment")], check),
}

fn check<'m>(_: &Fleet<'m>, deployment: &'m Manifest, out: &mut Sink<'_>) {
    if deployment.get("spec.paused").and_then(NodeRef::as_bool) == Some(true) {
        out.value(
            deployment.route("spec.paused"),
            format!(
                "Deployment `{}` is paused: changes of it reach no pod",
                deployment.id.name
            ),
            "remove `paused`",
        );
    }
}
