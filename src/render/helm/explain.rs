//! Errors of Go templates as findings: the place in the template's file, in words that say what to do.

use std::collections::BTreeMap;

use plimsoll_gotpl::{Error, ErrorKind, Place, TemplateSet};

use super::Placed;
use crate::finding::{Anchor, Finding};
use crate::render::jinja::{
    TEMPLATE_ERROR, TEMPLATE_FAIL, TEMPLATE_LIMIT, TEMPLATE_SYNTAX, TEMPLATE_UNDEFINED,
};
use crate::source::{SourceId, SourceMap, Span};
use crate::suggest;
use crate::values::{Datum, Values};

/// Turns errors into findings, each place and message once: a broken partial breaks every template that uses it.
pub(super) struct Explainer<'v> {
    values: &'v Values,
    /// The text of each template, by Helm's path.
    texts: BTreeMap<&'v str, SourceId>,
    sources: &'v SourceMap,
    pub(super) findings: Vec<Finding>,
}

/// Whether an error says that an included template does not exist.
pub(super) fn is_missing_template(error: &Error) -> bool {
    error
        .chain()
        .any(|error| error.kind == ErrorKind::NoTemplate || missing_template(&error.message).is_some())
}

fn missing_template(message: &str) -> Option<&str> {
    let rest = message.split_once("no template \"").map(|(_, rest)| rest);
    let rest = rest.or_else(|| {
        message
            .strip_prefix("template \"")
            .filter(|rest| rest.ends_with("\" not defined"))
    });
    rest?.split('"').next()
}

impl<'v> Explainer<'v> {
    pub(super) fn new(values: &'v Values, templates: &'v [Placed<'v>], sources: &'v SourceMap) -> Self {
        let texts = templates
            .iter()
            .map(|placed| (placed.name.as_str(), placed.template.source))
            .collect();
        Self {
            values,
            texts,
            sources,
            findings: Vec::new(),
        }
    }

    /// Adds the finding for an error of a template.
    pub(super) fn explain(&mut self, error: &Error, set: &TemplateSet, placed: &Placed<'_>) {
        // Innermost first. A `tpl` text is no file, so the call of `tpl` is the place then.
        let chain: Vec<&Error> = error.chain().collect();
        let places: Vec<Span> = chain.iter().rev().filter_map(|error| self.span(error)).collect();
        let root = error.root();
        let at = places
            .first()
            .copied()
            .unwrap_or_else(|| Span::new(placed.template.source, 0, 0));
        let in_tpl = self.span(root).is_none() && root.place.is_some();
        let mut finding = self.finding(root, at, set, placed);
        if in_tpl {
            let shown = if root.node.is_empty() {
                String::new()
            } else {
                format!(" at `{}`", root.node)
            };
            finding.message = format!("in a text given to `tpl`{shown}: {}", finding.message);
        }
        for place in places.iter().skip(1).filter(|place| **place != at).take(4) {
            finding = finding.related(Anchor::Text(*place), "used here");
        }
        if !self
            .findings
            .iter()
            .any(|known| known.at == finding.at && known.message == finding.message)
        {
            self.findings.push(finding);
        }
    }

    fn span(&self, error: &Error) -> Option<Span> {
        self.span_of(error.place.as_ref()?)
    }

    /// A place in a template's file; none in a text given to `tpl`.
    pub(super) fn span_of(&self, place: &Place) -> Option<Span> {
        let source = *self.texts.get(&*place.file)?;
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        if place.column.is_none() && place.span.is_empty() {
            return Some(self.line(source, place.line));
        }
        Some(Span::new(
            source,
            offset(place.span.start),
            offset(place.span.end),
        ))
    }

    /// The text of a line, without its indentation.
    fn line(&self, source: SourceId, line: usize) -> Span {
        let shown = self.sources.get(source);
        let text = shown.text();
        let mut start = 0;
        for (number, content) in text.split_inclusive('\n').enumerate() {
            if number + 1 == line {
                let indent = content.len() - content.trim_start().len();
                let end = start + content.trim_end().len();
                let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
                return Span::new(source, offset((start + indent).min(end)), offset(end));
            }
            start += content.len();
        }
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        Span::new(source, end, end)
    }

    fn finding(&self, error: &Error, at: Span, set: &TemplateSet, placed: &Placed<'_>) -> Finding {
        let at = Anchor::Text(at);
        let message = error.message.as_str();
        if let Some(limit) = error.limit() {
            return Finding::new(
                &TEMPLATE_LIMIT,
                at,
                format!("the template exceeds the bound on {limit}"),
            )
            .help("look for a template that includes itself, or a loop over a huge number");
        }
        if let Some(name) = missing_template(message) {
            let finding = Finding::new(&TEMPLATE_UNDEFINED, at, format!("there is no template `{name}`"));
            return match suggest::nearest(name, set.names()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding
                    .help("define it in a file such as `templates/_helpers.tpl`, or add the library chart"),
            };
        }
        if error.kind == ErrorKind::Parse {
            return self.syntax(message, at, set);
        }
        for (call, say) in [("error calling fail: ", ""), ("error calling required: ", "")] {
            if let Some(text) = message.strip_prefix(call) {
                return Finding::new(&TEMPLATE_FAIL, at, format!("{say}{}", text.trim()))
                    .help("the chart's author refuses these values here; set what the message asks for");
            }
        }
        let finding = Finding::new(&TEMPLATE_ERROR, at, shortened(message));
        match self.nil_path(error, placed) {
            Some(help) => finding.help(help),
            None if message.contains("wrong type for value; expected string") => {
                finding.help("convert the value with `toString` or `quote`")
            }
            None => finding,
        }
    }

    fn syntax(&self, message: &str, at: Anchor, set: &TemplateSet) -> Finding {
        let unknown = message
            .strip_prefix("function \"")
            .and_then(|rest| rest.strip_suffix("\" not defined"));
        if let Some(name) = unknown {
            let finding = Finding::new(&TEMPLATE_UNDEFINED, at, format!("there is no function `{name}`"));
            let known = super::functions::functions(self.values.compat);
            let _ = set;
            return match suggest::nearest(name, known.names().chain(BUILTINS)) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding.help("only Go's, Sprig's and Helm's functions can be called"),
            };
        }
        let help = match message {
            message if message.contains("unexpected EOF") => {
                "an `if`, `range`, `with`, `define` or `block` has no `{{ end }}`"
            }
            message if message.contains("unexpected {{end}}") => "there is an `{{ end }}` too many",
            message if message.contains("unclosed action") => "close the action with `}}` on the same line",
            message if message.contains("undefined variable") => {
                "set the variable with `:=` before, in the same or an enclosing block"
            }
            message if message.contains("unterminated") => "close the quote",
            _ => "compare with https://pkg.go.dev/text/template",
        };
        Finding::new(&TEMPLATE_SYNTAX, at, shortened(message)).help(help)
    }

