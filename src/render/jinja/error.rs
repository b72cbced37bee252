//! The engine's errors as findings: where, what is wrong, and what was probably meant.

use std::ops::Range;

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind};

use super::function::AUTHOR;
use super::limits::FUEL;
use super::mapping::{self, Mapping};
use super::names;
use super::rules::{TEMPLATE_ERROR, TEMPLATE_FAIL, TEMPLATE_LIMIT, TEMPLATE_SYNTAX, TEMPLATE_UNDEFINED};
use super::scope::Scope;
use super::sources::{Source, Sources};
use crate::finding::{Anchor, Finding, RuleMeta};
use crate::source::Span;
use crate::suggest;

/// Everything needed to say where an error is and what was meant.
pub(super) struct Explainer<'a> {
    pub(super) chart: &'a str,
    pub(super) scope: &'a Scope,
    pub(super) sources: &'a Sources,
}

impl Explainer<'_> {
    /// The finding for an error of a template that was started as `template`.
    pub(super) fn finding(&self, error: &Error, template: &Source) -> Finding {
        let chain = chain(error);
        let cause = chain
            .iter()
            .rev()
            .find(|error| error.line().is_some())
            .copied()
            .unwrap_or(error);
        let problem = self.problem(cause);
        let (source, range) = self.place(cause, template);
        let range = problem
            .focus
            .as_deref()
            .map_or_else(|| range.clone(), |focus| narrow(&source.text, &range, focus));
        let anchor = |source: &Source, range: &Range<usize>| Anchor::Text(span(source, range));
        let mut finding = Finding::new(problem.rule, anchor(source, &range), problem.message);
        finding.help = problem.help.map(String::into_boxed_str);
        for outer in chain
            .iter()
            .filter(|outer| !std::ptr::eq(**outer, cause) && outer.line().is_some())
        {
            let (source, range) = self.place(outer, template);
            let at = anchor(source, &range);
            // A template that includes itself gets here by the same place again and again.
            let is_known = at == finding.at || finding.related.iter().any(|related| related.at == at);
            if !is_known {
                finding = finding.related(at, "reached from here");
            }
        }
        if source.path != template.path && finding.related.is_empty() {
            finding = finding.related(anchor(template, &(0..0)), "while this template is rendered");
        }
        finding
    }

    /// The file and the bytes an error points at.
    fn place<'s>(&'s self, error: &Error, template: &'s Source) -> (&'s Source, Range<usize>) {
        let source = error
            .name()
            .and_then(|name| self.sources.find(self.chart, name))
            .unwrap_or(template);
        let length = source.text.len();
        if let Some(range) = error
            .range()
            .filter(|range| range.start <= range.end && range.end <= length)
        {
            return (source, trimmed(&source.text, range));
        }
        let wanted = error.line().unwrap_or(1);
        let start: usize = source
            .text
            .split_inclusive('\n')
            .take(wanted.saturating_sub(1))
            .map(str::len)
            .sum();
        let line = source
            .text
            .get(start..)
            .and_then(|rest| rest.lines().next())
            .unwrap_or_default();
        let indent = line.len() - line.trim_start().len();
        (source, start + indent..start + line.trim_end().len().max(indent))
    }

    fn problem(&self, error: &Error) -> Problem {
        let detail = error.detail().unwrap_or_default();
        if let Some(at) = detail.find(AUTHOR) {
            let message = &detail[at + AUTHOR.len()..];
            return Problem::new(
                &TEMPLATE_FAIL,
                format!("the chart refuses these values: {message}"),
            );
        }
        match error.kind() {
            ErrorKind::SyntaxError => syntax(error, detail),
            ErrorKind::UndefinedError => self.undefined(detail),
            ErrorKind::UnknownFilter => unknown(
                "filter",
                detail
                    .strip_prefix("filter ")
                    .and_then(|rest| rest.strip_suffix(" is unknown")),
                names::FILTERS,
            ),
            ErrorKind::UnknownTest => unknown(
                "test",
                detail
                    .strip_prefix("test ")
                    .and_then(|rest| rest.strip_suffix(" is unknown")),
                names::TESTS,
            ),
            ErrorKind::UnknownFunction => {
                unknown("function", detail.strip_suffix(" is unknown"), names::FUNCTIONS)
            }
            ErrorKind::TemplateNotFound => self.not_found(error, detail),
            ErrorKind::OutOfFuel => {
                let message = format!("the template takes more than {FUEL} steps");
                Problem::new(&TEMPLATE_LIMIT, message)
                    .help("look for a loop that runs too often, or for loops inside loops")
            }
            ErrorKind::WriteFailure => {
                let cause = std::error::Error::source(error)
                    .map(ToString::to_string)
                    .unwrap_or_default();
                Problem::new(&TEMPLATE_LIMIT, format!("the template prints too much: {cause}"))
            }
            _ if detail.contains("recursion limit exceeded") || detail.contains("nest deeper than") => {
                Problem::new(&TEMPLATE_LIMIT, "templates call each other too deep".to_owned())
                    .help("an include or a macro that calls itself must come to an end")
            }
            _ if detail.contains("range has too many elements") => Problem::new(
                &TEMPLATE_LIMIT,
                "`range` has more than 100000 elements".to_owned(),
            ),
            kind if detail.is_empty() => Problem::new(&TEMPLATE_ERROR, kind.to_string()),
            ErrorKind::InvalidOperation => Problem::new(&TEMPLATE_ERROR, detail.to_owned()),
            kind => Problem::new(&TEMPLATE_ERROR, format!("{kind}: {detail}")),
        }
    }

    /// `` `values.replicaCout` is undefined ``: the keys that are there, and the nearest of them.
    fn undefined(&self, detail: &str) -> Problem {
        let Some(path) = detail.split('`').nth(1) else {
            return Problem::new(&TEMPLATE_UNDEFINED, "something here is undefined".to_owned());
        };
        let problem = Problem::new(&TEMPLATE_UNDEFINED, format!("`{path}` is not defined")).focus(path);
        let Some((parent, key)) = path.rsplit_once('.') else {
            return problem.help(self.unknown_name(path));
        };
        match self.resolve(parent) {
            Some(value) if value.is_none() => problem.help(format!(
                "`{parent}` is null: give it a value, or test it first: `{{% if {parent} %}}`"
            )),
            Some(value) if !matches!(value.kind(), ValueKind::Map | ValueKind::Plain) => {
                problem.help(format!("`{parent}` is a {}, it has no keys", value.kind()))
            }
            Some(value) => match value.downcast_object_ref::<Mapping>() {
                Some(mapping) => problem.help(keys_help(parent, key, mapping)),
                None => problem,
            },
            None => match mapping::missed(key) {
                Some(mapping) => problem.help(keys_help(parent, key, &mapping)),
                None => problem,
            },
        }
    }

    /// The value of a path such as `values.image`, if it starts at a name of the scope.
    fn resolve(&self, path: &str) -> Option<Value> {
        let mut keys = path.split('.');
        let mut value = self.scope.get(keys.next()?)?.clone();
        for key in keys {
            if value.is_none() {
                return None;
            }
            value = value.get_attr(key).ok().filter(|value| !value.is_undefined())?;
        }
        Some(value)
    }

    fn unknown_name(&self, name: &str) -> String {
        let values = self
            .scope
            .get("values")
            .and_then(|values| values.downcast_object_ref::<Mapping>());
        if values.is_some_and(|values| values.keys().any(|key| key == name)) {
            return format!("did you mean `values.{name}`?");
        }
        let known = self.scope.names().chain(names::FUNCTIONS.iter().copied());
        match nearest(name, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "set it with `{% set … %}`, or import it: a template sees `values`, `release`, `chart`, `capabilities`, \
                     `files` and `template`"
                .to_owned(),
        }
    }

    fn not_found(&self, error: &Error, detail: &str) -> Problem {
        let statement = error
            .template_source()
            .zip(error.range())
            .and_then(|(text, range)| text.get(range));
        let name = [detail, statement.unwrap_or_default()]
            .into_iter()
            .find_map(|text| text.split(['"', '\'']).nth(1))
            .unwrap_or_default();
        let problem = Problem::new(&TEMPLATE_UNDEFINED, format!("there is no template `{name}`")).focus(name);
        let known: Vec<&str> = self.sources.names(self.chart).collect();
        match nearest(name, known.iter().copied()) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem.help(format!(
                "names are relative to `templates/`; the chart has {}",
                listed(known.into_iter())
            )),
        }
    }
}

