//! Names and labels: `k8s.io/apimachinery/pkg/util/validation` and `pkg/api/validation`, with their sentences.
//!
//! Each function returns what is wrong, in the server's words; nothing when nothing is.

use super::at::IntOrString;

/// What a name must be: `(name, whether it is a generateName prefix)` to what is wrong with it.
pub(super) type NameRule = fn(&str, bool) -> Vec<String>;

const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_1035: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const QUALIFIED: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const WILDCARD: &str = "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const HTTP_PATH: &str = "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')";
const LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

fn no_more_than(characters: usize) -> String {
    format!("must be no more than {characters} characters")
}

/// As newer functions of the server say it (`content.MaxLenError`).
fn no_more_bytes_than(bytes: usize) -> String {
    format!("must be no more than {bytes} bytes")
}

fn is_label(text: &str) -> bool {
    let edge =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let bytes = text.as_bytes();
    edge(bytes.first())
        && edge(bytes.last())
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-')
}

/// `IsDNS1123Label`: at most 63, no dots.
pub(super) fn dns1123_label(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.len() > 63 {
        wrong.push(no_more_than(63));
    }
    if !is_label(text) {
        wrong.push(if is_subdomain(text) {
            "must not contain dots".to_owned()
        } else {
            LABEL.to_owned()
        });
    }
    wrong
}

fn is_subdomain(text: &str) -> bool {
    text.split('.').all(is_label)
}

/// `IsDNS1123Subdomain`: at most 253.
pub(super) fn dns1123_subdomain(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.len() > 253 {
        wrong.push(no_more_than(253));
    }
    if !is_subdomain(text) {
        wrong.push(SUBDOMAIN.to_owned());
    }
    wrong
}

/// `IsWildcardDNS1123Subdomain`: a subdomain behind `*.`.
pub(super) fn wildcard_subdomain(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.len() > 253 {
        wrong.push(no_more_than(253));
    }
    if !text.strip_prefix("*.").is_some_and(is_subdomain) {
        wrong.push(WILDCARD.to_owned());
    }
    wrong
}

/// `IsDomainPrefixedPath`: a subdomain, a slash and a path, such as `acme.io/foo`.
pub(super) fn domain_prefixed_path(text: &str) -> Vec<String> {
    let Some((host, path)) = text
        .split_once('/')
        .filter(|(host, path)| !host.is_empty() && !path.is_empty())
    else {
        return vec!["must be a domain-prefixed path (such as \"acme.io/foo\")".to_owned()];
    };
    let mut wrong = dns1123_subdomain(host);
    if !is_http_path(path) {
        wrong.push(HTTP_PATH.to_owned());
    }
    wrong
}

/// `[A-Za-z0-9/\-._~%!$&'()*+,;=:]+`
fn is_http_path(path: &str) -> bool {
    !path.is_empty()
        && path
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&byte))
}

/// `IsDNS1035Label`: as a label, but the first character is a letter.
pub(super) fn dns1035_label(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.len() > 63 {
        wrong.push(no_more_than(63));
    }
    if !is_label(text) || !text.starts_with(|first: char| first.is_ascii_lowercase()) {
        wrong.push(LABEL_1035.to_owned());
    }
    wrong
}

