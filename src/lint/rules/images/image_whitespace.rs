use crate::lint::prelude::*;

rule! {
    name: "image-whitespace",
    group: Images,
    severity: Error,
    presets: [Default],
    peers: [],
    fix: Safe,
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let Some(image) = container.image() else {
        return;
    };
    // Of bare Pods the API server speaks itself.
    if image.trim() != image && !image.trim().is_empty() && !workload.is_pod() {
        out.value(
            container.at("image"),
            format!(
                "{} cannot start: there are blanks around its image `{}`",
                container.title(workload),
                image.trim()
            ),
            "remove the blanks",
        );
        out.mend(Fix::safe(Edit::Set(container.at("image"), image.trim().into())));
    }
}
