use crate::lint::prelude::*;

rule! {
    name: "duplicate-env-var",
    group: Lifecycle,
    severity: Warning,
    presets: [Default],
    peers: [
        "kube-linter:duplicate-env-var",
        "kube-score:environment-variable-key-duplication",
    ],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let mut seen = std::collections::BTreeSet::new();
    for variable in container.items("env") {
        let name = variable.text("name");
        let extends = || variable.text("value").contains(&format!("$({name})"));
        if !name.is_empty() && !seen.insert(name) && !extends() {
            out.value(
                variable.at("name"),
                format!("{} sets `{name}` twice", container.title(workload)),
                "remove one: the last counts, and a merge loses one of them",
            );
        }
    }
}
