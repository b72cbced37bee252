use crate::lint::prelude::*;
use crate::manifest::fleet::is_headless;

rule! {
    name: "service-selects-both-colors",
    group: Canary,
    severity: Warning,
    presets: [Default, Availability],
    confidence: Likely,
    peers: [],
    check: Kinds(&[("", "Service")], check),
}

fn check<'m>(fleet: &Fleet<'m>, service: &'m Manifest, out: &mut Sink<'_>) {
    if is_headless(service) {
        return;
    }
    let behind = fleet.behind(service);
    for label in ["color", "colour", "deployment-color", "slot"] {
        let mut colors: Vec<(&str, &&Workload<'_>)> = behind
            .iter()
            .filter_map(|workload| Some((*workload.labels.get(label)?, workload)))
            .collect();
        colors.sort_by_key(|(color, _)| *color);
        colors.dedup_by_key(|(color, _)| *color);
        if let [(first, one), (second, other), ..] = colors.as_slice() {
            let message = format!(
                "Service `{}` sends traffic to `{label}: {first}` and `{label}: {second}` at once",
                service.id.name
            );
            let finding = out
                .at(service.route("spec.selector"), Part::Key, message)
                .help(format!("add `{label}` to the selector, with the one that serves"))
                .related(one.at(one.manifest.route("metadata.name"), Part::Value), "one")
                .related(
                    other.at(other.manifest.route("metadata.name"), Part::Value),
                    "the other",
                );
            out.push(finding);
        }
    }
}
