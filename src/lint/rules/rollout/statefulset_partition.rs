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
    let replicas = set.get("spec.replicas").and_then(NodeRef::as_i64).unwrap_or(1);
    let Some(partition) = set.get(path).and_then(NodeRef::as_i64) else {
        return;
    };
    // It counts from the first pod, whatever its number is (`spec.ordinals.start`): `updateStatefulSet` compares indexes.
    if partition > 0 && replicas > 0 && partition >= replicas {
        let message = if replicas == 1 {
            format!(
                "an update of StatefulSet `{}` reaches no pod: `partition` leaves out its only one",
                set.id.name
            )
        } else {
            format!(
                "an update of StatefulSet `{}` reaches no pod: `partition` leaves out the first {partition}, and it has {replicas}",
                set.id.name
            )
        };
        out.value(set.route(path), message, "lower `partition`, to 0 for all pods");
    }
}
