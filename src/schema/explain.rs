//! What is wrong with a value, in sentences for a person: found, wanted, what to do.
//!
//! Everything here works on a node and the name of its place, so that built-in kinds, custom resources and values
//! files speak alike.

use std::fmt::Write as _;

use plimsoll_yaml::{Kind, NodeRef, Scalar, Style, resolve};
use serde_json::Value;

use super::scalar::is_quantity;

/// Longest excerpt of a user's text in a message, in characters.
const MAX_SHOWN: usize = 60;
/// Most alternatives that are listed.
const MAX_LISTED: usize = 12;

/// What a value should have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// A string.
    String,
    /// A boolean.
    Bool,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A whole number or a string.
    IntOrString,
    /// A quantity.
    Quantity,
    /// A list.
    List,
    /// A mapping.
    Mapping,
    /// Nothing at all.
    Null,
}

impl Wanted {
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::String => "a string",
            Self::Bool => "`true` or `false`",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::IntOrString => "a whole number or a string",
            Self::Quantity => "a quantity such as `500m` or `1Gi`",
            Self::List => "a list",
            Self::Mapping => "a mapping",
            Self::Null => "empty",
        }
    }
}

/// A message, its help, and whether the cause is YAML's own reading of a plain word.
pub(super) struct Explained {
    pub(super) message: String,
    pub(super) help: String,
    /// A plain scalar became a boolean or number where a string belongs.
    pub(super) implicit: bool,
    /// The value that was meant, where no other can be.
    pub(super) meant: Option<Value>,
}

/// Explains a value of the wrong type. `place` names it (`replicas`, `args[0]`).
pub(super) fn wrong_type(place: &str, node: NodeRef<'_>, wanted: Wanted) -> Explained {
    let noun = wanted.noun();
    let text = node.source_text().trim_end();
    if wanted == Wanted::String
        && node.is_scalar()
        && let Some(reading) = implicit_reading(node)
    {
        let quoted = format!("\"{}\"", node.str());
        return Explained {
            message: format!(
                "`{place}` must be a string, but YAML reads `{}` as {reading}",
                shown(text)
            ),
            help: format!("put it in quotes: {}", assignment(place, &quoted)),
            implicit: true,
            meant: Some(Value::from(node.str())),
        };
    }
    let message = format!("`{place}` must be {noun}, but here is {}", found(node));
    let help = match (wanted, node.kind()) {
        (Wanted::List, Kind::Mapping) => match node.entries().next() {
            Some((key, _)) => format!("a list item starts with a dash: `- {}:`", shown(key.str())),
            None => format!("write an empty list as {}", assignment(place, "[]")),
        },
        (Wanted::List, Kind::Scalar) => format!(
            "write it as a list: {}",
            assignment(place, &format!("[{}]", quoted(node)))
        ),
        (Wanted::Mapping, Kind::Sequence) => {
            "remove the dashes: keys of a mapping stand without `- `".to_owned()
        }
        (Wanted::Mapping, Kind::Scalar) => mapping_help(node),
        (Wanted::Bool, Kind::Scalar) => match node.str() {
            "true" | "false" => format!("remove the quotes: {}", assignment(place, node.str())),
            "True" | "TRUE" | "yes" | "on" | "1" => format!("write {}", assignment(place, "true")),
            "False" | "FALSE" | "no" | "off" | "0" => format!("write {}", assignment(place, "false")),
            _ => format!(
                "write {} or {}",
                assignment(place, "true"),
                assignment(place, "false")
            ),
        },
        (Wanted::Integer | Wanted::Number, Kind::Scalar) if is_quoted_number(node) => {
            format!("remove the quotes: {}", assignment(place, node.str()))
        }
        (Wanted::String, Kind::Sequence) => "write one value instead of a list".to_owned(),
        (Wanted::String, Kind::Mapping) => "write one value instead of a mapping".to_owned(),
        (Wanted::Null, _) => "remove the value".to_owned(),
        _ => format!("write {noun} here"),
    };
    Explained {
        message,
        help,
        implicit: false,
        meant: unquoted(node, wanted),
    }
}

/// The boolean or number that a text in quotes is.
fn unquoted(node: NodeRef<'_>, wanted: Wanted) -> Option<Value> {
    if !matches!(node.style(), Style::SingleQuoted | Style::DoubleQuoted) {
        return None;
    }
    match (wanted, resolve::plain(node.str())) {
        (Wanted::Bool, Scalar::Bool(value)) if value.to_string() == node.str() => Some(Value::from(value)),
        (Wanted::Integer, Scalar::Int(value)) if value.to_string() == node.str() => Some(Value::from(value)),
        _ => None,
    }
}

