use crate::lint::prelude::*;

rule! {
    name: "relative-mount-path",
    group: Storage,
    severity: Error,
    presets: [Default],
    peers: [],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    for mount in container.items("volumeMounts") {
        let path = mount.text("mountPath");
        if !path.is_empty() && !path.starts_with('/') && !workload.is_windows() && !path.contains(":\\") {
            out.value(
                mount.at("mountPath"),
                format!(
                    "{} mounts a volume at `{path}`, which does not begin with `/`",
                    container.title(workload)
                ),
                format!("write the whole path, `/{path}`"),
            );
        }
    }
}
