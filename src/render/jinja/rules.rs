//! What can be wrong with a Jinja template.

use crate::finding::{Group, RuleMeta, Severity, Stage};

macro_rules! template_rule {
    ($(#[$doc:meta])* $name:ident, $kebab:literal, $summary:literal) => {
        $(#[$doc])*
        pub static $name: RuleMeta = RuleMeta {
            name: $kebab,
            group: Group::Template,
            stage: Stage::Render,
            severity: Severity::Error,
            default: true,
            summary: $summary,
            peers: &[],
            fix: None,
            page: include_str!(concat!("../../../fixtures/rules/", $kebab, ".md")),
        };
    };
}

template_rule! {
    /// The text is no template.
    TEMPLATE_SYNTAX, "template-syntax", "a template that cannot be read"
}
template_rule! {
    /// A value, filter, function, test or template that nothing defines.
    TEMPLATE_UNDEFINED, "template-undefined", "a template uses a name that nothing defines"
}
template_rule! {
    /// An expression that cannot be computed.
    TEMPLATE_ERROR, "template-error", "an expression of a template cannot be computed"
}
template_rule! {
    /// The chart's author ends the render: `fail`, `required`.
    TEMPLATE_FAIL, "template-fail", "the chart refuses these values, by `fail` or `required`"
}
template_rule! {
    /// The template costs more than any real one.
    TEMPLATE_LIMIT, "template-limit", "a template runs too long, nests too deep or prints too much"
}

/// All of them.
pub static RULES: [&RuleMeta; 5] = [
    &TEMPLATE_SYNTAX,
    &TEMPLATE_UNDEFINED,
    &TEMPLATE_ERROR,
    &TEMPLATE_FAIL,
    &TEMPLATE_LIMIT,
];
