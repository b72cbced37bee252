//! How a value is written where it is put: in the layout that is there.

use plimsoll_yaml::{NodeRef, Style, resolve};
use serde_json::Value;

/// How keys and texts are written around a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    /// Without quotes where that is the same.
    Plain,
    /// As JSON has it.
    Json,
}

impl Quoting {
    /// That of the keys of the document's root.
    pub(super) fn of(root: NodeRef<'_>) -> Self {
        match root.entries().next() {
            Some((key, _)) if key.style() == Style::DoubleQuoted => Self::Json,
            _ => Self::Plain,
        }
    }
}

/// A scalar in the style of the one it replaces.
pub(super) fn scalar(value: &Value, like: Style) -> Option<String> {
    match value {
        Value::Null | Value::Array(_) | Value::Object(_) => None,
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::String(text) => Some(match like {
            Style::SingleQuoted if !text.contains(char::is_control) => {
                format!("'{}'", text.replace('\'', "''"))
            }
            Style::Plain if is_plain(text) => text.clone(),
            _ => value.to_string(),
        }),
    }
}

/// A key.
pub(super) fn key(name: &str, quoting: Quoting) -> String {
    if quoting == Quoting::Plain && is_plain(name) {
        name.to_owned()
    } else {
        Value::from(name).to_string()
    }
}

/// A value in braces and brackets.
pub(super) fn flow(value: &Value, quoting: Quoting) -> String {
    let text = |value: &Value| flow(value, quoting);
    match value {
        Value::Object(map) => {
            let entry = |(name, value): (&String, &Value)| format!("{}: {}", key(name, quoting), text(value));
            let entries: Vec<String> = map.iter().map(entry).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(text).collect::<Vec<_>>().join(", ")),
        Value::String(text) if quoting == Quoting::Plain && is_plain(text) => text.clone(),
        other => other.to_string(),
    }
}

/// An entry of a block mapping: mappings below it as blocks, lists in brackets. Lines end with `line_end`.
pub(super) fn block(name: &str, value: &Value, indent: usize, line_end: &str) -> String {
    let blanks = " ".repeat(indent);
    let name = key(name, Quoting::Plain);
    match value {
        Value::Object(map) if !map.is_empty() => {
            let below = map
                .iter()
                .map(|(name, value)| block(name, value, indent + 2, line_end));
            format!("{blanks}{name}:{line_end}{}", below.collect::<String>())
        }
        other => format!("{blanks}{name}: {}{line_end}", flow(other, Quoting::Plain)),
    }
}

/// Whether a text may stand without quotes anywhere, in flow collections too. Stricter than YAML.
fn is_plain(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_./-+@".contains(&byte);
    let bytes = text.as_bytes();
    let begins = bytes
        .first()
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_./".contains(byte));
    let inner = bytes.iter().enumerate().all(|(at, byte)| {
        is_word(*byte) || *byte == b':' && bytes.get(at + 1).is_some_and(|next| is_word(*next))
    });
    begins && inner && resolve::is_plain_string(text)
}
