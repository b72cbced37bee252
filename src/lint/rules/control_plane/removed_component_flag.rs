use super::flags;
use crate::lint::prelude::*;

rule! {
    name: "removed-component-flag",
    group: ControlPlane,
    severity: Warning,
    presets: [Recommended, Security],
    peers: [
        "checkov:CKV_K8S_69",
        "checkov:CKV_K8S_71",
        "checkov:CKV_K8S_81",
        "checkov:CKV_K8S_84",
        "checkov:CKV_K8S_86",
        "checkov:CKV_K8S_88",
        "trivy:KCV-0004",
        "trivy:KCV-0013",
    ],
    check: Program("kube-apiserver", check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    for flag in flags::written(container) {
        for (name, plugin, since) in REMOVED {
            let names_plugin =
                plugin.is_none_or(|plugin| flag.value.split(',').any(|item| item.trim() == plugin));
            if flag.name != *name || !names_plugin {
                continue;
            }
            let what = plugin.map_or_else(
                || format!("`--{name}`"),
                |plugin| format!("the plugin `{plugin}`"),
            );
            out.value(
                flag.at.route(),
                format!(
                    "{} starts `kube-apiserver` with {what}, which is gone since Kubernetes {since}: it does not start",
                    container.title(workload)
                ),
                format!("remove {what}"),
            );
        }
    }
}

/// Flags, and plugins in the lists of flags, with the version that does not know them anymore. From Kubernetes'
/// changelogs.
const REMOVED: &[(&str, Option<&str>, &str)] = &[
    ("basic-auth-file", None, "1.19"),
    ("enable-admission-plugins", Some("PodSecurityPolicy"), "1.25"),
    ("enable-admission-plugins", Some("SecurityContextDeny"), "1.30"),
    ("insecure-bind-address", None, "1.24"),
    ("insecure-port", None, "1.24"),
    ("kubelet-https", None, "1.22"),
];
