use crate::lint::prelude::*;

rule! {
    name: "env-var-secret",
    group: Secrets,
    severity: Warning,
    presets: [Recommended, Security],
    confidence: Likely,
    parameters: [Globs(NAMES)],
    peers: ["kube-linter:env-var-secret", "polaris:sensitiveContainerEnvVar"],
    check: Container(check),
}

static NAMES: Globs = Globs {
    name: "names",
    about: "Names of variables that hold a secret, besides those with a word such as PASSWORD or TOKEN: LICENSE_*",
    default: &[],
};

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let chosen = out.globs(&NAMES);
    for variable in container.items("env") {
        let name = variable.text("name").to_ascii_uppercase();
        let words: Vec<&str> = name.split(['_', '-', '.']).collect();
        let is_named = words.iter().any(|word| SECRET.contains(word))
            || name.ends_with("APIKEY")
            || name.contains("PRIVATE_KEY")
            || name.contains("ACCESS_KEY");
        let is_chosen = chosen
            .iter()
            .any(|pattern| pattern.matches(variable.text("name")));
        let is_about = words.last().is_some_and(|word| ABOUT.contains(word));
        if (is_chosen || is_named && !is_about) && is_literal(variable.text("value")) {
            out.value(
                variable.at("value"),
                format!(
                    "{} has the value of `{}` in its manifest",
                    container.title(workload),
                    variable.text("name")
                ),
                "put it into a Secret and refer to it by `secretKeyRef`",
            );
        }
    }
}

/// Words of a name that say it holds a secret.
const SECRET: &[&str] = &[
    "PASSWORD",
    "PASSWD",
    "PASS",
    "SECRET",
    "TOKEN",
    "APIKEY",
    "CREDENTIALS",
    "PASSPHRASE",
];

/// Last words of a name that say it only speaks of one.
const ABOUT: &[&str] = &[
    "DIR",
    "DURATION",
    "ENABLED",
    "EXPIRATION",
    "EXPIRY",
    "FILE",
    "FILES",
    "FOLDER",
    "HOST",
    "ID",
    "ISSUER",
    "KIND",
    "LENGTH",
    "LIFETIME",
    "MODE",
    "MOUNT",
    "NAME",
    "NAMES",
    "NAMESPACE",
    "PATH",
    "PATHS",
    "PORT",
    "PREFIX",
    "SIZE",
    "TIMEOUT",
    "TTL",
    "TYPE",
    "URI",
    "URL",
    "USER",
    "USERNAME",
];

/// Whether a value can be a secret at all.
fn is_literal(value: &str) -> bool {
    let is_word = |word: &str| value.eq_ignore_ascii_case(word);
    value.len() > 3
        && !value.starts_with(['/', '.', '$'])
        && !value.contains("$(")
        && !value.contains("://")
        && value.parse::<f64>().is_err()
        && !["true", "false", "none", "null", "changeme"]
            .iter()
            .any(|word| is_word(word))
}
