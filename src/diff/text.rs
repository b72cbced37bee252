//! The unified text difference of two objects.

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

/// An object as YAML; nothing for a side that is not there.
fn yaml(object: Option<&Value>) -> String {
    object.map(plimsoll_yaml::print_json).unwrap_or_default()
}
