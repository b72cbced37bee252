//! Configuration files inside ConfigMaps: texts that are read, so that the field that changed is named instead of the file.
//!
//! What a text is, its key's extension says, or the text itself. A text that cannot be read whole stays a text.

use plimsoll_yaml::Limits;
use serde_json::{Map, Value};

use crate::manifest::json;

/// The content of a file, if it is a mapping or list in a format that is known.
pub(super) fn read(key: &str, text: &str) -> Option<Value> {
    let extension = key.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension {
        "json" => serde_json::from_str(text).ok(),
        "properties" | "ini" | "toml" | "env" | "conf" | "cfg" | "cnf" => assignments(text),
        "yaml" | "yml" => yaml(text),
        "" if text.contains('\n') => yaml(text),
        _ => None,
    }
    .filter(|value| value.is_object() || value.is_array())
}

/// One YAML document, JSON included.
fn yaml(text: &str) -> Option<Value> {
    let stream = plimsoll_yaml::parse(text, &Limits::default());
    match stream.docs.as_slice() {
        [only] if stream.errors.is_empty() => Some(json::of(only.root())),
        _ => None,
    }
}

/// Lines of `key = value` below `[sections]`, as properties, INI, environment and simple TOML files have them.
fn assignments(text: &str) -> Option<Value> {
    let mut root = Map::new();
    let mut section: Option<String> = None;
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with(['#', ';', '!']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            // A list of tables has several sections of one name.
            if name.starts_with('[') || root.contains_key(name) {
                return None;
            }
            root.insert(name.to_owned(), Value::Object(Map::new()));
            section = Some(name.to_owned());
            continue;
        }
        let (key, value) = line.split_once(['=', ':'])?;
        let value = value.trim();
        // What goes on in the next line is not read here.
        if value.ends_with(['\\', '[', '{', '(']) || value.starts_with("\"\"\"") || value.starts_with("'''") {
            return None;
        }
        let fields = match &section {
            Some(section) => root.get_mut(section).and_then(Value::as_object_mut)?,
            None => &mut root,
        };
        if fields.insert(key.trim().to_owned(), Value::from(value)).is_some() {
            return None;
        }
    }
    Some(Value::Object(root))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::read;

    #[test]
    fn files_by_their_extension_or_their_text() {
        assert_eq!(read("app.yaml", "a: {b: 1}\n"), Some(json!({"a": {"b": 1}})));
        assert_eq!(read("app.json", "{\"a\": [1]}"), Some(json!({"a": [1]})));
        assert_eq!(
            read("app.properties", "# note\nserver.port=80\nname : web\n"),
            Some(json!({"server.port": "80", "name": "web"}))
        );
        assert_eq!(
            read("my.ini", "top = 1\n[mysqld]\nport = 3306\n"),
            Some(json!({"top": "1", "mysqld": {"port": "3306"}}))
        );
        assert_eq!(read("config", "a: 1\nb: 2\n"), Some(json!({"a": 1, "b": 2})));
    }

    #[test]
    fn what_is_not_understood_stays_a_text() {
        for (key, text) in [
            ("LEVEL", "info"),
            ("run.sh", "a=1\nb=2\n"),
            ("nginx.conf", "server {\n  listen 80;\n}\n"),
            ("config.toml", "[[a]]\nb = 1\n[[a]]\nb = 2\n"),
            ("config.toml", "list = [\n  1,\n]\n"),
            ("app.properties", "a=1\na=2\n"),
            ("two.yaml", "a: 1\n---\nb: 2\n"),
            ("broken.json", "{"),
        ] {
            assert_eq!(read(key, text), None, "{key}");
        }
    }
}
