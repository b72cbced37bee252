use crate::lint::prelude::*;
use crate::manifest::image::Reference;

rule! {
    name: "image-tag-expected",
    group: Images,
    severity: Warning,
    presets: [],
    parameters: [Globs(TAGS)],
    peers: ["kubeaudit:ImageTagIncorrect"],
    check: Container(check),
}

static TAGS: Globs = Globs {
    name: "tags",
    about: "What tags look like: v[0-9]*, [0-9]*.[0-9]*.[0-9]*",
    default: &[],
};

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let image = container.get("image").map_or("", NodeRef::str);
    let Some(tag) = Reference::of(image).tag else {
        return;
    };
    if !out.allows(&TAGS, tag) {
        out.value(
            container.at("image"),
            format!("the image of {} has the tag `{tag}`", container.title(workload)),
            format!(
                "name a version as this project writes them: {}",
                out.listed(&TAGS)
            ),
        );
    }
}
