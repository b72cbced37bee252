use std::collections::BTreeSet;

use crate::lint::prelude::*;
use crate::manifest::view::Item;

rule! {
    name: "env-reference-order",
    group: Lifecycle,
    severity: Warning,
    presets: [Default],
    peers: [],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let mut before = BTreeSet::new();
    for (index, variable) in container.items("env").enumerate() {
        for wanted in references(variable.text("value")) {
            let is_named = |other: Item<'_, '_>| other.text("name") == wanted;
            let mut after = container.items("env").skip(index + 1);
            if !before.contains(wanted) && after.any(is_named) {
                out.value(
                    variable.at("value"),
                    format!(
                        "`$({wanted})` in {} stays as it is: the variable is defined further down",
                        container.title(workload)
                    ),
                    format!("move `{wanted}` above `{}`", variable.text("name")),
                );
            }
        }
        before.insert(variable.text("name"));
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
