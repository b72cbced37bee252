//! Ours beside the oracle's answer.

use plimsoll_yaml::emit::Dialect;
use plimsoll_yaml::{ErrorKind, Limits, LineIndex, json, parse};
use serde::Deserialize;

use super::notation::{JsonText, Value, dump, dump_node};

/// What the oracle answers.
#[derive(Clone, Debug, Default, Deserialize, serde::Serialize, PartialEq)]
#[serde(default)]
pub(crate) struct Answer {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) values: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) error: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) nodes: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) error3: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) json: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) json_error: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) v2: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) v2_error: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) sigs: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) sigs_error: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) v3: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) v3_error: String,
}

fn differ(what: &str, ours: &str, theirs: &str) -> Result<(), String> {
    if ours == theirs {
        Ok(())
    } else {
        Err(format!("{what}\n  ours:   {ours}\n  theirs: {theirs}"))
    }
}

/// Parts of the errors of go-yaml's decoder.
const DECODING: [&str; 6] = [
    "cannot decode",
    "invalid base64",
    "map merge requires",
    "invalid map key",
    "contains itself",
    "excessive aliasing",
];

/// go-yaml prints a key that is a collection in Go syntax; only the kind of error is compared.
fn same_error(ours: &str, theirs: &str) -> bool {
    let start = |text: &str| {
        let text = text.trim_start_matches("yaml: ");
        ["invalid map key", "unsupported map key of type"]
            .into_iter()
            .find(|start| text.starts_with(start))
            .map_or_else(|| text.to_owned(), str::to_owned)
    };
    start(ours) == start(theirs)
}

/// Whether `[]` or `{}` stands before a `:`.
fn has_empty_flow_key(text: &str) -> bool {
    text.match_indices([']', '}']).any(|(at, _)| {
        text[..at].trim_end().ends_with(['[', '{']) && text[at + 1..].trim_start().starts_with(':')
    })
}

/// A node tree without the places of its empty plain scalars.
fn without_empty(tree: &str) -> String {
    tree.split("p\"\"@")
        .enumerate()
        .fold(String::new(), |out, (at, part)| {
            out + if at == 0 {
                part
            } else {
                part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ':')
            }
        })
}

/// Compares what the parser makes of `text` with go-yaml's answer. The error says what differs.
pub(crate) fn parse_case(text: &str, answer: &Answer) -> Result<(), String> {
    match same_parse(text, answer) {
        // go-yaml looks for a byte-order mark at the start of its buffer, and drops a character if it happens to find one.
        Err(_)
            if text.trim_start_matches('\u{feff}').contains('\u{feff}')
                || text.starts_with("\u{feff}\u{feff}") =>
        {
            Ok(())
        }
        result => result,
    }
}

