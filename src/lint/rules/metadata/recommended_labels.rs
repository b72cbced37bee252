use crate::lint::prelude::*;

rule! {
    name: "recommended-labels",
    group: Metadata,
    severity: Info,
    presets: [],
    peers: [],
    check: Workload(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let labels = workload.manifest.get("metadata.labels");
    let has = |label: &str| labels.is_some_and(|labels| labels.get(label).is_some());
    if !has("app.kubernetes.io/name") && !has("app.kubernetes.io/instance") {
        out.push(
            out.at(
                Route::root().then("spec"),
                Part::Missing,
                format!("{} has no `app.kubernetes.io/name`", workload.title()),
            )
            .help(
                "add `app.kubernetes.io/name` and `app.kubernetes.io/instance` to the workload and its pods",
            ),
        );
    }
}
