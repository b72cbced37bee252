//! The notes that may hold for a place, found without asking every note.

use std::collections::{BTreeMap, HashMap};

use super::{Scope, Suppression};
use crate::finding::Anchor;
use crate::manifest::ManifestId;
use crate::source::{SourceId, Span};

/// Notes by what they are about.
#[derive(Debug, Default)]
pub(super) struct Index {
    of_objects: HashMap<ManifestId, Vec<usize>>,
    of_texts: BTreeMap<SourceId, Vec<Stretch>>,
}

/// The part of a text that a note is about.
#[derive(Debug)]
struct Stretch {
    start: u32,
    note: usize,
    /// Where the last of this stretch and those before it ends.
    all_end: u32,
}

impl Index {
    pub(super) fn of(notes: &[Suppression]) -> Self {
        let mut index = Self::default();
        let mut ends = HashMap::new();
        for (number, note) in notes.iter().enumerate() {
            match &note.scope {
                Scope::Object(object) | Scope::Part(object, _) => {
                    index.of_objects.entry(*object).or_default().push(number);
                }
                Scope::Text(text) => {
                    ends.insert(number, text.end);
                    index.of_texts.entry(text.file).or_default().push(Stretch {
                        start: text.start,
                        note: number,
                        all_end: 0,
                    });
                }
            }
        }
        for stretches in index.of_texts.values_mut() {
            stretches.sort_by_key(|stretch| (stretch.start, stretch.note));
            let mut all_end = 0;
            for stretch in stretches {
                all_end = all_end.max(ends[&stretch.note]);
                stretch.all_end = all_end;
            }
        }
        index
    }

    /// The numbers of the notes whose scope may hold an anchor at a span: all that do, and few others.
    pub(super) fn near(&self, at: &Anchor, span: Option<Span>) -> impl Iterator<Item = usize> {
        let of_object = match at {
            Anchor::Route(object, ..) => self.of_objects.get(object),
            Anchor::Text(_) | Anchor::File(_) => None,
        };
        let of_text = span.into_iter().flat_map(|span| {
            let stretches = self.of_texts.get(&span.file).map_or(&[][..], Vec::as_slice);
            let begun = stretches.partition_point(|stretch| stretch.start <= span.start);
            let open = stretches[..begun].iter().rev();
            open.take_while(move |stretch| stretch.all_end > span.start)
                .map(|stretch| stretch.note)
        });
        of_object.into_iter().flatten().copied().chain(of_text)
    }
}
