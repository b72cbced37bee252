//! Two verdicts side by side.
//!
//! The server's decoder stops at its first error (in the order of the keys' names), and before validation; we report all there is. So where it
//! stopped in the decoder, one of our findings must name that field; where it validated, our first must be among all those it names.

use super::ours::Refusal;
use super::verdict::{Problem, Verdict};

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
            let is_decoder = matches!(&server.stage[..], "decode" | "strict");
            let is_named = |refusal: &Refusal| names(server, refusal);
            if if is_decoder {
                ours.iter().any(is_named)
            } else {
                is_named(first)
            } {
                Agreement::Refused
            } else {
                Agreement::OtherField
            }
        }
    }
}

/// Names of the server's that are not the manifest's: what internal types, old code and slips call a field. Those that
/// begin with a dot are so anywhere in a path, the others at its start.
const ALIASES: &[(&str, &str)] = &[
    ("metadata.taints", "spec.taints"),
    ("nodeAffinity", "spec.nodeAffinity"),
    ("spec.persistentvolumesource", "spec"),
    ("spec.podCIDRs[0]", "spec.podCIDR"),
    // What all versions of a definition say alike, the server has in one place.
    ("spec.validation.", "spec.versions[0].schema."),
    ("spec.attachedRequired", "spec.attachRequired"),
    ("spec.strategy.strategy", "spec.strategy"),
    ("spec.clusterIPs[0]", "spec.clusterIP"),
    ("spec.clusterIPs", "spec.clusterIP"),
    ("data[", "stringData["),
    ("overhead.limits", "overhead.podFixed"),
    (".resources[storage]", ".resources.requests.storage"),
    ("template.labels", "template.metadata.labels"),
    (".template.labels", ".template.metadata.labels"),
    // Name and namespace of a webhook's service change places on their way to the check.
    (".clientConfig.service.namespace", ".clientConfig.service.name"),
    (".clientConfig.service.name", ".clientConfig.service.namespace"),
    ("involvedObject", "regarding"),
    ("message", "note"),
    // A definition is validated as v1beta1 had it: what all versions share is said once.
    ("spec.validation.", "spec.versions[0].schema."),
    (
        "spec.additionalPrinterColumns",
        "spec.versions[0].additionalPrinterColumns",
    ),
    ("spec.subresources", "spec.versions[0].subresources"),
    ("spec.selectableFields", "spec.versions[0].selectableFields"),
    (
        "spec.conversion.webhookClientConfig",
        "spec.conversion.webhook.clientConfig",
    ),
    (
        "spec.conversion.conversionReviewVersions",
        "spec.conversion.webhook.conversionReviewVersions",
    ),
];

/// Whether our finding is at a field that the server names.
fn names(server: &Verdict, ours: &Refusal) -> bool {
    // Some decoders do not say where (quantities, times, base64, infinity): nothing to compare.
    let is_nowhere = |error: &Problem| error.field.is_empty() || error.field == "<nil>";
    match &server.stage[..] {
        "kind" => matches!(&ours.field[..], "kind" | "apiVersion" | ""),
        _ if server.errors.iter().all(is_nowhere) => true,
        _ => server.errors.iter().any(|error| {
            is_at(server, error, &error.field, ours)
                || ALIASES.iter().any(|(theirs, mine)| {
                    let is_so = match theirs.starts_with('.') {
                        true => error.field.contains(theirs),
                        false => error.field.starts_with(theirs),
                    };
                    is_so && is_at(server, error, &error.field.replacen(theirs, mine, 1), ours)
                })
        }),
    }
}

fn is_at(server: &Verdict, error: &Problem, field: &str, ours: &Refusal) -> bool {
    if error.class == "Duplicate field" && ours.rule == "yaml/duplicate-key" {
        return true;
    }
    let (theirs, mine) = (steps(field), steps(&ours.field));
    // An unknown field's path is one text: dots within a key are not told from those between keys, and line ends are escaped.
    let is_same_text = error.class == "Unknown field" && letters(&theirs) == letters(&mine);
    if theirs == mine || is_same_text {
        return true;
    }
    if server.stage == "decode" {
        return is_go_path(field, &mine);
    }
    // We may point one step deeper: at the key of a label, at the item of a list.
    if mine.len() == theirs.len() + 1 && mine.starts_with(&theirs) {
        return true;
    }
    // Of what may not change the server names the whole, and we what changed in it.
    let is_change = matches!(
        &ours.rule[..],
        "admission/forbidden-field" | "admission/immutable-field"
    );
    if is_change
        && error.detail.contains("immutable") | error.detail.contains("updates may not change")
        && mine.starts_with(&theirs)
    {
        return true;
    }
    // What is missing may be further down than what we say is missing; the key of a map is within the map.
    let is_below = theirs.len() > mine.len() && theirs.starts_with(&mine);
    if is_below
        && (error.class == "Required value"
            || ours.is_missing
            || field.ends_with(']') && theirs.len() == mine.len() + 1)
    {
        return true;
    }
    // Some of the server's paths forget an index.
    let indices = |steps: &[String]| steps.iter().filter(|step| is_index(step)).count();
    let without = |steps: Vec<String>| {
        steps
            .into_iter()
            .filter(|step| !is_index(step))
            .collect::<Vec<_>>()
    };
    indices(&theirs) < indices(&mine) && without(theirs) == without(mine)
}

fn letters(steps: &[String]) -> String {
    steps
        .concat()
        .replace("\\\\", "\\")
        .replace("\\n", "\n")
        .replace("\\t", "\t")
        .replace('.', "")
}

/// Whether a decoder's path leads to a place: it has neither indices nor the keys of maps, but the names of embedded Go types.
fn is_go_path(field: &str, mine: &[String]) -> bool {
    let is_type = |step: &&str| step.starts_with(|c: char| c.is_ascii_uppercase());
    let mut theirs = field
        .split('.')
        .filter(|step| !is_type(step))
        .map(str::to_ascii_lowercase)
        .peekable();
    let mut last = 0;
    for (at, step) in mine.iter().enumerate() {
        if theirs.next_if_eq(step).is_some() {
            last = at;
        }
    }
    // The last step may be a key of the map, or the index of an item, that the decoder names.
    theirs.peek().is_none() && last + 2 >= mine.len()
}

fn is_index(step: &str) -> bool {
    step.parse::<u32>().is_ok()
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
    use super::super::ours::Refusal;
    use super::super::verdict::{Problem, Verdict};
    use super::{Agreement, compare, shape, shape_of_text, steps};

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
        assert!(same(
            "decode",
            "spec.rules.RuleWithOperations.Rule.verbs",
            "spec.rules[0].verbs[1]",
            false
        ));
        assert!(same(
            "decode",
            "spec.properties.type",
            "spec.properties.a.properties.b.type",
            false
        ));
        assert!(!same("decode", "spec.a", "spec.a.b.c.d", false));
        assert!(same(
            "validate",
            "spec.scopes.operator",
            "spec.scopes[0].operator",
            false
        ));
        let mut unknown = refused("strict", "spec.https://a.b/c");
        for error in &mut unknown.errors {
            error.class = "Unknown field".to_owned();
        }
        let mine = ours("spec[\"https://a.b/c\"]", false);
        assert_eq!(compare(&unknown, &mine), Agreement::Refused);
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
