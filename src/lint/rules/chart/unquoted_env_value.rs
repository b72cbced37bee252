use super::line::Line;
use crate::lint::prelude::*;
use crate::render::ParsedTemplate;

rule! {
    name: "unquoted-env-value",
    group: Template,
    severity: Warning,
    presets: [Recommended],
    confidence: Likely,
    peers: [],
    check: Template(check),
}

/// Functions whose result is what a user wrote, as they wrote it.
const PASSING: &[&str] = &[
    "coalesce", "default", "int", "int64", "required", "ternary", "toString", "trim",
];

fn check(template: &ParsedTemplate, found: &mut Vec<Finding>) {
    for action in template.parsed.actions() {
        let last = action.functions().next_back().flatten();
        if last.is_some_and(|function| !PASSING.contains(&function)) {
            continue;
        }
        let Some(line) = Line::of(template, &action) else {
            continue;
        };
        let is_value = line.before.trim_start() == "value: " && is_end(line.after);
        let item = line.above.lines().rev().find(|line| !line.trim().is_empty());
        let is_variable = item.is_some_and(|item| item.trim_start().starts_with("- name:"));
        if is_value && is_variable {
            found.push(
                Finding::new(
                    &RULE.meta,
                    line.at,
                    "a value like `8080`, `true` or `1e6` makes this variable a number or boolean, which the API server refuses",
                )
                .help("append `| quote`"),
            );
        }
    }
}

/// Whether a value ends here.
fn is_end(after: &str) -> bool {
    let after = after.trim();
    after.is_empty() || after.starts_with('#')
}
