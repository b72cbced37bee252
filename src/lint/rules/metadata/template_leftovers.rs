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
    let Some(metadata) = manifest.get("metadata") else {
        return;
    };
    let own = ["name", "namespace"].map(|key| (metadata.get(key), None, key));
    let labels = metadata.get("labels").into_iter().flat_map(NodeRef::entries);
    let labels = labels.map(|(key, value)| (Some(value), Some("labels"), key.str()));
    for (value, holder, key) in own.into_iter().chain(labels) {
        let text = value.map_or("", NodeRef::str);
        // All marks begin with one of these, and hardly a name has any of them.
        if !text.bytes().any(|byte| matches!(byte, b'{' | b'<' | b'%' | b'$')) {
            continue;
        }
        if let Some(mark) = MARKS.iter().find(|mark| text.contains(**mark)) {
            let metadata = manifest.route("metadata");
            out.value(
                holder
                    .map_or(metadata.clone(), |holder| metadata.then(holder))
                    .then(key),
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
