//! From rendered text back to what was written, where there is no doubt: a line that a template prints as it stands, or a
//! value that only one line of the values files can have given.
//!
//! Conservative: who edits renders again and looks whether the objects changed as promised.

use std::ops::Range;

use plimsoll_yaml::{Doc, NodeRef};

use super::{TextEdit, layout};

/// An edit of rendered text as an edit of its template: the lines it touches stand there as they were printed, once, or as
/// often as in the rendered text.
pub fn in_template(edit: &TextEdit, rendered: &str, template: &str) -> Option<TextEdit> {
    let lines = lines_of(rendered, edit);
    let wanted = rendered.get(lines.clone())?;
    if wanted.trim().is_empty() {
        return None;
    }
    let printed = places(rendered, wanted);
    let written = places(template, wanted);
    let start = match written.as_slice() {
        [only] => *only,
        many if many.len() == printed.len() => {
            *many.get(printed.iter().position(|start| *start == lines.start)?)?
        }
        _ => return None,
    };
    Some(TextEdit {
        start: edit.start - lines.start + start,
        end: edit.end - lines.start + start,
        text: edit.text.clone(),
    })
}

/// The whole lines that an edit touches; for one that inserts lines, the line before them.
fn lines_of(text: &str, edit: &TextEdit) -> Range<usize> {
    let is_between = edit.start == edit.end && text[..edit.start].ends_with('\n');
    let first = edit.start - usize::from(is_between);
    let start = text[..first].rfind('\n').map_or(0, |at| at + 1);
    let last = if edit.end > edit.start && text[..edit.end].ends_with('\n') || is_between {
        edit.end - 1
    } else {
        edit.end
    };
    let end = text[last..].find('\n').map_or(text.len(), |at| last + at + 1);
    start..end
}

/// Where a text has these whole lines; the last line of a text need not end.
fn places(text: &str, lines: &str) -> Vec<usize> {
    let bare = lines.trim_end_matches(['\r', '\n']);
    let found = memchr::memmem::find_iter(text.as_bytes(), bare.as_bytes());
    found
        .filter(|start| {
            let is_start = *start == 0 || text.as_bytes()[start - 1] == b'\n';
            let rest = &text[start + bare.len()..];
            is_start && (rest.is_empty() || rest.starts_with('\n') || rest.starts_with("\r\n"))
        })
        .collect()
}

/// A scalar of a values file.
#[derive(Debug, Clone, Copy)]
pub struct ValueLeaf<'d> {
    node: NodeRef<'d>,
}

impl<'d> ValueLeaf<'d> {
    /// All scalars of a document.
    pub fn all(doc: &'d Doc) -> Vec<Self> {
        let mut leaves = Vec::new();
        push_leaves(doc.root(), &mut leaves);
        leaves
    }
}

fn push_leaves<'d>(node: NodeRef<'d>, leaves: &mut Vec<ValueLeaf<'d>>) {
    if node.is_alias() {
        return;
    }
    if node.is_scalar() && !node.span().range().is_empty() {
        leaves.push(ValueLeaf { node });
    }
    for (_, value) in node.entries() {
        push_leaves(value, leaves);
    }
    for item in node.items() {
        push_leaves(item, leaves);
    }
}

/// The one leaf from which a text was made, and its edit that makes another text of it: the leaf is the whole text, or how it
/// begins, and what follows stays. Says which of the leaves it is.
pub fn in_values(leaves: &[ValueLeaf<'_>], old: &str, new: &str) -> Option<(usize, TextEdit)> {
    let made_of = |leaf: &ValueLeaf<'_>| -> Option<String> {
        let rest = old.strip_prefix(leaf.node.str())?;
        let begins = new.strip_suffix(rest)?;
        (!leaf.node.str().is_empty() && begins != leaf.node.str()).then(|| begins.to_owned())
    };
    let fitting: Vec<(usize, String)> = leaves
        .iter()
        .enumerate()
        .filter_map(|(number, leaf)| Some((number, made_of(leaf)?)))
        .collect();
    let whole: Vec<&(usize, String)> = fitting
        .iter()
        .filter(|(number, _)| leaves[*number].node.str() == old)
        .collect();
    let (number, text) = match (whole.as_slice(), fitting.as_slice()) {
        ([only], _) => *only,
        ([], [only]) => only,
        _ => return None,
    };
    let node = leaves[*number].node;
    if node.tag().is_some() || node.anchor().is_some() {
        return None;
    }
    let text = layout::scalar(&serde_json::Value::from(text.as_str()), node.style())?;
    Some((*number, TextEdit::new(node.content_span().range(), text)))
}
