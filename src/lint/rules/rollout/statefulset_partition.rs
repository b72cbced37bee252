use crate::lint::prelude::*;

rule! {
    name: "statefulset-partition",
    group: Rollout,
    severity: Warning,
    presets: [Default],
    peers: [],
    check: Kinds(&[("apps", "StatefulSet")], check),
}

fn check<'m>(_: &Fleet<'m>, set: &'m Manifest, out: &mut Sink<'_>) {
    let path = "spec.updateStrategy.rollingUpdate.partition";
    let first = set
        .get("spec.ordinals.start")
        .and_then(NodeRef::as_i64)
        .unwrap_or(0);
    let replicas = set.get("spec.replicas").and_then(NodeRef::as_i64).unwrap_or(1);
    let Some(partition) = set.get(path).and_then(NodeRef::as_i64) else {
        return;
    };
    let end = first.saturating_add(replicas);
    if partition > 0 && replicas > 0 && partition >= end {
        out.value(
            set.route(path),
            format!(
                "an update of StatefulSet `{}` reaches no pod: the highest number is {}",
                set.id.name,
                end.saturating_sub(1)
            ),
            "lower `partition`, to 0 for all pods",
        );
    }
}
