use crate::lint::prelude::*;

rule! {
    name: "default-service-account-token",
    group: Rbac,
    severity: Info,
    presets: [Strict, Security],
    peers: [
        "checkov:CKV_K8S_41",
        "datree:CIS_INVALID_VALUE_AUTOMOUNTSERVICEACCOUNTTOKEN",
    ],
    check: Kinds(&[("", "ServiceAccount")], check),
}

fn check<'m>(fleet: &Fleet<'m>, account: &'m Manifest, out: &mut Sink<'_>) {
    let mounts = account
        .get("automountServiceAccountToken")
        .and_then(NodeRef::as_bool);
    if &*account.id.name == "default" && mounts != Some(false) {
        out.missing(
            account.route("automountServiceAccountToken"),
            format!(
                "every pod of namespace `{}` that names no account gets a token of ServiceAccount `default`",
                fleet.namespace(account)
            ),
            "set `automountServiceAccountToken: false`, and give pods that need a token an account of their own",
        );
    }
}