fn is_qualified(text: &str) -> bool {
    let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    edge(bytes.first())
        && edge(bytes.last())
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// `IsQualifiedName`: label and annotation keys, finalizers, condition types.
pub(super) fn qualified_name(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let parts: Vec<&str> = text.split('/').collect();
    let name = match parts.as_slice() {
        [name] => *name,
        [prefix, name] => {
            if prefix.is_empty() {
                wrong.push("prefix part must be non-empty".to_owned());
            } else {
                let prefixed = dns1123_subdomain(prefix);
                wrong.extend(prefixed.into_iter().map(|what| format!("prefix part {what}")));
            }
            name
        }
        _ => {
            return vec![format!(
                "a qualified name {QUALIFIED} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            )];
        }
    };
    if name.is_empty() {
        wrong.push("name part must be non-empty".to_owned());
    } else if name.len() > 63 {
        wrong.push(format!("name part {}", no_more_bytes_than(63)));
    }
    if !is_qualified(name) {
        wrong.push(format!("name part {QUALIFIED}"));
    }
    wrong
}

/// `IsValidLabelValue`.
pub(super) fn label_value(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.len() > 63 {
        wrong.push(no_more_bytes_than(63));
    }
    if !text.is_empty() && !is_qualified(text) {
        wrong.push(LABEL_VALUE.to_owned());
    }
    wrong
}

/// A prefix may end in a dash, which what is generated follows (`maskTrailingDash`).
fn mask_trailing_dash(text: &str) -> String {
    match text.strip_suffix('-') {
        Some(start) if !start.is_empty() => format!("{start}a"),
        _ => text.to_owned(),
    }
}

fn masked(text: &str, prefix: bool, check: fn(&str) -> Vec<String>) -> Vec<String> {
    if prefix {
        check(&mask_trailing_dash(text))
    } else {
        check(text)
    }
}

/// `NameIsDNSSubdomain`: the names of most kinds.
pub(super) fn subdomain_name(name: &str, prefix: bool) -> Vec<String> {
    masked(name, prefix, dns1123_subdomain)
}

/// `NameIsDNSLabel`: namespaces and others.
pub(super) fn label_name(name: &str, prefix: bool) -> Vec<String> {
    masked(name, prefix, dns1123_label)
}

/// `NameIsDNS1035Label`.
pub(super) fn dns1035_name(name: &str, prefix: bool) -> Vec<String> {
    masked(name, prefix, dns1035_label)
}

/// `path.ValidatePathSegmentName`: RBAC names, which may hold colons and upper case.
pub(super) fn path_segment_name(name: &str, prefix: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    if !prefix && matches!(name, "." | "..") {
        wrong.push(format!("may not be '{name}'"));
    }
    for illegal in ["/", "%"] {
        if name.contains(illegal) {
            wrong.push(format!("may not contain '{illegal}'"));
        }
    }
    wrong
}

/// `IsValidPortName`: names of container ports, and of the ports that probes and Services ask for.
pub(super) fn port_name(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.len() > 15 {
        wrong.push(no_more_than(15));
    }
    if !text
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    {
        wrong.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)".to_owned());
    }
    if !text.bytes().any(|byte| byte.is_ascii_lowercase()) {
        wrong.push("must contain at least one letter (a-z)".to_owned());
    }
    if text.contains("--") {
        wrong.push("must not contain consecutive hyphens".to_owned());
    }
    if text.starts_with('-') || text.ends_with('-') {
        wrong.push("must not begin or end with a hyphen".to_owned());
    }
    wrong
}

/// `IsValidPortNum`.
pub(super) fn port_number(number: i64) -> Vec<String> {
    if (1..=65535).contains(&number) {
        Vec::new()
    } else {
        vec!["must be between 1 and 65535, inclusive".to_owned()]
    }
}

/// `ValidatePortNumOrName`: what a Service's `targetPort` or a probe's `port` may be.
pub(super) fn port_number_or_name(value: IntOrString<'_>) -> Vec<String> {
    match value {
        IntOrString::Int(number) => port_number(number),
        IntOrString::Str(name) => port_name(name),
    }
}

/// `IsConfigMapKey`: keys of ConfigMaps and Secrets, and of what refers to them.
pub(super) fn config_map_key(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.len() > 253 {
        wrong.push(no_more_than(253));
    }
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if text.is_empty() || !text.bytes().all(fits) {
        wrong.push("a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')".to_owned());
    }
    wrong.extend(leads_away(text));
    wrong
}

/// `hasChDirPrefix`: what would lead out of the folder that the name is a file of.
pub(super) fn leads_away(text: &str) -> Option<String> {
    match text {
        "." | ".." => Some(format!("must not be '{text}'")),
        _ => text
            .starts_with("..")
            .then(|| "must not start with '..'".to_owned()),
    }
}
