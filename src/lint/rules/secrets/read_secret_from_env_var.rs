use crate::lint::prelude::*;

rule! {
    name: "read-secret-from-env-var",
    group: Secrets,
    severity: Info,
    presets: [],
    peers: [
        "kube-linter:read-secret-from-env-var",
        "kubesec:SecretsAsEnvironmentVariables",
        "checkov:CKV_K8S_35",
        "datree:CIS_INVALID_KEY_SECRETKEYREF_SECRETREF",
        "kyverno:secrets-not-from-env-vars",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    for (list, path) in [("env", "valueFrom.secretKeyRef"), ("envFrom", "secretRef")] {
        for item in container.items(list) {
            if item.get(path).is_some() {
                out.key(
                    item.at(path),
                    format!(
                        "{} gets a Secret as an environment variable",
                        container.title(workload)
                    ),
                    "mount it as a volume, if the program can read a file",
                );
            }
        }
    }
}
