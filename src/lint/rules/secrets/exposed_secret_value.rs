use super::known::kind_of;
use crate::lint::prelude::*;

rule! {
    name: "exposed-secret-value",
    group: Secrets,
    severity: Error,
    presets: [Default, Security],
    peers: [
        "datree:ALL_EXPOSED_SECRET_AWS",
        "datree:ALL_EXPOSED_SECRET_GITHUB",
        "datree:ALL_EXPOSED_SECRET_GITLAB",
        "datree:ALL_EXPOSED_SECRET_STRIPE",
        "datree:ALL_EXPOSED_SECRET_PRIVATEKEY",
        "datree:ALL_EXPOSED_SECRET_NPM",
        "datree:ALL_EXPOSED_SECRET_GCP",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    for variable in container.items("env") {
        if let Some(kind) = kind_of(variable.text("value")) {
            out.key(
                variable.at("value"),
                format!("{} is given {kind} in plain text", container.title(workload)),
                "take it back where it was given out, make a new one, and put that into a Secret",
            );
        }
    }
    for list in ["command", "args"] {
        for word in container.items(list) {
            if let Some(kind) = kind_of(word.node.str()) {
                out.key(
                    word.route(),
                    format!("{} is given {kind} in plain text", container.title(workload)),
                    "take it back where it was given out, make a new one, and put that into a Secret",
                );
            }
        }
    }
}
