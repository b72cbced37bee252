use super::data::values;
use crate::admission::bytes;
use crate::lint::prelude::*;

rule! {
    name: "secret-encoded-twice",
    group: Secrets,
    severity: Warning,
    presets: [Recommended],
    confidence: Likely,
    peers: [],
    check: Kinds(&[("", "Secret")], check),
}

/// Shorter texts are base64 of something by chance.
const SHORTEST: usize = 8;

fn check<'m>(_: &Fleet<'m>, secret: &'m Manifest, out: &mut Sink<'_>) {
    for value in values(secret) {
        let text = value.text.trim_end();
        if text.len() < SHORTEST || !text.len().is_multiple_of(4) || text.contains(char::is_whitespace) {
            continue;
        }
        // Random bytes, such as keys, do not decode to text; what a person encoded does.
        let is_text = |bytes: Vec<u8>| {
            bytes.len() * 4 >= SHORTEST * 3
                && bytes
                    .iter()
                    .all(|byte| matches!(byte, b'\n' | b'\r' | b'\t' | b' '..=b'~'))
        };
        if !bytes::decoded(text).is_some_and(is_text) {
            continue;
        }
        let (what, help) = if value.is_encoded {
            (
                "is base64 of base64: pods read the inner base64",
                "encode it once; in a template, one `b64enc` is too many, or the value was encoded before",
            )
        } else {
            (
                "in `stringData` is base64: pods read it as it stands",
                "write the plain text in `stringData`, or move the value to `data`",
            )
        };
        out.key(
            value.route,
            format!("`{}` of Secret `{}` {what}", value.key, secret.id.name),
            help,
        );
    }
}
