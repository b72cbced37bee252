//! Two verdicts side by side.

use super::ours::Refusal;
use super::server::{Problem, Verdict};

/// How ours compares with the server's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Agreement {
    /// Both accept.
    Accepted,
    /// Both refuse, and our first finding names a field that the server names.
    Refused,
    /// Both refuse, for different fields.
    OtherField,
    /// The server refuses, we do not.
    Missed,
    /// We refuse, the server does not.
    FalseAlarm,
}

impl Agreement {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::OtherField => "other-field",
            Self::Missed => "missed",
            Self::FalseAlarm => "false-alarm",
        }
    }
}

pub(super) fn compare(server: &Verdict, ours: &[Refusal]) -> Agreement {
    match (server.accepted, ours.first()) {
        (true, None) => Agreement::Accepted,
        (true, Some(_)) => Agreement::FalseAlarm,
        (false, None) => Agreement::Missed,
        (false, Some(first)) => {
            if names(server, first) {
                Agreement::Refused
            } else {
                Agreement::OtherField
            }
        }
    }
}

/// Whether our finding is at a field that the server names.
fn names(server: &Verdict, ours: &Refusal) -> bool {
    match &server.stage[..] {
        "yaml" => return ours.rule.starts_with("yaml/"),
        "kind" => return matches!(&ours.field[..], "kind" | "apiVersion" | ""),
        _ => {}
    }
    // Some decoders do not say where (quantities, times, base64): nothing to compare.
    if server
        .errors
        .iter()
        .all(|error| error.field.is_empty() || error.field == "<nil>")
    {
        return true;
    }
    server
        .errors
        .iter()
        .any(|error| is_at(&server.stage, error, ours))
}

fn is_at(stage: &str, error: &Problem, ours: &Refusal) -> bool {
    if error.class == "Duplicate field" && ours.rule == "yaml/duplicate-key" {
        return true;
    }
    let (mut theirs, mut mine) = (steps(&error.field), steps(&ours.field));
    if stage == "decode" {
        // The Go type's path has no indices, and a map's key is not a part of it.
        theirs.retain(|step| !is_index(step));
        mine.retain(|step| !is_index(step));
    }
    if theirs == mine {
        return true;
    }
    // We may point one step deeper (the key of a label, the item of a list); what is missing is at what holds it.
    let is_deeper = mine.len() == theirs.len() + 1 && mine.starts_with(&theirs);
    let is_held = theirs.len() == mine.len() + 1
        && theirs.starts_with(&mine)
        && (ours.is_missing || is_key_of_map(&error.field));
    is_deeper || is_held
}

fn is_index(step: &str) -> bool {
    step.parse::<u32>().is_ok()
}

fn is_key_of_map(field: &str) -> bool {
    field.ends_with(']')
}

/// `spec.containers[0].env[a.b]` in steps, in lower case: some internal names differ from the manifest's in case.
pub(super) fn steps(field: &str) -> Vec<String> {
    let mut steps = vec![String::new()];
    let mut in_brackets = false;
    for c in field.chars() {
        match c {
            '[' if !in_brackets => {
                in_brackets = true;
                steps.push(String::new());
            }
            ']' if in_brackets => in_brackets = false,
            '"' if in_brackets => {}
            '.' if !in_brackets => steps.push(String::new()),
            _ => {
                if let Some(last) = steps.last_mut() {
                    last.push(c.to_ascii_lowercase());
                }
            }
        }
    }
    steps.retain(|step| !step.is_empty());
    steps
}

/// A field without indices and keys of maps, and a text without its values: what makes two disagreements the same.
pub(super) fn shape(field: &str) -> String {
    let mut out = String::new();
    let mut depth = 0;
    for c in field.chars() {
        match c {
            '[' => {
                depth += 1;
                out.push_str("[]");
            }
            ']' => depth -= 1,
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    for map in [
        "metadata.labels.",
        "metadata.annotations.",
        "matchLabels.",
        "nodeSelector.",
        "selector.",
    ] {
        if let Some(at) = out.find(map) {
            out.truncate(at + map.len());
            out.push('*');
            break;
        }
    }
    out
}

/// A detail without what is quoted and without numbers.
pub(super) fn shape_of_text(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' | '`' => {
                out.push('…');
                let mut escaped = false;
                for inner in chars.by_ref() {
                    if inner == c && !escaped {
                        break;
                    }
                    escaped = inner == '\\' && !escaped;
                }
            }
            '{' => {
                out.push_str("{…}");
                let mut depth = 1;
                for inner in chars.by_ref() {
                    depth += match inner {
                        '{' => 1,
                        '}' => -1,
                        _ => 0,
                    };
                    if depth == 0 {
                        break;
                    }
                }
            }
            '0'..='9' => {
                while chars.peek().is_some_and(char::is_ascii_digit) {
                    chars.next();
                }
                out.push('N');
            }
            '\n' => break,
            _ => out.push(c),
        }
        if out.chars().count() > 110 {
            break;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Agreement, compare, shape, shape_of_text, steps};
    use crate::conformance::apiserver::ours::Refusal;
    use crate::conformance::apiserver::server::{Problem, Verdict};

    fn refused(stage: &str, field: &str) -> Verdict {
        Verdict {
            stage: stage.to_owned(),
            errors: vec![Problem {
                class: "Invalid value".to_owned(),
                field: field.to_owned(),
                detail: String::new(),
            }],
            ..Verdict::default()
        }
    }

    fn ours(field: &str, is_missing: bool) -> Vec<Refusal> {
        vec![Refusal {
            rule: "schema/schema-validation".to_owned(),
            field: field.to_owned(),
            is_missing,
            message: String::new(),
        }]
    }

    #[test]
    fn fields_are_compared_by_steps() {
        assert_eq!(
            steps("spec.Ports[0].env[a.b]"),
            ["spec", "ports", "0", "env", "a.b"]
        );
        let same = |stage, theirs, mine, is_missing| {
            compare(&refused(stage, theirs), &ours(mine, is_missing)) == Agreement::Refused
        };
        assert!(same("validate", "spec.a[1].b", "spec.a[1].b", false));
        assert!(!same("validate", "spec.a[1].b", "spec.a[0].b", false));
        assert!(same("decode", "spec.a.b", "spec.a[0].b", false));
        assert!(same("validate", "metadata.labels", "metadata.labels.x", false));
        assert!(same("validate", "spec.selector", "spec", true));
        assert!(!same("validate", "spec.selector", "spec", false));
    }

    #[test]
    fn shapes_forget_values() {
        assert_eq!(shape("spec.a[0].b[x.y]"), "spec.a[].b[]");
        assert_eq!(
            shape_of_text("Invalid value: \"a\\\"b\": at most 63"),
            "Invalid value: …: at most N"
        );
    }
}
