//! The unified text difference of two objects.

use plimsoll_yaml::emit::{Dialect, Emitter};
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

/// Lines that differ, with those around them.
#[derive(Debug, Clone)]
pub struct Hunk {
    /// `@@ -5,7 +5,7 @@`.
    pub header: String,
    /// The lines, in order.
    pub lines: Vec<Line>,
}

/// One line of a hunk.
#[derive(Debug, Clone)]
pub struct Line {
    /// ` `, `-` or `+`.
    pub sign: char,
    /// Its text in parts, without the line's end; `true` where a line that changed differs from what it was.
    pub parts: Vec<(bool, String)>,
}

/// Both objects as YAML with sorted keys, compared line by line.
pub(super) fn hunks(old: Option<&Value>, new: Option<&Value>, context: usize) -> Vec<Hunk> {
    let (old, new) = (yaml(old), yaml(new));
    let diff = TextDiff::from_lines(old.as_str(), new.as_str());
    let mut unified = diff.unified_diff();
    let hunks = unified.context_radius(context);
    hunks
        .iter_hunks()
        .map(|hunk| {
            let changes = hunk
                .ops()
                .iter()
                .flat_map(|operation| diff.iter_inline_changes(operation));
            let lines = changes.map(|change| Line {
                sign: match change.tag() {
                    ChangeTag::Equal => ' ',
                    ChangeTag::Delete => '-',
                    ChangeTag::Insert => '+',
                },
                parts: change
                    .values()
                    .iter()
                    .map(|(is_marked, part)| (*is_marked, part.trim_end_matches('\n').to_owned()))
                    .collect(),
            });
            Hunk {
                header: hunk.header().to_string(),
                lines: lines.collect(),
            }
        })
        .collect()
}

/// An object as `kubectl get -o yaml` would print it; nothing for a side that is not there.
fn yaml(object: Option<&Value>) -> String {
    let mut emitter = Emitter::new(Dialect::V2);
    if let Some(object) = object {
        emit(object, &mut emitter);
    }
    emitter.finish()
}

fn emit(value: &Value, emitter: &mut Emitter) {
    match value {
        Value::Null => emitter.null(),
        Value::Bool(value) => emitter.bool(*value),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => emitter.int(number),
            (None, Some(number)) => emitter.uint(number),
            (None, None) => emitter.float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => emitter.string(text),
        Value::Array(items) => {
            emitter.begin_sequence(items.len());
            items.iter().for_each(|item| emit(item, emitter));
            emitter.end();
        }
        Value::Object(map) => {
            let mut entries: Vec<(&String, &Value)> = map.iter().collect();
            Dialect::V2.sort_by_key(&mut entries, |(key, _)| key);
            emitter.begin_mapping(entries.len());
            for (key, value) in entries {
                emitter.string(key);
                emit(value, emitter);
            }
            emitter.end();
        }
    }
}
