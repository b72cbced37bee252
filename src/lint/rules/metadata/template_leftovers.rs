use crate::lint::prelude::*;

rule! {
    name: "template-leftovers",
    group: Metadata,
    severity: Error,
    presets: [Default],
    peers: [],
    check: Object(check),
}

fn check<'m>(_: &Fleet<'m>, manifest: &'m Manifest, out: &mut Sink<'_>) {
    let metadata = manifest.route("metadata");
    let mut places = vec![
        (metadata.then("name"), manifest.get("metadata.name")),
        (metadata.then("namespace"), manifest.get("metadata.namespace")),
    ];
    for (key, value) in manifest
        .get("metadata.labels")
        .into_iter()
        .flat_map(NodeRef::entries)
    {
        places.push((metadata.then("labels").then(key.str()), Some(value)));
    }
    for (route, value) in places {
        let text = value.map_or("", NodeRef::str);
        if let Some(mark) = MARKS.iter().find(|mark| text.contains(**mark)) {
            out.value(
                route,
                format!(
                    "`{text}` of {} `{}` holds `{mark}`, which a template should have replaced",
                    manifest.id.kind, manifest.id.name
                ),
                "run the template with all its values",
            );
        }
    }
}

/// What Go's templates, and tools that replace variables, leave behind.
const MARKS: &[&str] = &["{{", "<no value>", "%!s(", "%!d(", "${", "<nil>"];
