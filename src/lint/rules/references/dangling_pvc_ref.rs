use crate::lint::prelude::*;

rule! {
    name: "dangling-pvc-ref",
    group: References,
    severity: Warning,
    presets: [Default],
    peers: [],
    check: Workload(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    const CLAIM: (&str, &str) = ("", "PersistentVolumeClaim");
    for volume in workload.volumes() {
        let Some(claim) =
            crate::manifest::view::get(volume.node, "persistentVolumeClaim.claimName").map(NodeRef::str)
        else {
            continue;
        };
        if !fleet.is_missing(CLAIM, Some(workload.namespace), claim)
            || is_of_stateful_set(fleet, workload.namespace, claim)
        {
            continue;
        }
        let help = match fleet.nearest_name(CLAIM, Some(workload.namespace), claim) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "add the claim, or correct `claimName`".to_owned(),
        };
        out.value(
            volume.route().below("persistentVolumeClaim.claimName"),
            format!(
                "pods of {} mount the claim `{claim}`, which is not there",
                workload.title()
            ),
            help,
        );
    }
}

/// A StatefulSet makes claims called `TEMPLATE-SET-NUMBER`.
fn is_of_stateful_set(fleet: &Fleet<'_>, namespace: &str, claim: &str) -> bool {
    let Some((made, _)) = claim.rsplit_once('-') else {
        return false;
    };
    made.char_indices()
        .filter(|(_, char)| *char == '-')
        .any(|(at, _)| {
            fleet
                .object(("apps", "StatefulSet"), Some(namespace), &made[at + 1..])
                .is_some()
        })
}