/// What is wrong, before it has a place.
struct Problem {
    rule: &'static RuleMeta,
    message: String,
    help: Option<String>,
    /// The part of the expression that is meant, if it is in there word by word.
    focus: Option<String>,
}

impl Problem {
    fn new(rule: &'static RuleMeta, message: String) -> Self {
        Self {
            rule,
            message,
            help: None,
            focus: None,
        }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    fn focus(mut self, focus: &str) -> Self {
        self.focus = Some(focus.to_owned());
        self
    }
}

fn keys_help(parent: &str, key: &str, mapping: &Mapping) -> String {
    if let Some(near) = nearest(key, mapping.keys()) {
        return format!("did you mean `{near}`?");
    }
    if mapping.keys().next().is_none() {
        return format!(
            "`{parent}` is empty: add `{key}` to the values, or give a default: `{parent}.{key} | default(…)`"
        );
    }
    format!(
        "`{parent}` has {}; add `{key}`, or give a default: `{parent}.{key} | default(…)`",
        listed(mapping.keys())
    )
}

/// The known name nearest to a wrong one. Very long names are no misspellings, and comparing them is quadratic.
fn nearest<'n>(wrong: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    const MAX: usize = 200;
    if wrong.len() > MAX {
        None
    } else {
        suggest::nearest(wrong, known.filter(|name| name.len() <= MAX))
    }
}

