use crate::lint::prelude::*;

rule! {
    name: "canary-differs",
    group: Canary,
    severity: Warning,
    presets: [Default],
    confidence: Likely,
    peers: [],
    check: Workload(check),
}

fn check<'m>(fleet: &Fleet<'m>, canary: &Workload<'m>, out: &mut Sink<'_>) {
    let id = &canary.manifest.id;
    let Some(stable) = id.name.strip_suffix("-canary") else {
        return;
    };
    let group_kind = id.group_kind();
    let stable = [stable.to_owned(), format!("{stable}-stable")]
        .iter()
        .find_map(|name| fleet.object(group_kind, Some(canary.namespace), name));
    let Some(stable) = stable.and_then(|stable| fleet.workload(stable.number)) else {
        return;
    };
    for container in &canary.containers {
        let Some(same) = stable
            .containers
            .iter()
            .find(|same| same.name() == container.name())
        else {
            continue;
        };
        for field in ["livenessProbe", "readinessProbe", "resources", "securityContext"] {
            let (new, old) = (container.get(field), same.get(field));
            if new.is_some() == old.is_some() && new.zip(old).is_none_or(|(new, old)| is_same(new, old)) {
                continue;
            }
            let route = container.at(field);
            let part = if new.is_some() { Part::Key } else { Part::Missing };
            let message = format!(
                "{} has another `{field}` than its stable version {}",
                container.title(canary),
                stable.title()
            );
            let finding = out
                .at(
                    if new.is_some() {
                        route
                    } else {
                        container.route.clone()
                    },
                    part,
                    message,
                )
                .help("make both the same but for the image, the labels and the number of replicas")
                .related(stable.at(same.at(field), Part::Key), "the stable version");
            out.push(finding);
        }
    }
}

/// Whether two trees say the same, however they are written.
fn is_same(one: NodeRef<'_>, other: NodeRef<'_>) -> bool {
    if one.is_scalar() || other.is_scalar() {
        return one.is_scalar() && other.is_scalar() && one.str() == other.str();
    }
    if one.len() != other.len() {
        return false;
    }
    if one.is_sequence() {
        return one
            .items()
            .zip(other.items())
            .all(|(one, other)| is_same(one, other));
    }
    one.entries()
        .all(|(key, value)| other.get(key.str()).is_some_and(|other| is_same(value, other)))
}
