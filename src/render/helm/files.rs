//! `.Files`: the files of a chart that are no templates.
//!
//! Upstream: `pkg/engine/files.go`.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use plimsoll_gostd::glob::Glob;
use plimsoll_gotpl::func::{Bytes, FromArg, FuncError, Functions};
use plimsoll_gotpl::types::Type;
use plimsoll_gotpl::value::{List, Map, Str, Value};

use plimsoll_yaml::emit::{Dialect, Emitter};
use plimsoll_yaml::json;

use super::types;
use crate::chart::File;

/// The value of `.Files`.
pub(super) fn value(files: &[File]) -> Value {
    let entries = files.iter().map(|file| {
        (
            Str::from(file.name.as_str()),
            Value::List(List::bytes(Str::from_shared(&Arc::clone(&file.bytes)))),
        )
    });
    Value::Map(Map::typed(&types::FILES, entries.collect()))
}

/// The receiver of a method.
struct Files(Map);

impl FromArg for Files {
    const TYPE: &'static Type = &Type::Any;

    fn from_arg(value: Value) -> Result<Self, FuncError> {
        match value {
            Value::Map(map) => Ok(Self(map)),
            _ => Ok(Self(Map::nil(&types::FILES))),
        }
    }
}

impl Files {
    fn bytes(&self, name: &Str) -> Str {
        self.0.get(name).as_ref().and_then(bytes_of).unwrap_or_default()
    }

    /// Contents by the last part of their path. Of two with one name Go's random map order decides; here the last path.
    fn by_base_name(&self, content: impl Fn(&Str) -> Str) -> BTreeMap<Str, Str> {
        self.0
            .to_vec()
            .into_iter()
            .map(|(path, file)| {
                let base = path
                    .as_bytes()
                    .rsplit(|byte| *byte == b'/')
                    .next()
                    .unwrap_or_default();
                (Str::from(base), content(&bytes_of(&file).unwrap_or_default()))
            })
            .collect()
    }
}

fn bytes_of(value: &Value) -> Option<Str> {
    value.as_list().and_then(List::to_bytes)
}

/// `toYaml` of a `map[string]string`.
fn yaml(map: &BTreeMap<Str, Str>) -> Str {
    let text = |bytes: &Str| json::to_valid_utf8(bytes);
    let mut entries: Vec<(String, String)> =
        map.iter().map(|(key, value)| (text(key), text(value))).collect();
    entries.sort_by(|a, b| Dialect::V2.cmp_key_strings(&a.0, &b.0));
    let mut emitter = Emitter::new(Dialect::V2);
    emitter.begin_mapping(entries.len());
    for (key, value) in &entries {
        emitter.string(key);
        emitter.string(value);
    }
    emitter.end();
    let out = emitter.finish();
    Str::from(out.strip_suffix('\n').unwrap_or(&out))
}

/// The methods of `engine.files`.
pub(super) fn methods() -> &'static Functions {
    static METHODS: LazyLock<Functions> = LazyLock::new(|| {
        let mut methods = Functions::new();
        methods.add("GetBytes", |files: Files, name: Str| Bytes(files.bytes(&name)));
        methods.add("Get", |files: Files, name: Str| files.bytes(&name));
        methods.add_raw(
            "Glob",
            plimsoll_gotpl::func::Signature {
                params: &[&Type::Any, &Type::String],
                variadic: false,
                result: &types::FILES,
            },
            |_, args| {
                let files = Files::from_arg(args.next().unwrap_or_default())?;
                let wanted = Str::from_arg(args.next().unwrap_or_default())?;
                let wanted = Glob::of_files(&wanted);
                let chosen = files
                    .0
                    .to_vec()
                    .into_iter()
                    .filter(|(path, _)| wanted.matches(path))
                    .collect();
                Ok(Value::Map(Map::typed(&types::FILES, chosen)))
            },
        );
        methods.add("AsConfig", |files: Files| yaml(&files.by_base_name(Str::clone)));
        methods.add("AsSecrets", |files: Files| {
            use base64::Engine as _;
            yaml(&files.by_base_name(|content| {
                Str::from(base64::engine::general_purpose::STANDARD.encode(content.as_bytes()))
            }))
        });
        methods.add("Lines", |files: Files, name: Str| -> Vec<Str> {
            let content = files.bytes(&name);
            let content = content.as_bytes();
            if content.is_empty() {
                return Vec::new();
            }
            let content = content.strip_suffix(b"\n").unwrap_or(content);
            content.split(|byte| *byte == b'\n').map(Str::from).collect()
        });
        methods
    });
    &METHODS
}