/// Explains a word that is none of the allowed ones.
pub(super) fn not_allowed<'a>(
    place: &str,
    text: &str,
    allowed: impl Iterator<Item = &'a str> + Clone,
) -> Explained {
    let nearest = crate::suggest::nearest(text, allowed.clone());
    let listed = listed(allowed.filter(|value| !value.is_empty()));
    let word = match text {
        "" => "the empty string".to_owned(),
        text => format!("`{}`", shown(text)),
    };
    Explained {
        message: format!("{word} is not a value of `{place}`"),
        help: match nearest {
            Some(nearest) => format!("did you mean `{nearest}`? Allowed are {listed}"),
            None => format!("allowed are {listed}"),
        },
        implicit: false,
        meant: nearest
            .filter(|nearest| nearest.eq_ignore_ascii_case(text))
            .map(Value::from),
    }
}

/// Explains a whole number that does not fit.
pub(super) fn out_of_range(place: &str, text: &str, bits: u8) -> Explained {
    let (low, high) = if bits == 32 {
        (i64::from(i32::MIN), i64::from(i32::MAX))
    } else {
        (i64::MIN, i64::MAX)
    };
    Explained {
        message: format!(
            "`{place}` must fit into {bits} bits, and {} does not",
            shown(text)
        ),
        help: format!("the value must be between {low} and {high}"),
        implicit: false,
        meant: None,
    }
}

/// Explains a text that is no quantity.
pub(super) fn not_a_quantity(place: &str, node: NodeRef<'_>) -> Explained {
    let text = node.str();
    let trimmed = text.trim_end_matches(|char: char| char.is_alphabetic() || char == ' ');
    let number = if trimmed.is_empty() { "1" } else { trimmed };
    let suffix = text[trimmed.len()..].trim();
    let meant = match suffix {
        "gi" | "GI" | "GiB" | "gib" | "Gib" => Some("Gi"),
        "mi" | "MI" | "MiB" | "mib" | "Mib" => Some("Mi"),
        "ki" | "KI" | "KiB" | "kib" | "Kib" => Some("Ki"),
        "Ki" | "Mi" | "Gi" | "Ti" | "k" | "M" | "G" | "T" | "m" => Some(suffix),
        _ => None,
    };
    let meant = meant
        .map(|suffix| format!("{trimmed}{suffix}"))
        .filter(|text| !trimmed.is_empty() && is_quantity(text))
        .map(Value::from);
    let help = match suffix {
        "gi" | "GI" | "GiB" | "gib" | "Gib" => format!("write `{number}Gi`"),
        "mi" | "MI" | "MiB" | "mib" | "Mib" => format!("write `{number}Mi`"),
        "ki" | "KI" | "KiB" | "kib" | "K" | "Kib" => format!("write `{number}Ki`"),
        "gb" | "GB" | "Gb" | "g" => format!("write `{number}G` (powers of 1000) or `{number}Gi` (powers of 1024)"),
        "mb" | "MB" | "Mb" => format!("write `{number}M` (powers of 1000) or `{number}Mi` (powers of 1024)"),
        "kb" | "KB" | "Kb" => format!("write `{number}k` (powers of 1000) or `{number}Ki` (powers of 1024)"),
        suffix @ ("Ki" | "Mi" | "Gi" | "Ti" | "k" | "M" | "G" | "T" | "m") => format!("write `{number}{suffix}`"),
        _ => "a quantity is a number with one of the suffixes `m`, `k`, `M`, `G`, `T`, `Ki`, `Mi`, `Gi`, `Ti`, without \
              a space: `500m`, `1.5`, `256Mi`"
            .to_owned(),
    };
    Explained {
        message: format!("`{}` is not a quantity", shown(text)),
        help,
        implicit: false,
        meant,
    }
    .at(place)
}

/// Explains a text that is not base64.
pub(super) fn not_base64(place: &str, is_secret: bool) -> Explained {
    Explained {
        message: format!("the value of `{place}` is not base64"),
        help: if is_secret {
            "encode it (`printf %s VALUE | base64`), or write it as it is under `stringData`".to_owned()
        } else {
            "encode it: `printf %s VALUE | base64`".to_owned()
        },
        implicit: false,
        meant: None,
    }
}

