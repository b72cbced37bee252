use crate::lint::prelude::*;

rule! {
    name: "env-reference-order",
    group: Lifecycle,
    severity: Warning,
    presets: [Default],
    peers: [],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let variables: Vec<NodeRef<'_>> = container
        .node
        .get("env")
        .into_iter()
        .flat_map(NodeRef::items)
        .collect();
    let name = |variable: &NodeRef<'_>| variable.get("name").map_or("", NodeRef::str).to_owned();
    for (index, variable) in variables.iter().enumerate() {
        let Some(value) = variable.get("value").map(NodeRef::str) else {
            continue;
        };
        let (before, rest) = variables.split_at(index);
        for wanted in references(value) {
            let is_before = before.iter().any(|other| name(other) == wanted);
            let is_later = rest.iter().skip(1).any(|other| name(other) == wanted);
            if is_later && !is_before {
                out.value(
                    container.at("env").then(index).then("value"),
                    format!(
                        "`$({wanted})` in {} stays as it is: the variable is defined further down",
                        container.title(workload)
                    ),
                    format!("move `{wanted}` above `{}`", name(variable)),
                );
            }
        }
    }
}

/// The names in `$(NAME)`; `$$` is a dollar sign.
fn references(value: &str) -> impl Iterator<Item = &str> {
    value
        .replace("$$", "  ")
        .match_indices("$(")
        .map(|(at, _)| at)
        .collect::<Vec<_>>()
        .into_iter()
        .filter_map(|at| {
            let rest = value.get(at + 2..)?;
            rest.split_once(')').map(|(name, _)| name)
        })
}
