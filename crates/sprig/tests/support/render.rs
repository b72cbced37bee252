//! Executes a template as the oracle does: the functions of a profile, a fixed value, `missingkey=zero`.

use std::sync::{Arc, LazyLock};

use plimsoll_gotpl::{Execution, Functions, Limits, List, Map, MissingKey, TemplateSet, Value};
use plimsoll_sprig::{Env, Profile, functions};
use serde_json::Value as Json;

/// What templates see, the same as in `oracle/functions/main.go`.
const DATA: &str = r#"{
	"s": "Hello, wide world", "u": "Žluťoučký kůň 日本語 \ud83d\ude00", "e": "", "n": null, "t": true, "f": false,
	"i": 42, "neg": -7, "x": 3.75, "big": 1e21, "z": 0,
	"l": ["b", "a", "c"], "mixed": [1, "two", null, true, 4.5, [1, 2], {"k": "v"}], "el": [],
	"m": {"a": 1, "b": {"c": "deep", "d": [1, 2, 3]}, "e": null}, "em": {}
}"#;

fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Nil,
        Json::Bool(b) => Value::Bool(*b),
        Json::Number(n) => Value::float(n.as_f64().unwrap_or_default()),
        Json::String(s) => Value::str(s.as_str()),
        Json::Array(items) => Value::List(items.iter().map(value).collect::<List>()),
        Json::Object(entries) => Value::Map(Map::from_pairs(
            entries.iter().map(|(k, v)| (k.as_str(), value(v))),
        )),
    }
}

/// The output, or the error's text.
pub(crate) fn render(template: &str, profile: Profile) -> Result<Vec<u8>, String> {
    static HELM3: LazyLock<Arc<Functions>> = LazyLock::new(|| Arc::new(functions(Profile::Helm3)));
    static HELM4: LazyLock<Arc<Functions>> = LazyLock::new(|| Arc::new(functions(Profile::Helm4)));
    static JSON: LazyLock<Json> = LazyLock::new(|| serde_json::from_str(DATA).unwrap_or_default());

    let table = Arc::clone(match profile {
        Profile::Helm3 => &HELM3,
        Profile::Helm4 => &HELM4,
    });
    let mut set = TemplateSet::new("t", table, MissingKey::Zero);
    set.parse("t", template.as_bytes())
        .map_err(|error| error.to_string())?;
    let env = Env::deterministic(1_700_000_000_000_000_000, 1);
    let mut execution = Execution::new(&set).host(&env).limits(Limits::default());
    execution
        .execute("t", value(&JSON))
        .map_err(|error| error.to_string())
}
