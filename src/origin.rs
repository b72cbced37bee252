//! Findings in what templates printed, led back to the lines a person must change.
//!
//! Nothing here runs unless a finding is in rendered text. Then the templates concerned are rendered once more, watched.
//! Invariant: no trail is better than a wrong one; a place without one is shown in the rendered text, as before.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_yaml::{NodeRef, Span};

use crate::finding::locate::{self, entry};
use crate::finding::trail::{Blamed, Trail, Trails};
use crate::finding::{Anchor, Finding, Part};
use crate::manifest::{Manifest, ManifestSet, Step};
use crate::render::helm::{self, Asked};
use crate::render::jinja::TEMPLATE_ERROR;
use crate::render::question::{Inner, Lack, Meant, Point, Question};
use crate::render::{Capabilities, Options, Parses, Release, RenderedFile};
use crate::source::{self, SourceId, SourceMap};
use crate::values::Values;

/// A release that was rendered.
#[derive(Debug)]
pub struct Printed {
    /// What its charts saw as values.
    pub values: Values,
    /// What its templates printed, by the text it became.
    pub files: BTreeMap<SourceId, RenderedFile>,
}

/// With what it was rendered.
pub struct Again<'r> {
    /// The release.
    pub release: &'r Release,
    /// What templates learn of the cluster.
    pub capabilities: &'r Capabilities,
    /// How to render.
    pub options: &'r Options,
    /// The templates, parsed.
    pub parses: &'r Parses,
    /// The texts of the run.
    pub sources: &'r SourceMap,
}

/// Where what the findings point at was written, as far as it is in what templates printed.
pub fn trails(findings: &[Finding], manifests: &ManifestSet, printed: &Printed, again: &Again<'_>) -> Trails {
    let mut asked: BTreeMap<SourceId, Vec<(Blamed, Question)>> = BTreeMap::new();
    for finding in findings {
        let related = finding.related.iter().map(|related| &related.at);
        for anchor in std::iter::once(&finding.at).chain(related) {
            let Some(span) = locate::span(manifests, anchor) else {
                continue;
            };
            if let Some(file) = printed.files.get(&span.file) {
                let mut question = question(anchor, span, manifests);
                if *anchor == finding.at {
                    narrow(&mut question, &finding.message, &file.bytes);
                }
                let key = (anchor.clone(), finding.rule.name);
                asked.entry(span.file).or_default().push((key, question));
            }
        }
    }
    let failed = if findings.iter().any(|finding| finding.rule == &TEMPLATE_ERROR) {
        helm::silent(&printed.values, printed.files.values().map(|file| &*file.name))
    } else {
        BTreeSet::new()
    };
    if asked.is_empty() && failed.is_empty() {
        return Trails::new();
    }
    let by_name = asked.iter().filter_map(|(source, questions)| {
        let file = printed.files.get(source)?;
        let questions = questions.iter().map(|(_, question)| question.clone()).collect();
        Some((file.name.as_str(), (file.bytes.as_slice(), questions)))
    });
    let mut answered = helm::trails(
        &printed.values,
        again.release,
        again.capabilities,
        again.options,
        again.parses,
        again.sources,
        &Asked {
            places: by_name.collect(),
            failed,
        },
    );
    let mut trails = Trails::new();
    for (at, value) in answered.failed {
        let trail = Trail {
            values: Some(value),
            templates: vec![at],
        };
        trails.insert((Anchor::Text(at), TEMPLATE_ERROR.name), trail);
    }
    for (source, questions) in asked {
        let name = printed.files.get(&source).map(|file| file.name.as_str());
        let found = name
            .and_then(|name| answered.places.remove(name))
            .unwrap_or_default();
        for ((key, _), trail) in questions.into_iter().zip(found) {
            if let Some(trail) = trail {
                trails.insert(key, trail);
            }
        }
    }
    trails
}

/// Asks for the part of a scalar that a message blames: of an image with "the tag `latest`" the tag, whatever the rest was
/// made of. That is the last word it quotes, if it is a part of the scalar; one before may be so by chance.
fn narrow(question: &mut Question, message: &str, printed: &[u8]) {
    let Some(text) = question
        .text
        .as_deref()
        .filter(|_| question.meant == Meant::Value)
    else {
        return;
    };
    let last = message.split('`').skip(1).step_by(2).last();
    let Some(part) = last.filter(|word| !word.is_empty() && *word != text && text.contains(word)) else {
        return;
    };
    let shown = printed.get(question.at..question.at + question.length);
    let shown = shown.and_then(|bytes| std::str::from_utf8(bytes).ok());
    if let Some(at) = shown.and_then(|shown| shown.rfind(part)) {
        question.at += at;
        question.length = part.len();
        question.text = Some(part.to_owned());
    }
}

