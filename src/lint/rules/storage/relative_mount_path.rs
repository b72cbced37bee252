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
    for (route, mount) in container.mounts() {
        let Some(path) = mount
            .get("mountPath")
            .map(NodeRef::str)
            .filter(|path| !path.is_empty())
        else {
            continue;
        };
        if !path.starts_with('/') && !workload.is_windows() && !path.contains(":\\") {
            out.value(
                route.then("mountPath"),
                format!(
                    "{} mounts a volume at `{path}`, which does not begin with `/`",
                    container.title(workload)
                ),
                format!("write the whole path, `/{path}`"),
            );
        }
    }
}
