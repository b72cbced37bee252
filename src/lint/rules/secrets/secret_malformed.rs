use super::data::values;
use crate::lint::prelude::*;

rule! {
    name: "secret-malformed",
    group: Secrets,
    severity: Warning,
    presets: [Default],
    peers: [],
    check: Kinds(&[("", "Secret")], check),
}

fn check<'m>(_: &Fleet<'m>, secret: &'m Manifest, out: &mut Sink<'_>) {
    let kind = secret.get("type").map_or("Opaque", NodeRef::str);
    for value in values(secret) {
        // An empty value is a place that something else fills.
        let text = value.text.trim();
        if text.is_empty() {
            continue;
        }
        let problem = match (kind, value.key) {
            ("kubernetes.io/tls", "tls.crt") if !text.contains("-----BEGIN CERTIFICATE-----") => {
                "no certificate in PEM"
            }
            ("kubernetes.io/tls", "tls.key") | ("kubernetes.io/ssh-auth", "ssh-privatekey")
                if !(text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----")) =>
            {
                "no private key in PEM"
            }
            ("kubernetes.io/dockerconfigjson", ".dockerconfigjson") if !has_auths(text) => {
                "no object with `auths`, one entry for each registry"
            }
            _ => continue,
        };
        out.key(
            value.route,
            format!(
                "`{}` of Secret `{}` is {problem}, which its type `{kind}` asks for",
                value.key, secret.id.name
            ),
            "put there what the type says, in `data` as base64 of it, once",
        );
    }
}

/// Whether a text is the JSON that `docker login` writes. One that only its helpers fill has none of it.
fn has_auths(text: &str) -> bool {
    let Ok(serde_json::Value::Object(config)) = serde_json::from_str(text) else {
        return false;
    };
    let has = |key| config.get(key).is_some_and(serde_json::Value::is_object);
    config.is_empty() || has("auths") || has("credHelpers")
}
