//! The difference as one page that needs nothing else: no script, no other file.

use std::io;

use super::diff::{self, FieldLine, Telling};
use super::text::parts;
use crate::diff::{ChangeSet, FieldChangeKind};

const STYLE: &str = "\
:root{color-scheme:light dark;--bad:#c0362c;--mild:#a86500;--good:#28793c;--line:#8884}\
body{font:15px/1.45 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.3rem}h2{font-size:1.05rem;margin-top:2rem;border-bottom:1px solid var(--line)}\
details{margin:.6rem 0;border:1px solid var(--line);border-radius:6px;padding:.4rem .8rem}\
summary{cursor:pointer}summary b{font-weight:600}\
.impact{font-size:.85em;padding:0 .5em;border-radius:1em;border:1px solid}\
.refused,.data,.recreate,.removed{color:var(--bad)}\
.traffic,.rolling-restart,.permissions,.schedule,.scale{color:var(--mild)}\
.added,.in-place,.none{color:var(--good)}\
pre{overflow-x:auto;font:13px/1.4 ui-monospace,monospace}\
pre .add{background:#2ea04326;display:block}pre .del{background:#f8514926;display:block}\
pre .same{display:block}pre .at{display:block;opacity:.6}\
pre .add mark{background:#2ea04366;color:inherit}pre .del mark{background:#f8514966;color:inherit}\
del{color:var(--bad)}ins{color:var(--good)}del,ins{text-decoration:none}code{font-size:.93em}";

/// Writes the page.
///
/// # Errors
/// When the output cannot be written.
pub fn write(changes: &ChangeSet, out: &mut dyn io::Write) -> io::Result<()> {
    let summary = escaped(&diff::summary(changes));
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>plimsoll diff: {summary}</title>\n<style>{STYLE}</style>\n<h1>{summary}</h1>\n"
    )?;
    let mut impact = None;
    for telling in diff::tellings(changes) {
        let of = telling.change.impact;
        if impact != Some(of) {
            writeln!(
                out,
                "<h2 class=\"{}\">{}: {}</h2>",
                of.as_str(),
                of.as_str(),
                of.meaning()
            )?;
        }
        impact = Some(of);
        write_telling(&telling, out)?;
    }
    writeln!(out, "</html>")
}

fn write_telling(telling: &Telling<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let change = telling.change;
    writeln!(
        out,
        "<details><summary>{} <b>{}</b> <span class=\"impact {}\">{}{}</span></summary>\n<ul>",
        diff::sign(change),
        escaped(&change.object.to_string()),
        change.impact.as_str(),
        change.impact.as_str(),
        diff::accepted(change.is_accepted())
    )?;
    if let Some(before) = &change.moved_from {
        writeln!(out, "<li>was {}</li>", escaped(&before.to_string()))?;
    }
    if let Some(elsewhere) = telling.elsewhere() {
        writeln!(out, "<li>{}</li>", escaped(&elsewhere))?;
    }
    for reason in &change.reasons {
        writeln!(
            out,
            "<li><span class=\"{}\">{}</span>: {}{}</li>",
            reason.impact.as_str(),
            reason.impact.as_str(),
            with_code(&reason.message),
            diff::accepted(reason.accepted)
        )?;
    }
    writeln!(out, "</ul>")?;
    if !change.fields.is_empty() {
        writeln!(out, "<ul>")?;
        for field in diff::fields(change) {
            write_field(&field, out)?;
        }
        writeln!(out, "</ul>")?;
    }
    let hunks = change.hunks(diff::CONTEXT);
    if !hunks.is_empty() {
        write!(out, "<pre>")?;
        for hunk in &hunks {
            write!(out, "<span class=\"at\">{}</span>", escaped(&hunk.header))?;
            for line in &hunk.lines {
                let class = match line.sign {
                    '+' => "add",
                    '-' => "del",
                    _ => "same",
                };
                write!(out, "<span class=\"{class}\">{}", line.sign)?;
                for (is_marked, part) in &line.parts {
                    let part = escaped(part);
                    if *is_marked {
                        write!(out, "<mark>{part}</mark>")?;
                    } else {
                        write!(out, "{part}")?;
                    }
                }
                write!(out, "</span>")?;
            }
        }
        writeln!(out, "</pre>")?;
    }
    writeln!(out, "</details>")
}

fn write_field(field: &FieldLine, out: &mut dyn io::Write) -> io::Result<()> {
    let [path, old, new] = [&field.path, &field.old, &field.new].map(|text| escaped(text));
    match field.kind {
        FieldChangeKind::Added => writeln!(out, "<li><code>{path}</code>: <ins>{new}</ins></li>"),
        FieldChangeKind::Removed => writeln!(out, "<li><code>{path}</code>: <del>{old}</del></li>"),
        FieldChangeKind::Changed => writeln!(
            out,
            "<li><code>{path}</code>: <del>{old}</del> → <ins>{new}</ins></li>"
        ),
        FieldChangeKind::Reordered => {
            writeln!(out, "<li><code>{path}</code>: order {old} → {new}</li>")
        }
    }
}

/// Text without any markup of its own.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            _ => safe.push(char),
        }
    }
    safe
}

/// A message, with what is in backticks as code.
fn with_code(message: &str) -> String {
    let parts = parts(message).into_iter().map(|(is_code, part)| {
        if is_code {
            format!("<code>{}</code>", escaped(&part))
        } else {
            escaped(&part)
        }
    });
    parts.collect()
}