/// `` `a`, `b`, `c` and 4 more ``.
fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    const SHOWN: usize = 8;
    let names: Vec<&str> = names.collect();
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn unknown(what: &str, name: Option<&str>, known: &'static [&'static str]) -> Problem {
    let name = name.unwrap_or_default();
    let problem = Problem::new(&TEMPLATE_UNDEFINED, format!("there is no {what} `{name}`")).focus(name);
    if let Some((_, ours)) = names::HELM.iter().find(|(helm, _)| *helm == name) {
        return problem.help(format!("Helm's `{name}` is {ours} here"));
    }
    match nearest(name, known.iter().copied()) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help(format!(
            "see docs/jinja for what there is besides Jinja's own {what}s"
        )),
    }
}

/// What the parser says, and the habits of other template languages that lead there.
fn syntax(error: &Error, detail: &str) -> Problem {
    let problem = Problem::new(&TEMPLATE_SYNTAX, detail.to_owned());
    let text = error.template_source().unwrap_or_default();
    let line = text
        .lines()
        .nth(error.line().unwrap_or(1).saturating_sub(1))
        .unwrap_or_default();
    if line.contains("{{ .") || line.contains("{{- .") || line.contains("(.") {
        return problem.help("Jinja has no leading dot: write `values.image.tag`, not `.Values.image.tag`");
    }
    if [
        "{{ include \"",
        "{{- include \"",
        "{{ template \"",
        "{{- template \"",
    ]
    .iter()
    .any(|call| line.contains(call))
    {
        return problem.help("this is Helm's way to call; import the macro, and call it with parentheses: `labels() | nindent(4)`");
    }
    if ["indent ", "trunc ", "default "]
        .iter()
        .any(|filter| line.contains(filter) && line.contains('|'))
    {
        return problem.help("filters take their arguments in parentheses: `nindent(4)`, not `nindent 4`");
    }
    if detail.contains("unexpected end of input") || detail.contains("end of template") {
        return problem
            .help("something that opens is never closed: `{% if %}` needs `{% endif %}`, `{{` needs `}}`");
    }
    problem
}

/// The error and what it was caused by, outermost first.
fn chain(error: &Error) -> Vec<&Error> {
    const MAX: usize = 64;
    let mut chain = vec![error];
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next
        && chain.len() < MAX
    {
        chain.extend(cause.downcast_ref::<Error>());
        next = cause.source();
    }
    chain
}

/// The first line that says something in a range; the range itself if none does.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = text.get(range.clone()).unwrap_or_default();
    let start = range.start + (part.len() - part.trim_start().len());
    part.trim_start()
        .lines()
        .next()
        .map_or(range, |line| start..start + line.trim_end().len())
}

/// Where `focus` stands in a range, or across its edges in the same line: the engine marks `.tag` of `values.image.tag`.
fn narrow(text: &str, range: &Range<usize>, focus: &str) -> Range<usize> {
    if focus.is_empty() || text.get(range.clone()).is_none() {
        return range.clone();
    }
    let line_start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[range.end..]
        .find('\n')
        .map_or(text.len(), |at| range.end + at);
    text[line_start..line_end]
        .match_indices(focus)
        .map(|(at, found)| line_start + at..line_start + at + found.len())
        .find(|found| found.end >= range.start && found.start <= range.end)
        .unwrap_or_else(|| range.clone())
}

fn span(source: &Source, range: &Range<usize>) -> Span {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(source.id, offset(range.start), offset(range.end))
}
