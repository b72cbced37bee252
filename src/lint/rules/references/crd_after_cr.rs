use std::collections::HashMap;

use crate::lint::prelude::*;

rule! {
    name: "crd-after-cr",
    group: References,
    severity: Warning,
    presets: [Default],
    peers: [],
    check: Fleet(check),
}

fn check(fleet: &Fleet<'_>, found: &mut Vec<Finding>) {
    let definitions: HashMap<(&str, &str), &Manifest> = fleet
        .of_kind(("apiextensions.k8s.io", "CustomResourceDefinition"))
        // Helm 3 and 4 leave out what was a hook of Helm 2.
        .filter(|definition| definition.hook() != Some("crd-install"))
        .filter_map(|definition| {
            let text = |path: &str| definition.get(path).map(NodeRef::str);
            Some(((text("spec.group")?, text("spec.names.kind")?), definition))
        })
        .collect();
    let manifests = fleet.manifests();
    for manifest in manifests {
        let id = &manifest.id;
        if manifests.is_sent_together(manifest.number) {
            // Helm asks the server for every kind of a release before it creates anything, but for hooks.
            let definition = definitions.get(&id.group_kind());
            if let Some(definition) = definition
                .filter(|definition| manifests.is_sent_together(definition.number))
                .filter(|_| manifest.hook().is_none())
            {
                let message = format!(
                    "the first install fails: {} `{}` is sent together with the definition of its kind",
                    id.kind, id.name
                );
                let help = "move the CustomResourceDefinition into the chart's `crds/`, or into a chart that is installed before";
                found.push(late(manifest, definition, message, help));
            }
            continue;
        }
        let namespace = id.namespace.as_deref();
        let namespace = namespace.and_then(|name| fleet.object(("", "Namespace"), None, name));
        for needed in [definitions.get(&id.group_kind()).copied(), namespace]
            .into_iter()
            .flatten()
        {
            if needed.number > manifest.number && needed.id != *id {
                let message = format!(
                    "{} `{}` comes before the {} `{}` that it needs",
                    id.kind, id.name, needed.id.kind, needed.id.name
                );
                let help = "move that one up: `kubectl apply` sends objects in the order of the files and of the documents in them";
                found.push(late(manifest, needed, message, help));
            }
        }
    }
}

fn late(manifest: &Manifest, needed: &Manifest, message: String, help: &str) -> Finding {
    let kind = |manifest: &Manifest| Anchor::Route(manifest.number, manifest.route("kind"), Part::Value);
    Finding::new(&RULE.meta, kind(manifest), message)
        .help(help)
        .related(kind(needed), "needed first")
}
