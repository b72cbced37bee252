use crate::admission::quantity::Quantity;
use crate::lint::prelude::*;
use crate::manifest::view::Item;

rule! {
    name: "heap-exceeds-memory",
    group: Resources,
    severity: Warning,
    presets: [Default, Availability],
    peers: [],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let Some(limit) = container.get("resources.limits.memory") else {
        return;
    };
    let Some(bytes) = Quantity::parse(limit.str()).map(Quantity::value) else {
        return;
    };
    let variables = container
        .items("env")
        .filter_map(|variable| heap_of_variable(&variable).map(|heap| (variable.at("value"), heap)));
    let words = container
        .items("command")
        .chain(container.items("args"))
        .filter_map(|word| heap(word.node.str()).map(|heap| (word.route(), heap)));
    for (route, (flag, heap)) in variables.chain(words) {
        if heap >= bytes {
            out.value(
                route,
                format!(
                    "{} may fill `{flag}` of heap, and is killed at `{}` of memory",
                    container.title(workload),
                    limit.str()
                ),
                "raise `resources.limits.memory` above the heap by a quarter at least, or lower the heap: threads, code and buffers need room too",
            );
        }
    }
}

fn heap_of_variable<'m>(variable: &Item<'_, 'm>) -> Option<(&'m str, i128)> {
    let value = variable.text("value");
    if variable.text("name") == "GOMEMLIMIT" {
        return Some((value, Quantity::parse(value.strip_suffix('B')?)?.value()));
    }
    heap(value)
}

/// The last flag of a text that bounds a heap, and its bytes: of the JVM, and of V8 in MiB.
fn heap(text: &str) -> Option<(&str, i128)> {
    const MIB: i128 = 1 << 20;
    let flags = text.split(|char: char| char.is_whitespace() || matches!(char, '"' | '\''));
    let mut sizes = flags.filter_map(|flag| {
        if let Some(size) = flag.strip_prefix("-Xmx") {
            let digits = size.trim_end_matches(|char: char| char.is_ascii_alphabetic());
            let unit = match &size[digits.len()..] {
                "" => 1,
                "k" | "K" => 1 << 10,
                "m" | "M" => MIB,
                "g" | "G" => 1 << 30,
                "t" | "T" => 1 << 40,
                _ => return None,
            };
            return Some((flag, digits.parse::<i128>().ok()?.checked_mul(unit)?));
        }
        let size = flag
            .strip_prefix("--max-old-space-size=")
            .or_else(|| flag.strip_prefix("--max_old_space_size="))?;
        Some((flag, size.parse::<i128>().ok()?.checked_mul(MIB)?))
    });
    sizes.next_back()
}
