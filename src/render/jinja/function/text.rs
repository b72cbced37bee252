//! Text: quotes, indentation, names. Page: `docs/jinja/text.md`.

use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, Error};

use super::super::print;
use super::{bounded, invalid, scalar};

/// Indentation that no manifest needs.
const MAX_INDENT: usize = 1_000;

pub(super) fn add(env: &mut Environment<'_>) {
    env.add_filter("quote", quote);
    env.add_filter("squote", squote);
    env.add_filter("nindent", nindent);
    env.add_filter("trunc", trunc);
    env.add_filter("trim_prefix", |text: &str, prefix: &str| {
        text.strip_prefix(prefix).unwrap_or(text).to_owned()
    });
    env.add_filter("trim_suffix", |text: &str, suffix: &str| {
        text.strip_suffix(suffix).unwrap_or(text).to_owned()
    });
    env.add_filter("kebabcase", |text: &str| words(text).join("-"));
    env.add_filter("snakecase", |text: &str| words(text).join("_"));
    env.add_filter("camelcase", |text: &str| {
        words(text)
            .iter()
            .map(|word| capitalized(word))
            .collect::<String>()
    });
    env.add_filter("string", |value: &Value| print::text(value));
    env.add_filter("join", join);
}

/// `value | quote`: in double quotes, escaped as YAML and JSON read it.
fn quote(value: &Value) -> Result<String, Error> {
    bounded(serde_json::Value::from(scalar(value, "quote")?).to_string())
}

/// `value | squote`: in single quotes, a quote inside doubled, as YAML reads it.
fn squote(value: &Value) -> Result<String, Error> {
    bounded(format!("'{}'", scalar(value, "squote")?.replace('\'', "''")))
}

/// `text | nindent(4)`: on a new line, every line indented; empty lines stay empty.
fn nindent(value: &Value, width: usize) -> Result<String, Error> {
    let text = scalar(value, "nindent")?;
    if width > MAX_INDENT || text.len().saturating_mul(width + 1) > super::MAX_TEXT {
        return Err(invalid(format!(
            "an indentation of {width} is more than a manifest can need"
        )));
    }
    let margin = " ".repeat(width);
    let mut out = String::with_capacity(text.len() + 64);
    for line in text.trim_end_matches('\n').split('\n') {
        out.push('\n');
        if !line.trim_end_matches('\r').is_empty() {
            out.push_str(&margin);
        }
        out.push_str(line);
    }
    Ok(out)
}

/// `text | trunc(63)`: the first characters; with a negative number, the last.
fn trunc(text: &str, count: i64) -> String {
    let wanted = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    if count >= 0 {
        text.chars().take(wanted).collect()
    } else {
        let skipped = text.chars().count().saturating_sub(wanted);
        text.chars().skip(skipped).collect()
    }
}

/// `list | join(",")`, every item printed as `{{ … }}` prints it.
fn join(value: &Value, separator: Option<&str>) -> Result<String, Error> {
    if !matches!(
        value.kind(),
        ValueKind::Seq | ValueKind::Iterable | ValueKind::Map
    ) {
        return Err(invalid(format!("`join` takes a list, not a {}", value.kind())));
    }
    let items = value
        .try_iter()?
        .map(|item| print::text(&item))
        .collect::<Result<Vec<_>, _>>()?;
    bounded(items.join(separator.unwrap_or_default()))
}

/// The words of a name in lower case: `HTTPServer_name` is `http`, `server`, `name`.
fn words(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut starts_word = true;
    for (place, char) in chars.iter().enumerate() {
        if !char.is_alphanumeric() {
            starts_word = true;
            continue;
        }
        let before = place.checked_sub(1).map(|place| chars[place]);
        let after = chars.get(place + 1);
        let is_hump = char.is_uppercase()
            && before.is_some_and(|before| {
                !before.is_uppercase() || after.is_some_and(|after| after.is_lowercase())
            });
        if starts_word || is_hump {
            words.push(String::new());
            starts_word = false;
        }
        if let Some(word) = words.last_mut() {
            word.extend(char.to_lowercase());
        }
    }
    words
}

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    chars
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(chars)
        .collect()
}
