use crate::lint::prelude::*;
use crate::manifest::image::Reference;

rule! {
    name: "image-pull-policy",
    group: Images,
    severity: Warning,
    presets: [Recommended],
    peers: [
        "kyverno:imagepullpolicy-always",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let (Some(image), Some(policy)) = (container.image(), container.get("imagePullPolicy")) else {
        return;
    };
    let reference = Reference::of(image);
    let moves = |tag: &str| MOVING.contains(&tag);
    if policy.str() == "Always" || reference.digest.is_some() || !reference.tag.is_some_and(moves) {
        return;
    }
    out.value(
        container.at("imagePullPolicy"),
        format!(
            "{} does not pull `{image}` again, a tag that moves",
            container.title(workload)
        ),
        "name a version that does not move, or set `imagePullPolicy: Always`",
    );
}

/// Tags that by their name follow a branch or a channel.
const MOVING: &[&str] = &[
    "canary", "dev", "develop", "edge", "head", "latest", "main", "master", "nightly", "stable", "staging",
];
