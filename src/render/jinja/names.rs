//! The names of all filters, functions and tests, for a did-you-mean. A test asks the engine for each.

/// Filters: Jinja's and ours.
pub(super) const FILTERS: &[&str] = &[
    "abs",
    "attr",
    "b64decode",
    "b64encode",
    "batch",
    "bool",
    "camelcase",
    "capitalize",
    "chain",
    "count",
    "d",
    "default",
    "dictsort",
    "e",
    "escape",
    "first",
    "float",
    "format",
    "from_json",
    "from_yaml",
    "groupby",
    "indent",
    "int",
    "items",
    "join",
    "kebabcase",
    "last",
    "length",
    "lines",
    "list",
    "lower",
    "map",
    "max",
    "merge",
    "min",
    "nindent",
    "omit",
    "pick",
    "pprint",
    "quote",
    "reject",
    "rejectattr",
    "replace",
    "required",
    "reverse",
    "round",
    "safe",
    "select",
    "selectattr",
    "semver_compare",
    "sha256",
    "slice",
    "snakecase",
    "sort",
    "split",
    "squote",
    "string",
    "sum",
    "title",
    "to_int",
    "to_json",
    "to_yaml",
    "tojson",
    "tpl",
    "trim",
    "trim_prefix",
    "trim_suffix",
    "trunc",
    "unique",
    "upper",
    "zip",
];

/// Functions.
pub(super) const FUNCTIONS: &[&str] = &[
    "dict",
    "fail",
    "include",
    "namespace",
    "range",
    "required",
    "semver_compare",
    "tpl",
];

/// Tests: what may stand behind `is`.
pub(super) const TESTS: &[&str] = &[
    "boolean",
    "defined",
    "divisibleby",
    "endingwith",
    "eq",
    "equalto",
    "escaped",
    "even",
    "false",
    "filter",
    "float",
    "ge",
    "gt",
    "greaterthan",
    "in",
    "int",
    "integer",
    "iterable",
    "le",
    "lessthan",
    "lower",
    "lt",
    "mapping",
    "ne",
    "none",
    "number",
    "odd",
    "safe",
    "sameas",
    "sequence",
    "startingwith",
    "string",
    "test",
    "true",
    "undefined",
    "upper",
];

/// Helm's names and what does the same here.
pub(super) const HELM: &[(&str, &str)] = &[
    ("toYaml", "`to_yaml`"),
    ("fromYaml", "`from_yaml`"),
    ("toJson", "`to_json`"),
    ("fromJson", "`from_json`"),
    ("b64enc", "`b64encode`"),
    ("b64dec", "`b64decode`"),
    ("sha256sum", "`sha256`"),
    ("trimSuffix", "`trim_suffix`"),
    ("trimPrefix", "`trim_prefix`"),
    ("semverCompare", "`semver_compare`"),
    ("toString", "`string`"),
    ("atoi", "`to_int`"),
    ("ternary", "`a if condition else b`"),
    ("coalesce", "`a or b`"),
    ("empty", "`not`"),
    ("hasKey", "`key in map`"),
    ("has", "`item in list`"),
    ("contains", "`part in text`"),
    ("hasPrefix", "`is startingwith`"),
    ("hasSuffix", "`is endingwith`"),
    ("printf", "`format`"),
    ("mergeOverwrite", "`merge`"),
    ("until", "`range`"),
    ("get", "`map.get(key)`"),
    ("keys", "`map.keys()`"),
    ("values", "`map.values()`"),
    ("splitList", "`split`"),
    (
        "regexMatch",
        "not there: use `in`, `is startingwith` or `is endingwith`, which",
    ),
    ("lookup", "not there: a render never asks a cluster, so nothing"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use super::super::environment::environment;
    use super::super::limits::Budget;
    use super::super::scope::Scope;
    use super::super::sources::Sources;
    use super::{FILTERS, FUNCTIONS, TESTS};

    #[test]
    fn the_engine_knows_every_name() {
        let (sources, budget) = (Arc::new(Sources::default()), Arc::new(Budget::new()));
        let env = environment("shop", &Scope::default(), &sources, &budget).expect("an environment");
        for (kind, names) in [("filter", FILTERS), ("test", TESTS)] {
            for name in names {
                let known = env
                    .render_str(&format!("{{{{ '{name}' is {kind} }}}}"), ())
                    .expect("an answer");
                assert_eq!(known, "true", "{kind} {name}");
            }
        }
        let functions: BTreeSet<&str> = env.globals().map(|(name, _)| name).collect();
        assert_eq!(functions, FUNCTIONS.iter().copied().collect());
    }
}
