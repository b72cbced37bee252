use crate::admission::quantity::Quantity;
use crate::lint::prelude::*;

rule! {
    name: "suspicious-quantity",
    group: Resources,
    severity: Warning,
    presets: [Default],
    peers: [],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let resources = container.get("resources");
    for list in ["requests", "limits"] {
        let amounts = resources.and_then(|resources| resources.get(list));
        for (resource, amount) in amounts.into_iter().flat_map(NodeRef::entries) {
            let (resource, text) = (resource.str(), amount.str());
            let Some(value) = Quantity::parse(text).filter(|value| value.millis() > 0) else {
                continue;
            };
            let help = match resource {
                "memory" | "ephemeral-storage" if text.ends_with('m') => {
                    format!(
                        "`m` is a thousandth of a byte; write `{}Mi`",
                        text.trim_end_matches('m')
                    )
                }
                "memory" if value.value() < 1_048_576 => {
                    format!("that is {} bytes; write it with `Mi` or `Gi`", value.value())
                }
                "cpu" if value.value() >= 256 => {
                    format!(
                        "that is {} whole cores; thousandths are written `{text}m`",
                        value.value()
                    )
                }
                _ => continue,
            };
            out.value(
                container.at("resources").then(list).then(resource),
                format!(
                    "{} {} `{text}` of {resource}, which can hardly be meant",
                    container.title(workload),
                    if list == "limits" {
                        "is limited to"
                    } else {
                        "asks for"
                    }
                ),
                help,
            );
        }
    }
}