/// Explains a text that is no time.
pub(super) fn not_a_time(place: &str, text: &str, micro: bool) -> Explained {
    let example = if micro {
        "2026-01-31T08:00:00.000000Z"
    } else {
        "2026-01-31T08:00:00Z"
    };
    Explained {
        message: format!("`{}` is not a time", shown(text)),
        help: format!("write it as in RFC 3339: `{example}`"),
        implicit: false,
        meant: None,
    }
    .at(place)
}

impl Explained {
    /// Says which field the sentence is about.
    fn at(mut self, place: &str) -> Self {
        let _ = write!(self.message, ", as `{place}` needs it");
        self
    }
}

/// Names in a sentence: `a`, `b` and `c`; cut after a dozen.
pub(super) fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    let mut text = String::new();
    for (position, name) in names.iter().take(MAX_LISTED).enumerate() {
        if position > 0 {
            text.push_str(", ");
        }
        let _ = write!(text, "`{name}`");
    }
    if names.len() > MAX_LISTED {
        let _ = write!(text, " and {} more", names.len() - MAX_LISTED);
    }
    text
}

/// A user's text in a message: one line, of bounded length.
pub(super) fn shown(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mut cut: String = line.chars().take(MAX_SHOWN).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

/// What stands here, as a noun.
fn found(node: NodeRef<'_>) -> String {
    match node.kind() {
        Kind::Mapping => "a mapping".to_owned(),
        Kind::Sequence => "a list".to_owned(),
        Kind::Scalar => match node.resolve() {
            Scalar::Null => "nothing".to_owned(),
            Scalar::Bool(_) => format!("the boolean `{}`", node.str()),
            Scalar::Int(_) | Scalar::Uint(_) | Scalar::Float(_) => format!("the number `{}`", node.str()),
            Scalar::Str(text) | Scalar::Timestamp(text) | Scalar::Binary(text) => {
                format!("the string \"{}\"", shown(text))
            }
        },
    }
}

/// How YAML reads a plain scalar that is no string: `the boolean true`.
fn implicit_reading(node: NodeRef<'_>) -> Option<String> {
    let text = node.str();
    Some(match node.resolve() {
        Scalar::Bool(value) if text == if value { "true" } else { "false" } => "a boolean".to_owned(),
        Scalar::Bool(value) => format!("the boolean {value}"),
        Scalar::Int(value) if value.to_string() == text => "a number".to_owned(),
        Scalar::Int(value) => format!("the number {value}"),
        Scalar::Uint(value) if value.to_string() == text => "a number".to_owned(),
        Scalar::Uint(value) => format!("the number {value}"),
        Scalar::Float(value) => match plimsoll_yaml::json::json_float(value) {
            Ok(json) if json != text => format!("the number {json}"),
            _ => "a number".to_owned(),
        },
        _ => return None,
    })
}

fn is_quoted_number(node: NodeRef<'_>) -> bool {
    matches!(node.style(), Style::SingleQuoted | Style::DoubleQuoted)
        && matches!(
            resolve::plain(node.str()),
            Scalar::Int(_) | Scalar::Uint(_) | Scalar::Float(_)
        )
}

fn mapping_help(node: NodeRef<'_>) -> String {
    let text = node.str();
    if let Some((key, value)) = text.split_once(':')
        && !value.is_empty()
        && !value.starts_with(['/', ' '])
        && !key.contains(' ')
    {
        return format!(
            "YAML wants a space behind the colon: `{}: {}`",
            shown(key),
            shown(value)
        );
    }
    if let Some((key, value)) = text.split_once('=')
        && !key.contains(' ')
    {
        return format!(
            "write it on a line of its own, indented: `{}: {}`",
            shown(key),
            shown(value)
        );
    }
    "its fields stand on the following lines, indented by two more spaces".to_owned()
}

/// How to write a sole value as a field of the mapping that is wanted.
pub(super) fn as_field(place: &str, field: &str, node: NodeRef<'_>) -> String {
    let value = shown(node.source_text().trim_end());
    if place.ends_with(']') {
        format!("write `- {field}: {value}`")
    } else {
        format!("write `{place}: {{{field}: {value}}}`")
    }
}

/// `place: value` as the user would write it, or a list item.
fn assignment(place: &str, value: &str) -> String {
    if place.ends_with(']') {
        format!("`- {value}`")
    } else {
        format!("`{place}: {value}`")
    }
}

fn quoted(node: NodeRef<'_>) -> String {
    match node.resolve() {
        Scalar::Str(text) | Scalar::Timestamp(text) | Scalar::Binary(text) => format!("\"{}\"", shown(text)),
        _ => shown(node.str()),
    }
}
