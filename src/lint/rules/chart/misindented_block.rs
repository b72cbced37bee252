use super::line::Line;
use crate::lint::prelude::*;
use crate::render::ParsedTemplate;

rule! {
    name: "misindented-block",
    group: Template,
    severity: Warning,
    presets: [Default],
    confidence: Likely,
    peers: [],
    check: Template(check),
}

fn check(template: &ParsedTemplate, found: &mut Vec<Finding>) {
    for action in template.parsed.actions() {
        let mut functions = action.functions();
        let last = functions.next_back().flatten();
        let prints_block = last == Some("toYaml") || functions.flatten().any(|function| function == "toYaml");
        let Some(line) = Line::of(template, &action).filter(|line| prints_block && line.is_first()) else {
            continue;
        };
        let depth = line.before.len();
        let (message, help) = match last {
            Some("toYaml") if depth > 0 && !line.trims => (
                "only the first line of what `toYaml` prints gets the spaces before the action",
                format!("write `{{{{- toYaml … | nindent {depth} }}}}`"),
            ),
            Some("indent") if depth > 0 && !line.trims => (
                "the first line gets the spaces before the action and those of `indent`",
                "put the action at the start of its line, or write `{{- … | nindent N }}`".to_owned(),
            ),
            Some("indent") if line.trims && line.above.trim_end().ends_with(':') => (
                "`{{-` takes the line end away, so the block begins on the line of its key",
                "write `nindent` for `indent`: it begins a line of its own".to_owned(),
            ),
            _ => continue,
        };
        found.push(Finding::new(&RULE.meta, line.at, message).help(help));
    }
}
