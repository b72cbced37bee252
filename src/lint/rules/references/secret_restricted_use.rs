use crate::lint::prelude::*;
use crate::manifest::uses;

rule! {
    name: "secret-restricted-use",
    group: References,
    severity: Warning,
    presets: [],
    parameters: [Globs(ALLOWED)],
    peers: ["kyverno:restrict-secrets-by-name"],
    check: Workload(check),
}

static ALLOWED: Globs = Globs {
    name: "allowed",
    about: "Secrets that pods may use: shop-*, registry",
    default: &[],
};

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    for secret in uses::of(workload)
        .into_iter()
        .filter(|used| used.kind == "Secret")
    {
        if !out.allows(&ALLOWED, secret.name) {
            out.value(
                secret.route,
                format!("pods of {} use the Secret `{}`", workload.title(), secret.name),
                format!("use one that this project allows: {}", out.listed(&ALLOWED)),
            );
        }
    }
}
