//! Suppressions in comments: at the end of a line for that line, above a block for the block.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_yaml::{Comment, LineIndex};

use super::words::{of_peer, read as read_words, trivy_id};
use super::{Context, Scope, Suppression, block};
use crate::finding::{Anchor, Finding};
use crate::manifest::Manifest;
use crate::source::Span;

const OURS: &str = "plimsoll:";
const TRIVY: &str = "trivy:ignore:";
const CHECKOV: &str = "checkov:skip=";

pub(super) fn read(context: &Context<'_, '_>, notes: &mut Vec<Suppression>, problems: &mut Vec<Finding>) {
    // The items of a `List` share a document, and the documents of a stream share a text: it is searched once, and lines
    // are counted only in one that speaks to us.
    let mut seen = BTreeSet::new();
    let mut texts = BTreeMap::new();
    for manifest in context.fleet.manifests() {
        let place = (manifest.source, manifest.offset);
        let lines = texts.entry(place).or_insert_with(|| {
            let text = manifest.doc.source();
            let has = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
            [OURS, TRIVY, CHECKOV]
                .into_iter()
                .any(has)
                .then(|| LineIndex::new(text))
        });
        if let Some(lines) = lines
            && seen.insert((place, manifest.doc.index()))
        {
            read_document(manifest, lines, context, notes, problems);
        }
    }
}

fn read_document(
    manifest: &Manifest,
    lines: &LineIndex,
    context: &Context<'_, '_>,
    notes: &mut Vec<Suppression>,
    problems: &mut Vec<Finding>,
) {
    let doc = &manifest.doc;
    let comments = doc.comments(lines);
    for comment in comments.all() {
        let text = comments.text(comment);
        let at = Anchor::Text(manifest.span(comment.span));
        let (rules, until) = if let Some(words) = text.strip_prefix(OURS) {
            match words.trim_start().strip_prefix("ignore") {
                Some(words) => read_words(words, &at, context, problems),
                // Other words to us are other features.
                None => continue,
            }
        } else if let Some(id) = text.strip_prefix(TRIVY) {
            let id = id.split_whitespace().next().unwrap_or_default();
            (of_peer("trivy", &trivy_id(id), context), None)
        } else if let Some(check) = text.strip_prefix(CHECKOV) {
            let check = check.split(':').next().unwrap_or_default().trim();
            (of_peer("checkov", check, context), None)
        } else {
            continue;
        };
        if rules.is_empty() {
            continue;
        }
        // Checkov's comments hold for the resource they are in, wherever they stand.
        let range = if text.starts_with(CHECKOV) {
            doc.span()
        } else {
            range_of(manifest, comment)
        };
        notes.push(Suppression {
            rules,
            scope: Scope::Text(Span::in_part(manifest.source, manifest.offset, range)),
            at,
            until,
            is_ours: text.starts_with(OURS),
        });
    }
}

/// The bytes of the document that a comment speaks of.
fn range_of(manifest: &Manifest, comment: &Comment) -> plimsoll_yaml::Span {
    let doc = &manifest.doc;
    let text = doc.source();
    if !comment.own_line {
        let before = text.get(..comment.span.start as usize).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        return plimsoll_yaml::Span::new(u32::try_from(start).unwrap_or(u32::MAX), comment.span.end);
    }
    // Above the first key of an object, it speaks of the object.
    if comment.span.end <= doc.root().span().start {
        return doc.span();
    }
    block::below(text, comment.span.end)
}
