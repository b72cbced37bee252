//! One symbolic edit to edits of the document's text.

use std::ops::Range;

use plimsoll_yaml::{NodeRef, Style};
use serde_json::{Map, Value};

use super::TextEdit;
use super::layout::{self, Quoting};
use crate::finding::Edit;
use crate::manifest::{Manifest, Route, Step};
use crate::source::Span;

/// The edits of the source of an object's document; `None` where the text gives no sure way.
pub fn edits(manifest: &Manifest, edit: &Edit) -> Option<Vec<TextEdit>> {
    let text: &str = manifest.doc.source();
    let mut edits = match edit {
        Edit::Set(route, value) => set(manifest, text, route, value)?,
        Edit::Rename(route, name) => vec![rename(manifest, route, name)?],
        Edit::Remove(route) => vec![remove(manifest, text, route)?],
        Edit::RemoveRepeated(span) => vec![remove_repeated(manifest, text, *span)?],
    };
    for edit in &mut edits {
        edit.start += manifest.offset as usize;
        edit.end += manifest.offset as usize;
    }
    Some(edits)
}

/// A key and its value; the entry that counts when a key is written twice. `None` for what comes from elsewhere, by an
/// alias or a merge key: an edit there would reach further.
fn entry<'d>(mapping: NodeRef<'d>, name: &str) -> Option<(NodeRef<'d>, NodeRef<'d>)> {
    let own = mapping
        .entries()
        .filter(|(key, _)| key.is_scalar() && key.str() == name);
    own.last().filter(|(key, _)| !key.is_alias())
}

fn child<'d>(node: NodeRef<'d>, step: &Step) -> Option<NodeRef<'d>> {
    let child = match step {
        Step::Key(key) => entry(node, key)?.1,
        Step::Index(index) => node.item(*index as usize)?,
    };
    (!child.is_alias()).then_some(child)
}

/// The node that holds the last step of a route, and that step.
fn holder<'m, 'r>(manifest: &'m Manifest, route: &'r Route) -> Option<(NodeRef<'m>, &'r Step)> {
    let (last, above) = route.steps().split_last()?;
    let holder = above.iter().try_fold(manifest.node(), child)?;
    Some((holder, last))
}

fn rename(manifest: &Manifest, route: &Route, name: &str) -> Option<TextEdit> {
    let (holder, Step::Key(old)) = holder(manifest, route)? else {
        return None;
    };
    let (key, _) = entry(holder, old)?;
    let quoting = match key.style() {
        Style::Plain => Quoting::Plain,
        _ => Quoting::Json,
    };
    Some(TextEdit::new(
        key.content_span().range(),
        layout::key(name, quoting),
    ))
}

fn set(manifest: &Manifest, text: &str, route: &Route, value: &Value) -> Option<Vec<TextEdit>> {
    let mut node = manifest.node();
    for (depth, step) in route.steps().iter().enumerate() {
        match child(node, step) {
            Some(found) => node = found,
            None => {
                return insert(
                    text,
                    manifest,
                    &route.steps()[..depth],
                    node,
                    &route.steps()[depth..],
                    value,
                );
            }
        }
    }
    if !node.is_scalar() || node.tag().is_some() || node.anchor().is_some() || node.span().range().is_empty()
    {
        return None;
    }
    // A text over several lines has no style to keep.
    let like = match node.style() {
        Style::Literal | Style::Folded => return None,
        style => style,
    };
    let range = node.content_span().range();
    Some(vec![TextEdit::new(range, layout::scalar(value, like)?)])
}

/// Puts an entry into a mapping that lacks it, with the mappings between that are missing too.
fn insert(
    text: &str,
    manifest: &Manifest,
    above: &[Step],
    node: NodeRef<'_>,
    missing: &[Step],
    value: &Value,
) -> Option<Vec<TextEdit>> {
    let (Step::Key(first), rest) = missing.split_first()? else {
        return None;
    };
    let value = rest
        .iter()
        .rev()
        .try_fold(value.clone(), |value, step| match step {
            Step::Key(key) => Some(Value::Object(Map::from_iter([(key.to_string(), value)]))),
            Step::Index(_) => None,
        })?;
    let line_end = line_end(text);
    if node.is_mapping() && node.style() == Style::Flow {
        let quoting = Quoting::of(manifest.doc.root());
        let entry = format!(
            "{}: {}",
            layout::key(first, quoting),
            layout::flow(&value, quoting)
        );
        return Some(vec![match node.entries().last() {
            Some((_, last)) => {
                let at = last.span().range().end;
                TextEdit::new(at..at, format!(", {entry}"))
            }
            None => TextEdit::new(node.content_span().range(), format!("{{{entry}}}")),
        }]);
    }
    if node.is_mapping() {
        let (key, _) = node.entries().next()?;
        let indent = column(text, key.span().range().start)?;
        let entry = layout::block(first, &value, indent, line_end);
        return Some(vec![behind(text, node.span().range().end, &entry, line_end)]);
    }
    // `securityContext:` with nothing behind it.
    if node.is_null() && node.span().range().is_empty() {
        let (last, above) = above.split_last()?;
        let holder = above.iter().try_fold(manifest.node(), child)?;
        let Step::Key(name) = last else { return None };
        if holder.style() != Style::Block {
            return None;
        }
        let (key, _) = entry(holder, name)?;
        let indent = column(text, key.span().range().start)? + 2;
        let entry = layout::block(first, &value, indent, line_end);
        return Some(vec![behind(text, key.span().range().end, &entry, line_end)]);
    }
    None
}