fn question(anchor: &Anchor, span: source::Span, manifests: &ManifestSet) -> Question {
    let mut question = Question {
        at: span.start as usize,
        length: (span.end - span.start) as usize,
        meant: Meant::Value,
        text: None,
        path: Vec::new(),
        inner: Vec::new(),
        lacks: None,
    };
    let Anchor::Route(number, route, part) = anchor else {
        return question;
    };
    let manifest = manifests.get(*number);
    let mut node = manifest.node();
    question.meant = match part {
        Part::Value => Meant::Value,
        Part::Key | Part::Instead(_) => Meant::Key,
        Part::Missing => Meant::Missing,
    };
    for step in route.steps() {
        let Some((point, next)) = point(manifest, node, step) else {
            question.meant = Meant::Missing;
            if let Step::Key(key) = step {
                question.lacks = Some(Lack {
                    key: key.to_string(),
                    end: manifest.span(node.span()).end as usize,
                });
            }
            break;
        };
        question.path.push(point);
        node = next;
    }
    // Where something is missing in what is empty, that is what was written and is to be changed.
    if let Some(empty) = empty_text(node).filter(|_| question.meant == Meant::Missing) {
        let own = manifest.span(node.span());
        // Behind a key with nothing, a guard may have left out what should be there.
        let key = match question.path.last().map(|point| &point.step) {
            Some(Step::Key(key)) if node.is_null() => Some(key.to_string()),
            _ => None,
        };
        return Question {
            at: own.start as usize,
            length: (own.end - own.start) as usize,
            meant: Meant::Value,
            text: Some(empty.to_owned()),
            lacks: key.map(|key| Lack {
                key,
                end: own.end as usize,
            }),
            ..question
        };
    }
    question.text = match (question.meant, question.path.last().map(|point| &point.step)) {
        (Meant::Value, _) => node.is_scalar().then(|| node.str().to_owned()),
        (_, Some(Step::Key(key))) => Some(key.to_string()),
        _ => None,
    };
    if question.meant != Meant::Key {
        question.inner = inner(manifest, node);
    }
    question
}

/// How a mapping, a list or a value that holds nothing is printed; `None` for any other.
fn empty_text(node: NodeRef<'_>) -> Option<&str> {
    match (node.entries().next(), node.items().next()) {
        (None, None) if node.is_mapping() => Some("{}"),
        (None, None) if node.is_sequence() => Some("[]"),
        (None, None) if node.is_null() => Some(node.str()),
        _ => None,
    }
}

/// What a step leads to, and where it begins.
fn point<'m>(manifest: &Manifest, node: NodeRef<'m>, step: &Step) -> Option<(Point, NodeRef<'m>)> {
    let at = |span: Span| manifest.span(span).start as usize;
    let (begins, next, before) = match step {
        Step::Key(name) => {
            let (key, value) = entry(node, name)?;
            (key.unwrap_or_else(|| value.span()), value, Vec::new())
        }
        Step::Index(index) => {
            let item = node.item(*index as usize)?;
            let before = node.items().take(*index as usize).map(|item| at(item.span()));
            (item.span(), item, before.collect())
        }
    };
    let point = Point {
        at: at(begins),
        step: step.clone(),
        before,
    };
    Some((point, next))
}

/// The first and the last of what a mapping or a list holds.
fn inner(manifest: &Manifest, node: NodeRef<'_>) -> Vec<Inner> {
    let items: Vec<NodeRef<'_>> = node.items().collect();
    let ends = |count: usize| [0, count.saturating_sub(1)].into_iter().take(count);
    let mut inner: Vec<Inner> = ends(items.len())
        .filter_map(|index| {
            let (point, item) = point(manifest, node, &Step::from(index))?;
            Some(Inner {
                point,
                meant: Meant::Value,
                text: item.is_scalar().then(|| item.str().to_owned()),
            })
        })
        .collect();
    let keys: Vec<&str> = node
        .entries()
        .map(|(key, _)| key)
        .filter(|key| key.is_scalar())
        .map(NodeRef::str)
        .collect();
    inner.extend(ends(keys.len()).filter_map(|index| {
        let key = *keys.get(index)?;
        Some(Inner {
            point: point(manifest, node, &Step::from(key))?.0,
            meant: Meant::Key,
            text: Some(key.to_owned()),
        })
    }));
    inner
}
