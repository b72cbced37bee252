use crate::lint::prelude::*;

rule! {
    name: "exponent-number",
    group: Template,
    severity: Warning,
    presets: [Default],
    peers: [],
    check: Object(check),
}

fn check<'m>(fleet: &Fleet<'m>, manifest: &'m Manifest, out: &mut Sink<'_>) {
    if fleet.manifests().is_sent_together(manifest.number) {
        walk(manifest.node(), &mut Route::root(), out);
    }
}

fn walk(node: NodeRef<'_>, route: &mut Route, out: &mut Sink<'_>) {
    if node.is_scalar() {
        if let Some(number) = exponent(node.str()) {
            out.value(
                route.clone(),
                format!("the template printed a whole number as `{number}`"),
                "write `{{ int64 .Values.… }}`: Helm reads numbers as floats, and prints those from a million on with an exponent",
            );
        }
        return;
    }
    for (index, item) in node.items().enumerate() {
        route.push(index);
        walk(item, route, out);
        route.pop();
    }
    for (key, value) in node.entries() {
        route.push(key.str());
        walk(value, route, out);
        route.pop();
    }
}

/// The first word of a text that is a whole number as Go prints a float: `1.5e+06`.
fn exponent(text: &str) -> Option<&str> {
    if !text.contains("e+") {
        return None;
    }
    let is_apart = |char: char| char.is_whitespace() || matches!(char, '=' | ':' | ',' | ';' | '"' | '\'');
    text.split(is_apart).find(|word| {
        let Some((digits, power)) = word.split_once("e+") else {
            return false;
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let places = power.parse::<usize>().ok().filter(|_| power.len() == 2);
        whole.len() == 1
            && is_digits(whole)
            && is_digits(fraction)
            && places.is_some_and(|places| (6..21).contains(&places) && fraction.len() <= places)
    })
}
