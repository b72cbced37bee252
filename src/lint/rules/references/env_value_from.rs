use super::keyed;
use crate::lint::prelude::*;

rule! {
    name: "env-value-from",
    group: References,
    severity: Warning,
    presets: [Default],
    confidence: Likely,
    peers: ["kube-linter:env-value-from", "popeye:POP-304"],
    check: Container(check),
}

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    for variable in container.items("env") {
        for (source, kind) in [("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")] {
            let Some(reference) = variable.get("valueFrom").and_then(|from| from.get(source)) else {
                continue;
            };
            let text = |key| reference.get(key).map_or("", NodeRef::str);
            let is_optional = reference.get("optional").and_then(NodeRef::as_bool) == Some(true);
            if let Some(missing) =
                keyed::missing_key(fleet, workload, kind, text("name"), text("key")).filter(|_| !is_optional)
            {
                out.value(
                    variable.at("valueFrom").then(source).then("key"),
                    format!(
                        "{} does not start: {}",
                        container.title(workload),
                        missing.message
                    ),
                    missing.help,
                );
            }
        }
    }
}
