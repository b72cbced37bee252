use crate::lint::prelude::*;

rule! {
    name: "mount-path-shadowing",
    group: Storage,
    severity: Warning,
    presets: [Default],
    peers: [],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    for mount in container.items("volumeMounts") {
        let path = mount.text("mountPath");
        let whole = path.trim_end_matches('/');
        let has_sub_path = ["subPath", "subPathExpr"]
            .iter()
            .any(|key| !mount.text(key).is_empty());
        if !path.is_empty() && SYSTEM.contains(&whole) && !has_sub_path {
            out.value(
                mount.at("mountPath"),
                format!(
                    "{} mounts a volume over `{path}`, where its image keeps what it needs to run",
                    container.title(workload)
                ),
                "mount a folder of its own, or single files by `subPath`",
            );
        }
    }
}

/// Folders without which few programs start; empty is the root.
const SYSTEM: &[&str] = &[
    "",
    "/bin",
    "/etc",
    "/lib",
    "/lib64",
    "/sbin",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/local",
    "/usr/local/bin",
];