    /// Which key of the values is missing behind a nil pointer: the first of the path that the failing node walks.
    fn nil_path(&self, error: &Error, placed: &Placed<'_>) -> Option<String> {
        if !error.message.contains("nil pointer evaluating") {
            return None;
        }
        let node = error.node.trim_start_matches('$');
        let path: Vec<&str> = node.strip_prefix(".Values.")?.split('.').collect();
        let mut table = self.values.of(placed.unit)?;
        let mut walked = String::from(".Values");
        for (depth, key) in path.iter().enumerate() {
            walked.push('.');
            walked.push_str(key);
            let set = path[..=depth].join(".");
            match self.values.tree.table(table).get(*key).map(|item| &item.datum) {
                Some(Datum::Table(next)) => table = *next,
                Some(Datum::Null) => return Some(format!("`{walked}` is null; give `{set}` a value")),
                Some(_) => return None,
                None => {
                    let known = self.values.tree.table(table).keys().map(|known| &**known);
                    return Some(match suggest::nearest(key, known) {
                        Some(near) => format!("`{walked}` is not set; did you mean `{near}`?"),
                        None => format!(
                            "`{walked}` is not set; add `{set}` to the values, or test for it with `with`"
                        ),
                    });
                }
            }
        }
        None
    }
}

/// Go's own functions.
const BUILTINS: [&str; 19] = [
    "and", "call", "eq", "ge", "gt", "html", "index", "js", "le", "len", "lt", "ne", "not", "or", "print",
    "printf", "println", "slice", "urlquery",
];

/// A message without the texts it quotes at length.
fn shortened(message: &str) -> String {
    const MAX: usize = 400;
    match message.char_indices().nth(MAX) {
        Some((at, _)) => format!("{}…", &message[..at]),
        None => message.to_owned(),
    }
}
