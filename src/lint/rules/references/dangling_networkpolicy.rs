use super::selecting::{Selecting, unselecting};
use crate::lint::prelude::*;

rule! {
    name: "dangling-networkpolicy",
    group: References,
    severity: Warning,
    presets: [Default],
    confidence: Likely,
    peers: [
        "kube-linter:dangling-networkpolicy",
        "kube-score:networkpolicy-targets-pod",
        "popeye:POP-1200",
    ],
    check: Kinds(&[("networking.k8s.io", "NetworkPolicy")], check),
}

fn check<'m>(fleet: &Fleet<'m>, policy: &'m Manifest, out: &mut Sink<'_>) {
    let Some(Selecting { nearest, selector }) = unselecting(fleet, policy, "spec.podSelector") else {
        return;
    };
    out.key(
        policy.route("spec.podSelector"),
        format!(
            "NetworkPolicy `{}` holds for no pod of the input: none has the labels `{selector}`",
            policy.id.name
        ),
        nearest,
    );
}
