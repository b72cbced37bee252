//! Secrets that can be told by their form.

/// What a text is, if its form says that it is a secret.
pub(super) fn kind_of(text: &str) -> Option<&'static str> {
    if text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----") {
        return Some("a private key");
    }
    text.split(|char: char| {
        char.is_whitespace() || matches!(char, '=' | '"' | '\'' | ',' | ';' | ':' | '@' | '/')
    })
    .find_map(|word| {
        TOKENS
            .iter()
            .find(|(prefix, length, _)| is_token(word, prefix, *length))
    })
    .map(|(_, _, kind)| *kind)
}

/// How a token begins, how many letters and digits follow at least, and what it is.
const TOKENS: &[(&str, usize, &str)] = &[
    ("AKIA", 16, "an access key of AWS"),
    ("AIza", 35, "an API key of Google"),
    ("ghp_", 36, "a token of GitHub"),
    ("gho_", 36, "a token of GitHub"),
    ("ghs_", 36, "a token of GitHub"),
    ("github_pat_", 60, "a token of GitHub"),
    ("glpat-", 20, "a token of GitLab"),
    ("npm_", 36, "a token of npm"),
    ("sk_live_", 20, "a key of Stripe"),
    ("rk_live_", 20, "a key of Stripe"),
    ("xoxb-", 20, "a token of Slack"),
    ("xoxp-", 20, "a token of Slack"),
    ("dop_v1_", 60, "a token of DigitalOcean"),
    ("hvs.", 20, "a token of Vault"),
];

fn is_token(word: &str, prefix: &str, length: usize) -> bool {
    word.strip_prefix(prefix).is_some_and(|rest| {
        rest.len() >= length
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    })
}
