//! The difference as a patch of the objects, printed as YAML with sorted keys.

use std::io;

use super::diff::CONTEXT;
use crate::diff::{Change, ChangeSet};
use crate::manifest::ObjectId;

/// Writes a patch with a file for each object.
///
/// # Errors
/// When the output cannot be written.
pub fn write(changes: &ChangeSet, out: &mut dyn io::Write) -> io::Result<()> {
    changes.changes.iter().try_for_each(|change| {
        let file = |side: &str, object: Option<&ObjectId>| match object {
            Some(object) => format!("{side}/{}", name(object)),
            None => "/dev/null".to_owned(),
        };
        let before = change.moved_from.as_ref().unwrap_or(&change.object);
        writeln!(out, "--- {}", file("a", change.old.as_ref().map(|_| before)))?;
        writeln!(
            out,
            "+++ {}",
            file("b", change.new.as_ref().map(|_| &change.object))
        )?;
        out.write_all(hunks(change).as_bytes())
    })
}

/// `Deployment/shop/web.yaml`.
fn name(object: &ObjectId) -> String {
    match &object.namespace {
        Some(namespace) => format!("{}/{namespace}/{}.yaml", object.kind, object.name),
        None => format!("{}/{}.yaml", object.kind, object.name),
    }
}

/// The hunks of one object as a patch has them.
pub(super) fn hunks(change: &Change) -> String {
    let mut text = String::new();
    for hunk in change.hunks(CONTEXT) {
        text.push_str(&hunk.header);
        text.push('\n');
        for line in &hunk.lines {
            text.push(line.sign);
            text.extend(line.parts.iter().map(|(_, part)| part.as_str()));
            text.push('\n');
        }
    }
    text
}
