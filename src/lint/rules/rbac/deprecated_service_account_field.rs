use crate::lint::prelude::*;

rule! {
    name: "deprecated-service-account-field",
    group: Rbac,
    severity: Warning,
    presets: [Default],
    peers: [
        "kube-linter:deprecated-service-account-field",
        "kubeaudit:AutomountServiceAccountTokenDeprecated",
    ],
    fix: Safe,
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let (Some(old), new) = (workload.get("serviceAccount"), workload.get("serviceAccountName")) else {
        return;
    };
    if new.is_none_or(|new| new.str() != old.str()) && !old.str().is_empty() {
        out.key(
            workload.route("serviceAccount"),
            format!(
                "{} names its ServiceAccount in the deprecated field `serviceAccount`",
                workload.title()
            ),
            "rename it to `serviceAccountName`",
        );
        if new.is_none() {
            let name = "serviceAccountName".to_owned();
            out.mend(Fix::safe(Edit::Rename(workload.route("serviceAccount"), name)));
        }
    }
}
