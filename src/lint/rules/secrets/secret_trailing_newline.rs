use super::data::values;
use crate::lint::prelude::*;

rule! {
    name: "secret-trailing-newline",
    group: Secrets,
    severity: Warning,
    presets: [Recommended],
    confidence: Likely,
    peers: [],
    check: Kinds(&[("", "Secret")], check),
}

fn check<'m>(_: &Fleet<'m>, secret: &'m Manifest, out: &mut Sink<'_>) {
    for value in values(secret) {
        let Some(line) = value.text.strip_suffix('\n') else {
            continue;
        };
        // Files end in a line end, and are more than one word.
        let is_word = !line.is_empty() && !line.contains(char::is_whitespace) && !value.key.contains('.');
        if is_word {
            out.key(
                value.route,
                format!(
                    "`{}` of Secret `{}` ends in a line end",
                    value.key, secret.id.name
                ),
                "encode it without one: `printf %s … | base64`, or `|-` for `|` in a block",
            );
        }
    }
}
