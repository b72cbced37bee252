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
    for (index, variable) in container
        .node
        .get("env")
        .into_iter()
        .flat_map(NodeRef::items)
        .enumerate()
    {
        let Some(name) = variable.get("name").map(NodeRef::str) else {
            continue;
        };
        let extends = variable
            .get("value")
            .is_some_and(|value| value.str().contains(&format!("$({name})")));
        if !seen.insert(name) && !extends {
            out.value(
                container.at("env").then(index).then("name"),
                format!("{} sets `{name}` twice", container.title(workload)),
                "remove one: the last counts, and a merge loses one of them",
            );
        }
    }
}