fn remove(manifest: &Manifest, text: &str, route: &Route) -> Option<TextEdit> {
    let (holder, last) = holder(manifest, route)?;
    let (number, parts): (usize, Vec<Range<usize>>) = match last {
        Step::Key(name) => {
            let (key, _) = entry(holder, name)?;
            let number = holder.entries().position(|(other, _)| other == key)?;
            (number, entries(holder))
        }
        Step::Index(index) => (
            *index as usize,
            holder.items().map(|item| item.span().range()).collect(),
        ),
    };
    remove_part(text, holder, &parts, number)
}

fn remove_repeated(manifest: &Manifest, text: &str, span: Span) -> Option<TextEdit> {
    let start = span.start.checked_sub(manifest.offset)?;
    let doc = &manifest.doc;
    let count = u32::try_from(doc.node_count()).ok()?;
    let mappings = (0..count)
        .filter_map(|id| doc.get_node(id))
        .filter(|node| node.is_mapping() && !node.is_alias());
    mappings.into_iter().find_map(|mapping| {
        let number = mapping.entries().position(|(key, _)| key.span().start == start)?;
        remove_part(text, mapping, &entries(mapping), number)
    })
}

fn entries(mapping: NodeRef<'_>) -> Vec<Range<usize>> {
    mapping
        .entries()
        .map(|(key, value)| key.span().range().start..value.span().range().end.max(key.span().range().end))
        .collect()
}

/// Takes out one of several parts of a collection; the last one that is left cannot go, for then it would be null.
fn remove_part(text: &str, holder: NodeRef<'_>, parts: &[Range<usize>], number: usize) -> Option<TextEdit> {
    if parts.len() < 2 {
        return None;
    }
    let part = parts.get(number)?;
    let next = parts.get(number + 1);
    if holder.style() == Style::Flow {
        let range = match next {
            Some(next) => part.start..next.start,
            None => parts.get(number.checked_sub(1)?)?.end..part.end,
        };
        return Some(TextEdit::new(range, ""));
    }
    let start = text[..part.start].rfind('\n').map_or(0, |at| at + 1);
    let before = &text[start..part.start];
    let dash = if holder.is_sequence() {
        before
            .strip_suffix(' ')
            .map(|before| before.trim_end_matches(' '))
    } else {
        None
    };
    let indent = match dash {
        Some(before) => before.strip_suffix('-')?,
        None => before,
    };
    if indent.bytes().all(|byte| byte == b' ') {
        let end = if text[..part.end].ends_with('\n') {
            part.end
        } else {
            text[part.end..]
                .find('\n')
                .map_or(text.len(), |at| part.end + at + 1)
        };
        return Some(TextEdit::new(start..end, ""));
    }
    // The first key of a list's item, behind its dash: the next one takes its place.
    let next = next?;
    text[part.end..next.start]
        .trim()
        .is_empty()
        .then(|| TextEdit::new(part.start..next.start, ""))
}

/// How far a key stands from the start of its line; dashes of a list's item count.
fn column(text: &str, at: usize) -> Option<usize> {
    let before = text[..at].rsplit('\n').next()?;
    before
        .bytes()
        .all(|byte| matches!(byte, b' ' | b'-'))
        .then_some(before.len())
}

/// Puts whole lines behind the line on which something ends.
fn behind(text: &str, end: usize, lines: &str, line_end: &str) -> TextEdit {
    // A block scalar ends behind its line.
    if text[..end].ends_with('\n') {
        return TextEdit::new(end..end, lines);
    }
    match text[end..].find('\n') {
        Some(at) => TextEdit::new(end + at + 1..end + at + 1, lines),
        None => {
            let lines = lines.strip_suffix(line_end).unwrap_or(lines);
            TextEdit::new(text.len()..text.len(), format!("{line_end}{lines}"))
        }
    }
}

/// How the lines of a text end: as its first.
fn line_end(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}
