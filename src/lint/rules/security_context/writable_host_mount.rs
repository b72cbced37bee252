use crate::lint::prelude::*;

rule! {
    name: "writable-host-mount",
    group: SecurityContext,
    severity: Warning,
    presets: [Strict, Security],
    peers: [
        "kube-linter:writable-host-mount",
        "datree:EKS_INVALID_HOSTPATH_MOUNT_READONLY_VALUE",
        "kyverno:ensure-readonly-hostpath",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    for mount in container.items("volumeMounts") {
        let name = mount.text("name");
        let is_read_only = mount.get("readOnly").and_then(NodeRef::as_bool) == Some(true);
        let is_of_node = || {
            workload
                .volumes()
                .any(|volume| volume.name() == name && volume.host_path().is_some())
        };
        if !is_read_only && is_of_node() {
            out.missing(
                mount.at("readOnly"),
                format!(
                    "{} may write to the node's folder behind volume `{name}`",
                    container.title(workload)
                ),
                "set `readOnly: true` on the mount, or use a volume that is not the node's",
            );
        }
    }
}
