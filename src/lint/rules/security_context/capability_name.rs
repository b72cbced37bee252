use super::capabilities::{ALL, listed};
use crate::lint::prelude::*;
use crate::suggest;

rule! {
    name: "capability-name",
    group: SecurityContext,
    severity: Error,
    presets: [Default],
    peers: [],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    for list in ["add", "drop"] {
        for listed in listed(container, list) {
            let name = &*listed.name;
            if name == "ALL" || ALL.contains(&name) {
                continue;
            }
            let help = match suggest::nearest(name, ALL.iter().copied()) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => "write the name as Linux has it, without `CAP_`: `NET_BIND_SERVICE`".to_owned(),
            };
            out.value(
                listed.route(),
                format!(
                    "{} names the capability `{name}`, which Linux does not have",
                    container.title(workload)
                ),
                help,
            );
        }
    }
}
