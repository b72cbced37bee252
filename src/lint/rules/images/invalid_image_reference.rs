use crate::lint::prelude::*;
use crate::manifest::image::Reference;

rule! {
    name: "invalid-image-reference",
    group: Images,
    severity: Error,
    presets: [Default],
    peers: [],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let Some(image) = container.image() else {
        return;
    };
    if image.trim() != image {
        return;
    }
    if let Some(problem) = Reference::of(image).problem() {
        out.value(
            container.at("image"),
            format!(
                "{} cannot start: `{image}` is no image reference, {problem}",
                container.title(workload)
            ),
            "write `registry/name:tag`, the name in lower case, without blanks",
        );
    }
}