fn same_parse(text: &str, answer: &Answer) -> Result<(), String> {
    if answer.error.starts_with("panic")
        || answer.error3.starts_with("panic")
        || answer.json_error.starts_with("panic")
    {
        return Ok(());
    }
    let limits = Limits {
        max_depth: 10_000,
        ..Limits::DEFAULT
    };
    let stream = parse(text, &limits);
    // The reader of go-yaml looks ahead, so which of two errors it meets first is left to its buffer.
    let ours_reader = stream.errors.iter().any(|error| error.kind == ErrorKind::Reader);
    let theirs_reader = answer.error.ends_with("control characters are not allowed");
    if ours_reader || theirs_reader {
        let ours = format!("{:?}", stream.errors);
        return if stream.errors.is_empty() || answer.error.is_empty() {
            differ("reader", &ours, &answer.error)
        } else {
            Ok(())
        };
    }
    let first_lost = stream.errors.first().map_or(u32::MAX, |error| error.doc_index);
    let mut error = String::new();
    let mut at = 0;
    for doc in stream.docs.iter().take_while(|doc| doc.index() < first_lost) {
        let mut value = String::new();
        match dump(&mut value, doc.root()) {
            Ok(()) => {}
            Err(decode) => {
                error = format!("yaml: {}", decode.message);
                break;
            }
        }
        if let Some(message) = doc.check().first() {
            error = format!("yaml: {}", message.message);
            break;
        }
        match answer.values.get(at) {
            Some(theirs) => differ(&format!("value of document {at}"), &value, theirs)?,
            None => {
                return Err(format!(
                    "document {at}\n  ours:   {value}\n  theirs: {}",
                    answer.error
                ));
            }
        }
        at += 1;
    }
    if error.is_empty()
        && let Some(lost) = stream.errors.first()
    {
        error = lost.go_message();
    }
    if at < answer.values.len() {
        return Err(format!(
            "document {at}\n  ours:   {error}\n  theirs: {}",
            answer.values[at]
        ));
    }
    // What the decoder refuses it refuses in its own order; here the first of several in document order is compared.
    let decoding = stream.errors.first().is_none_or(|lost| {
        let message = lost.message.as_str();
        at < stream.docs.len()
            || message.ends_with("contains itself")
            || message.ends_with("excessive aliasing")
    });
    let both = !error.is_empty() && !answer.error.is_empty();
    let order = decoding && both && DECODING.iter().any(|part| answer.error.contains(part));
    if !order && !same_error(&error, &answer.error) {
        return differ("error", &error, &answer.error);
    }
    // v2 cannot read an empty flow collection as a key, v3 can.
    if has_empty_flow_key(text) {
        return Ok(());
    }
    let lines = LineIndex::new(text);
    let docs = stream.docs.iter().take_while(|doc| doc.index() < first_lost);
    for (at, (doc, theirs)) in docs.zip(&answer.nodes).enumerate() {
        let mut ours = String::new();
        dump_node(&mut ours, doc, &lines, doc.root());
        // go-yaml begins a new line at the end of the stream, and an empty node may stand there.
        let end = lines.position(text, text.len() as u32);
        let beyond = format!("p\"\"@{}:1", end.line + 1);
        let theirs = theirs.replace(&beyond, &format!("p\"\"@{}:{}", end.line, end.column));
        // v3 reads a comment with the token before it, so a value that is not there stands behind the comment; in a flow
        // sequence it points into a token queue that has moved on.
        if ours != theirs && text.contains(['#', '[']) && without_empty(&ours) == without_empty(&theirs) {
            continue;
        }
        differ(&format!("nodes of document {at}"), &ours, &theirs)?;
    }
    json_case(&stream, answer)
}

fn json_case(stream: &plimsoll_yaml::Stream, answer: &Answer) -> Result<(), String> {
    let Some(doc) = stream.docs.first().filter(|doc| doc.index() == 0) else {
        return Ok(());
    };
    let mut builder = JsonText::default();
    match json::build(doc.root(), &mut builder) {
        Ok(_) if builder.collision => Ok(()),
        Ok(ours) if answer.json_error.is_empty() => {
            differ("JSON", &ours, &answer.json.replace("\\ufffd", "\u{fffd}"))
        }
        Ok(ours) => differ("JSON", &ours, &answer.json_error),
        Err(ours) if answer.json_error.is_empty() => differ("JSON", &ours.message, &answer.json),
        // Go finds one of several errors by chance of map order, or the decoder's before the conversion's.
        Err(_) => Ok(()),
    }
}

/// Compares what the emitter prints with go-yaml's answer. The error says what differs.
pub(crate) fn emit_case(value: &Value, answer: &Answer) -> Result<(), String> {
    // Of keys that are in a cycle Go prints any as the first, by the chance of its map order.
    let (v2, v3) = (value.has_key_order(Dialect::V2), value.has_key_order(Dialect::V3));
    if answer.v2_error.is_empty() && v2 {
        differ("v2", &value.print(Dialect::V2), &answer.v2)?;
    }
    if answer.v3_error.is_empty() && v3 {
        differ("v3", &value.print(Dialect::V3), &answer.v3)?;
    }
    match value.print_through_json() {
        Ok(_) if !v2 => Ok(()),
        Ok(ours) if answer.sigs_error.is_empty() => differ("sigs", &ours, &answer.sigs),
        Ok(ours) => differ("sigs", &ours, &answer.sigs_error),
        Err(ours) if answer.sigs_error.is_empty() => differ("sigs", &ours, &answer.sigs),
        Err(_) => Ok(()),
    }
}
