//! From a place in what a template printed back to the template and to the value.
//!
//! Text leads to its bytes in the template. What an action printed leads to what it got: the lines of templates it included,
//! found among its own by their text without indentation and quotes, so any function that keeps lines keeps the way; the
//! entries of values it read, found by the keys between the action's output and the place; or a value whose text it printed.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use plimsoll_gotpl::value::Value;
use plimsoll_gotpl::{Tree, print};

use super::record::{Buffer, From, Held, Piece, Read, Recorder};
use crate::finding::trail::Trail;
use crate::manifest::Step;
use crate::render::question::{Lack, Meant, Point, Question};
use crate::source::{SourceId, Span};
use crate::values::{Datum, Item, Values};

/// How deep includes are followed.
const MAX_DEPTH: u32 = 64;
/// The longest text of a value that is looked for in what was printed.
const MAX_TEXT: usize = 4 << 10;

/// Answers questions about the run that a recorder watched last.
pub(super) struct Answers<'r, 'v> {
    pub(super) run: &'r Recorder<'v>,
    pub(super) values: &'v Values,
    /// The texts of templates by Helm's path.
    pub(super) texts: &'r BTreeMap<&'v str, SourceId>,
    /// What holds each table and list.
    pub(super) holders: &'r HashMap<Held, Item>,
}

/// The entries and items that hold the tables and lists of the values.
pub(super) fn holders(values: &Values) -> HashMap<Held, Item> {
    let tree = &values.tree;
    let entries = tree.table_ids().flat_map(|id| tree.table(id).values());
    let items = tree.list_ids().flat_map(|id| tree.list(id));
    entries
        .chain(items)
        .filter_map(|item| Some((Held::of(&item.datum)?, item.clone())))
        .collect()
}

/// What a value is, and the table or list it was found in.
struct Found {
    span: Span,
    holder: Option<Held>,
    /// It is a mapping or a list.
    is_container: bool,
}

impl Found {
    fn of(item: &Item, span: Span, holder: Option<Held>) -> Self {
        Self {
            span,
            holder,
            is_container: matches!(item.datum, Datum::Table(_) | Datum::List(_)),
        }
    }
}

/// A way back, under construction.
#[derive(Default)]
struct Way {
    found: Option<Found>,
    templates: Vec<Span>,
}

impl Answers<'_, '_> {
    /// The trail of a place in the output of the run.
    pub(super) fn answer(&self, question: &Question) -> Option<Trail> {
        let way = self.follow(0, question, MAX_DEPTH)?;
        let mut values = way.found.map(|found| found.span);
        if values.is_none() {
            values = self.holder_of_inner(question);
        }
        Some(Trail {
            values,
            templates: way.templates,
        })
    }

    /// The entry of the values that holds all of what a place holds: its content was printed from there.
    fn holder_of_inner(&self, question: &Question) -> Option<Span> {
        let mut holders = Vec::new();
        for inner in &question.inner {
            let mut path = question.path.clone();
            path.push(inner.point.clone());
            let of_inner = Question {
                at: inner.point.at,
                length: 0,
                meant: inner.meant,
                text: inner.text.clone(),
                path,
                inner: Vec::new(),
                lacks: None,
            };
            holders.push(self.follow(0, &of_inner, MAX_DEPTH)?.found?.holder?);
        }
        let first = holders.first()?;
        let is_one = holders.iter().all(|holder| holder == first);
        let holder = self.holders.get(first).filter(|_| is_one)?;
        match question.meant {
            Meant::Value => holder.origin.span(),
            Meant::Key | Meant::Missing => holder.origin.key.or(holder.origin.value),
        }
    }

    fn follow(&self, number: usize, question: &Question, depth: u32) -> Option<Way> {
        let buffer = self.run.buffers.get(number)?;
        let piece = piece_at(buffer, question)?;
        let depth = depth.checked_sub(1)?;
        if question.meant == Meant::Value
            && let Some(way) = self.follow_parts(number, buffer, question, depth)
        {
            return Some(way);
        }
        if piece.is_text(&buffer.text) {
            let start = piece.node.start + question.at.saturating_sub(piece.output.start);
            let end = (start + question.length).min(piece.node.end);
            let span = self.span(&piece.tree, start..end)?;
            return Some(Way {
                found: self.withheld(buffer, piece, question),
                templates: self.sites(buffer, piece, span, question),
            });
        }
        let site = self.span(&piece.tree, piece.node.clone());
        let mut way = match self.follow_captured(buffer, piece, question, depth) {
            Some((number, way)) => self.called(way, site.and(self.run.buffers.get(number)), question),
            None => match self.find(buffer, piece, question) {
                None => self
                    .follow_copied(&buffer.text, piece, question, depth)
                    .unwrap_or_default(),
                found => Way {
                    found,
                    templates: Vec::new(),
                },
            },
        };
        if let Some(site) = site {
            way.templates.extend(match way.found {
                None => self.sites(buffer, piece, site, question),
                Some(_) => self.with_callers(piece, site),
            });
        }
        (way.found.is_some() || !way.templates.is_empty()).then_some(way)
    }

    /// Follows the actions that printed parts of a value, if one of them is to blame: a mapping or a list within a text, or
    /// what stands alone between quotes and other signs.
    fn follow_parts(&self, number: usize, buffer: &Buffer, question: &Question, depth: u32) -> Option<Way> {
        let end = question.at + question.length;
        let after = buffer
            .pieces
            .partition_point(|piece| piece.output.end <= question.at);
        let parts: Vec<&Piece> = buffer
            .pieces
            .get(after..)?
            .iter()
            .take_while(|piece| piece.output.start < end)
            .filter(|piece| !piece.output.is_empty())
            .collect();
        if parts.len() < 2 {
            return None;
        }
        let (texts, actions): (Vec<&Piece>, Vec<&Piece>) =
            parts.into_iter().partition(|piece| piece.is_text(&buffer.text));
        let is_sign = |byte: &u8| !byte.is_ascii_alphanumeric();
        let is_bare = texts.iter().all(|piece| {
            let range = piece.output.start.max(question.at)..piece.output.end.min(end);
            buffer
                .text
                .get(range)
                .is_some_and(|text| text.iter().all(is_sign))
        });
        let mut ways: Vec<(usize, Way)> = Vec::new();
        for piece in actions {
            let range = piece.output.start.max(question.at)..piece.output.end.min(end);
            let part = Question {
                at: range.start,
                length: range.len(),
                text: buffer
                    .text
                    .get(range.clone())
                    .map(|text| String::from_utf8_lossy(text).into_owned()),
                ..question.clone()
            };
            if let Some(way) = self.follow(number, &part, depth)
                && way.found.is_some()
            {
                ways.push((range.len(), way));
            }
        }
        let is_container =
            |(_, way): &(usize, Way)| way.found.as_ref().is_some_and(|found| found.is_container);
        if let Some(at) = ways.iter().position(is_container) {
            return Some(ways.swap_remove(at).1);
        }
        ways.into_iter()
            .filter(|_| is_bare)
            .max_by_key(|(length, _)| *length)
            .map(|(_, way)| way)
    }

    fn with_callers(&self, piece: &Piece, span: Span) -> Vec<Span> {
        let callers = piece.callers();
        let sites = callers.filter_map(|call| self.span(&call.tree, call.node.clone()));
        std::iter::once(span).chain(sites).collect()
    }

    /// A place with what included it, innermost first. What only composes a part of the value, such as a name of the release's,
    /// is left out: the template that asked for it chose what stands there.
    fn sites(&self, buffer: &Buffer, piece: &Piece, span: Span, question: &Question) -> Vec<Span> {
        let mut spans = vec![span];
        for call in piece.callers() {
            let of_call = buffer.pieces.iter().filter(|piece| piece.is_within(call));
            let site = self.span(&call.tree, call.node.clone());
            if site.is_some() && is_composed(&buffer.text, of_call, question) {
                spans.clear();
            }
            spans.extend(site);
        }
        spans
    }

    /// The way into what was captured, unless that only composed a part of the value: then what asked for it is the place.
    fn called(&self, way: Way, captured: Option<&Buffer>, question: &Question) -> Way {
        let is_part =
            captured.is_some_and(|captured| is_composed(&captured.text, captured.pieces.iter(), question));
        if is_part && way.found.is_none() {
            return Way::default();
        }
        way
    }

    /// The value that a template read while it printed a mapping, and found empty: so it left out the key of that name.
    fn withheld(&self, buffer: &Buffer, piece: &Piece, question: &Question) -> Option<Found> {
        let lacks = question.lacks.as_ref()?;
        let behind = buffer.pieces.iter().find(|piece| piece.output.start >= lacks.end);
        let until = behind.map_or(buffer.reads_then, |behind| behind.reads.start);
        let reads = self.run.reads.get(piece.reads.start..until)?;
        let empty = reads
            .iter()
            .filter(|read| self.key_of(read) == Some(&lacks.key) && !read.value.truth());
        only(empty.filter_map(|read| self.found(read)))
    }

    /// A part of a template's text; none of a text given to `tpl`.
    fn span(&self, tree: &Arc<Tree>, range: Range<usize>) -> Option<Span> {
        let source = *self.texts.get(&*tree.source().name)?;
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Some(Span::new(source, offset(range.start), offset(range.end)))
    }

    /// Follows a place into what the action's functions got from templates.
    fn follow_captured(
        &self,
        buffer: &Buffer,
        piece: &Piece,
        question: &Question,
        depth: u32,
    ) -> Option<(usize, Way)> {
        let own: Vec<usize> = self.asked_by(piece, piece.captured.clone());
        let lines = Lines::of(&buffer.text, piece.output.clone());
        let earlier = self.asked_by(piece, 0..piece.captured.start).into_iter().rev();
        let groups = std::iter::once(own.clone()).chain(earlier.map(|one| vec![one]));
        for group in groups.filter(|group| !group.is_empty()) {
            let texts: Vec<(usize, Lines<'_>)> = group
                .iter()
                .filter_map(|number| {
                    let text = &self.run.buffers.get(*number)?.text;
                    Some((*number, Lines::of(text, 0..text.len())))
                })
                .collect();
            let Some((number, _)) = lines.find_in(question.at, &texts) else {
                continue;
            };
            let map = |at: usize| lines.find_in(at, &texts).filter(|(other, _)| *other == number);
            if let Some(inner) = mapped(question, |at| map(at).map(|(_, at)| at))
                && let Some(way) = self.follow(number, &inner, depth)
            {
                return Some((number, way));
            }
        }
        None
    }

    /// Follows a place into what some template had printed before: it was read (`fromYaml`) and printed again elsewhere.
    fn follow_copied(&self, text: &[u8], piece: &Piece, question: &Question, depth: u32) -> Option<Way> {
        let lines = Lines::of(text, piece.output.clone());
        let before = self.run.buffers.get(..piece.captured.start)?.iter().enumerate();
        let finished = before
            .rev()
            .filter(|(_, buffer)| buffer.reads_then <= piece.reads.start);
        let mut found = finished.filter_map(|(number, buffer)| {
            let other = [(number, Lines::of(&buffer.text, 0..buffer.text.len()))];
            let map = |at: usize| lines.find_in(at, &other).map(|(_, at)| at);
            self.follow(number, &mapped(question, map)?, depth)
        });
        found.next()
    }

    /// The outputs that a template's run asked for, of those in a range.
    fn asked_by(&self, piece: &Piece, range: Range<usize>) -> Vec<usize> {
        let numbers = range.clone().zip(self.run.buffers.get(range).unwrap_or_default());
        numbers
            .filter(|(_, buffer)| buffer.asked_by == Some(piece.frame))
            .map(|(number, _)| number)
            .collect()
    }

    /// The value that an action printed at a place.
    fn find(&self, buffer: &Buffer, piece: &Piece, question: &Question) -> Option<Found> {
        let reads = self.run.reads.get(piece.reads.clone())?;
        let before = self.run.reads.get(..piece.reads.start)?;
        let path = path_within(piece, question);
        let printed = String::from_utf8_lossy(buffer.text.get(piece.output.clone())?);
        self.by_path(reads, &path, question)
            .or_else(|| self.by_key(reads, before, question))
            .or_else(|| self.by_emptiness(reads, question))
            .or_else(|| self.by_text(reads, before, &printed, question))
            .or_else(|| self.by_path(before, &path, question))
            .or_else(|| self.by_shape(&path, question))
    }

    /// By the keys between the action's output and the place, in a container that was read.
    fn by_path(&self, reads: &[Read], path: &[Step], question: &Question) -> Option<Found> {
        let containers: Vec<Held> = reads
            .iter()
            .rev()
            .filter_map(|read| self.run.container(&read.value))
            .collect();
        let entry_in = |suffix: &[Step], is_alike: &dyn Fn(&Item) -> bool| {
            containers.iter().find_map(|container| {
                let (item, holder) = self.walk(*container, suffix)?;
                let span = match question.meant {
                    Meant::Value => item.origin.value.or(item.origin.key),
                    Meant::Key | Meant::Missing => item.origin.key.or(item.origin.value),
                }?;
                is_alike(&item).then(|| Found::of(&item, span, holder))
            })
        };
        let text = match question.meant {
            Meant::Value => question.text.as_deref(),
            Meant::Key | Meant::Missing => None,
        };
        let is_same = |item: &Item| text.is_none_or(|text| is_text_of(text, &item.datum));
        (0..path.len())
            .find_map(|skipped| entry_in(path.get(skipped..)?, &is_same))
            .or_else(|| entry_in(Some(path).filter(|path| !path.is_empty())?, &|_| true))
    }

    /// In the only place of all values that has the keys before the place, for what was copied.
    fn by_shape(&self, path: &[Step], question: &Question) -> Option<Found> {
        let tree = &self.values.tree;
        let text = question
            .text
            .as_deref()
            .filter(|_| question.meant == Meant::Value);
        (0..path.len()).find_map(|skipped| {
            let suffix = path.get(skipped..)?;
            let tables = tree.table_ids().map(Held::Table);
            only(tables.chain(tree.list_ids().map(Held::List)).filter_map(|held| {
                let (item, holder) = self.walk(held, suffix)?;
                let span = match question.meant {
                    Meant::Value => item.origin.span(),
                    Meant::Key | Meant::Missing => item.origin.key.or(item.origin.value),
                }?;
                let is_same = text.is_none_or(|text| is_text_of(text, &item.datum));
                is_same.then(|| Found::of(&item, span, holder))
            }))
        })
    }

    fn walk(&self, container: Held, path: &[Step]) -> Option<(Item, Option<Held>)> {
        let tree = &self.values.tree;
        let mut at = container;
        let mut steps = path.iter().peekable();
        while let Some(step) = steps.next() {
            let item = match (at, step) {
                (Held::Table(table), Step::Key(key)) => tree.table(table).get(key.as_str())?,
                (Held::List(list), Step::Index(index)) => tree.list(list).get(*index as usize)?,
                _ => return None,
            };
            if steps.peek().is_none() {
                return Some((item.clone(), Some(at)));
            }
            at = Held::of(&item.datum)?;
        }
        None
    }

    /// A key that a loop printed.
    fn by_key(&self, reads: &[Read], before: &[Read], question: &Question) -> Option<Found> {
        let key = question
            .text
            .as_deref()
            .filter(|_| question.meant == Meant::Key)?;
        before.iter().chain(reads).rev().find_map(|read| match read.from {
            From::Entry(table, index) => {
                let (name, item) = self.values.tree.table(table).get_index(index)?;
                let span = item.origin.key.filter(|_| **name == *key)?;
                Some(Found::of(item, span, Some(Held::Table(table))))
            }
            _ => None,
        })
    }

    /// The empty mapping, list or nothing that was read last, where nothing was printed or what is empty; the table it is not in.
    fn by_emptiness(&self, reads: &[Read], question: &Question) -> Option<Found> {
        let text = question
            .text
            .as_deref()
            .filter(|_| question.meant == Meant::Value)?;
        let is_empty = |read: &&Read| {
            matches!(read.value, Value::Nil | Value::Map(_) | Value::List(_)) && !read.value.truth()
        };
        matches!(text, "" | "null" | "~" | "{}" | "[]").then_some(())?;
        let found = reads
            .iter()
            .rev()
            .filter(is_empty)
            .find_map(|read| self.found(read));
        found.or_else(|| match reads {
            [.., table, absent] if is_empty(&absent) && absent.key.is_some() => {
                let (item, holder) = self.entry(table)?;
                Some(Found::of(&item, item.origin.key?, holder))
            }
            _ => None,
        })
    }

    /// By the text: the value that is the place's, else the longest that is part of the place, or that the place is a part of.
    fn by_text(&self, reads: &[Read], before: &[Read], printed: &str, question: &Question) -> Option<Found> {
        let printed = printed.trim();
        let texts: Vec<(usize, String)> = reads
            .iter()
            .enumerate()
            .filter_map(|(number, read)| Some((number, text_of(&read.value)?)))
            .filter(|(_, text)| !text.trim().is_empty())
            .collect();
        let wanted = question.text.as_deref();
        let equal = texts.iter().rev().filter(|(_, text)| {
            let text = text.trim();
            Some(text) == wanted || text == printed
        });
        let is_misfit = |number: usize, text: &str| {
            let read = reads.get(number);
            read.is_some_and(|read| is_misfit(&read.value, text, printed))
        };
        let is_of_wanted =
            |text: &str| wanted.is_some_and(|wanted| wanted.contains(text) || text.contains(wanted));
        let mut contained: Vec<&(usize, String)> = texts
            .iter()
            .filter(|(number, text)| {
                printed.contains(text.trim()) && (is_misfit(*number, text) || is_of_wanted(text.trim()))
            })
            .collect();
        contained
            .sort_by_key(|(number, text)| std::cmp::Reverse((is_misfit(*number, text), text.len(), *number)));
        for (number, _) in equal.chain(contained) {
            let read = reads.get(*number)?;
            match read.from {
                // It is known, and no value.
                From::Elsewhere => return None,
                From::Unknown => {
                    let earlier = before.iter().chain(reads.get(..*number)?);
                    if let Some(found) = self.read_before(earlier, read) {
                        return Some(found);
                    }
                }
                _ => {
                    if let Some(found) = self.found(read) {
                        return Some(found);
                    }
                }
            }
        }
        // What prints something else of one value, such as its hash.
        let of_values: Vec<&Read> = texts
            .iter()
            .filter_map(|(number, _)| reads.get(*number).filter(|read| self.entry(read).is_some()))
            .collect();
        match of_values.as_slice() {
            [only] => self.found(only),
            _ => None,
        }
    }

    /// Where a value comes from that a variable held, or a map that the template made: the last one read with its key and its
    /// text, or the only one there is in all values; then the same without the key, unless the last one read was no value.
    fn read_before<'e>(
        &self,
        earlier: impl DoubleEndedIterator<Item = &'e Read> + Clone,
        read: &Read,
    ) -> Option<Found> {
        let is_same = |item: &Item| self.is_value(&read.value, &item.datum, MAX_DEPTH);
        let text = text_of(&read.value);
        let last = |key: Option<&str>| {
            earlier.clone().rev().find_map(|before| {
                if key.is_none() && before.from == From::Elsewhere && text_of(&before.value) == text {
                    return Some(None);
                }
                let is_key = key.is_none() || self.key_of(before) == key;
                self.entry(before)
                    .filter(|(item, _)| is_key && is_same(item))
                    .and_then(|_| self.found(before))
                    .map(Some)
            })
        };
        let by_key = read.key.as_deref().and_then(|key| {
            let last = last(Some(key)).flatten();
            last.or_else(|| self.only_entry(|name, item| name == key && is_same(item)))
        });
        by_key.or_else(|| {
            last(None).unwrap_or_else(|| {
                let is_common = text
                    .as_deref()
                    .is_none_or(|text| text.len() < 4 || text == "false");
                self.only_entry(|_, item| !is_common && is_same(item))
            })
        })
    }

    /// Whether a value of a template is, or is a copy of, a value.
    fn is_value(&self, value: &Value, datum: &Datum, depth: u32) -> bool {
        let tree = &self.values.tree;
        let Some(depth) = depth.checked_sub(1) else {
            return false;
        };
        match (value, datum) {
            (Value::Map(map), Datum::Table(table)) => {
                let table = tree.table(*table);
                map.len() == table.len()
                    && table.iter().all(|(key, item)| {
                        map.get(&**key)
                            .is_some_and(|value| self.is_value(&value, &item.datum, depth))
                    })
            }
            (Value::List(list), Datum::List(other)) => {
                let other = tree.list(*other);
                list.len() == other.len()
                    && list
                        .iter()
                        .zip(other)
                        .all(|(value, item)| self.is_value(&value, &item.datum, depth))
            }
            (Value::Map(_) | Value::List(_), _) => false,
            (value, datum) => text_of(value).is_some_and(|text| is_text_of(&text, datum)),
        }
    }

    fn key_of(&self, read: &Read) -> Option<&str> {
        match read.from {
            From::Entry(table, index) => {
                let (key, _) = self.values.tree.table(table).get_index(index)?;
                Some(key)
            }
            _ => None,
        }
    }

    /// The entry or item of all values that is alike, if there is only one; copies of it count as it.
    fn only_entry(&self, is_alike: impl Fn(&str, &Item) -> bool) -> Option<Found> {
        let tree = &self.values.tree;
        let is_alike = &is_alike;
        let entries = tree.table_ids().flat_map(|id| {
            let alike = tree.table(id).iter().filter(|(key, item)| is_alike(key, item));
            alike.map(move |(_, item)| (Held::Table(id), item))
        });
        let items = tree.list_ids().flat_map(|id| {
            let alike = tree.list(id).iter().filter(|item| is_alike("", item));
            alike.map(move |item| (Held::List(id), item))
        });
        only(
            entries
                .chain(items)
                .filter_map(|(holder, item)| Some(Found::of(item, item.origin.span()?, Some(holder)))),
        )
    }

    /// The value that an error is about: of those read last, one that has the type, or the text, that its message names.
    pub(super) fn blamed(&self, message: &str) -> Option<Span> {
        /// How many reads may have been made since.
        const BACK: usize = 16;
        let named = ["; got ", " in type ", "iterate over "]
            .iter()
            .find_map(|mark| Some(message.rsplit_once(mark)?.1));
        let reads = &self.run.reads;
        let from = reads.len().saturating_sub(BACK);
        (from..reads.len()).rev().find_map(|number| {
            let read = reads.get(number)?;
            let ty = read.value.ty().to_string();
            let text = text_of(&read.value).filter(|text| text.len() > 1);
            let is_named = match named {
                Some(named) => {
                    named.starts_with(&ty) || text.as_ref().is_some_and(|text| named.starts_with(&**text))
                }
                None => ty != "string" && message.contains(&ty),
            };
            if !is_named {
                return None;
            }
            match read.from {
                From::Unknown => self.read_before(reads.get(..number)?.iter(), read),
                _ => self.found(read),
            }
            .map(|found| found.span)
        })
    }

    fn entry(&self, read: &Read) -> Option<(Item, Option<Held>)> {
        let tree = &self.values.tree;
        match read.from {
            From::Entry(table, index) => {
                let (_, item) = tree.table(table).get_index(index)?;
                Some((item.clone(), Some(Held::Table(table))))
            }
            From::Item(list, index) => Some((tree.list(list).get(index)?.clone(), Some(Held::List(list)))),
            From::Whole(held) => Some((self.holders.get(&held)?.clone(), None)),
            From::Elsewhere | From::Unknown => None,
        }
    }

    fn found(&self, read: &Read) -> Option<Found> {
        let (item, holder) = self.entry(read)?;
        Some(Found::of(&item, item.origin.span()?, holder))
    }
}

/// Whether some pieces, with parts that are no plain text, print no more than a part of the value that is asked for.
fn is_composed<'b>(text: &[u8], pieces: impl Iterator<Item = &'b Piece>, question: &Question) -> bool {
    let pieces: Vec<&Piece> = pieces.filter(|piece| !piece.output.is_empty()).collect();
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else {
        return false;
    };
    let printed = text.get(first.output.start..last.output.end);
    let printed = printed
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
        .map(str::trim);
    let wanted = question
        .text
        .as_deref()
        .filter(|_| question.meant == Meant::Value);
    pieces.iter().any(|piece| !piece.is_text(text))
        && printed
            .zip(wanted)
            .is_some_and(|(printed, wanted)| !printed.is_empty() && wanted.contains(printed))
}

/// What was found, if all that was found is the same place.
fn only(mut found: impl Iterator<Item = Found>) -> Option<Found> {
    let first = found.next()?;
    found.all(|other| other.span == first.span).then_some(first)
}

/// The piece that printed a place. What printed nothing there counts where a value is missing.
fn piece_at<'b>(buffer: &'b Buffer, question: &Question) -> Option<&'b Piece> {
    let after = buffer
        .pieces
        .partition_point(|piece| piece.output.end <= question.at);
    let is_empty = question.meant == Meant::Value && question.text.as_deref().is_none_or(str::is_empty);
    if is_empty {
        let line_end = memchr::memchr(b'\n', buffer.text.get(question.at..)?)
            .map_or(buffer.text.len(), |length| question.at + length);
        let from = buffer
            .pieces
            .partition_point(|piece| piece.output.end < question.at);
        let silent = buffer
            .pieces
            .get(from..)?
            .iter()
            .take_while(|piece| piece.output.start <= line_end)
            .find(|piece| piece.output.is_empty() && !piece.is_text(&buffer.text));
        if silent.is_some() {
            return silent;
        }
    }
    buffer.pieces.get(after).or_else(|| buffer.pieces.last())
}

/// The steps that were printed by the piece, with indices counted from its first item.
fn path_within(piece: &Piece, question: &Question) -> Vec<Step> {
    let is_inside = |at: usize| piece.output.contains(&at);
    let mut steps: Vec<Step> = Vec::new();
    for Point { step, before, .. } in question.path.iter().filter(|point| is_inside(point.at)) {
        steps.push(match step {
            Step::Index(_) => Step::from(before.iter().filter(|at| is_inside(**at)).count()),
            key @ Step::Key(_) => key.clone(),
        });
    }
    steps
}

/// A question about another text: places that are not in it fall away.
fn mapped(question: &Question, map: impl Fn(usize) -> Option<usize>) -> Option<Question> {
    let point = |point: &Point| {
        Some(Point {
            at: map(point.at)?,
            step: point.step.clone(),
            before: point.before.iter().filter_map(|at| map(*at)).collect(),
        })
    };
    Some(Question {
        at: map(question.at)?,
        length: question.length,
        meant: question.meant,
        text: question.text.clone(),
        path: question.path.iter().filter_map(point).collect(),
        inner: Vec::new(),
        lacks: question.lacks.as_ref().and_then(|lacks| {
            Some(Lack {
                key: lacks.key.clone(),
                end: map(lacks.end.checked_sub(1)?)? + 1,
            })
        }),
    })
}

/// A question about the text of the first render, asked of that of the second: the same but for `<no value>`, and for what
/// functions such as `randAlpha` and `now` gave.
pub(super) fn moved(question: &Question, printed: &[u8], again: &[u8]) -> Option<Question> {
    if printed == again {
        return Some(question.clone());
    }
    let lines = Lines::of(printed, 0..printed.len());
    let others = [(0, Lines::of(again, 0..again.len()))];
    let is_as_long = lines.lines.len() == others[0].1.lines.len();
    mapped(question, |at| {
        if is_as_long {
            lines.same_line_in(at, &others[0].1)
        } else {
            lines.find_in(at, &others).map(|(_, at)| at)
        }
    })
}

/// The lines of a text, and what of each functions such as `nindent` and `quote` leave alone.
pub(super) struct Lines<'t> {
    text: &'t [u8],
    lines: Vec<Range<usize>>,
}

impl<'t> Lines<'t> {
    pub(super) fn of(text: &'t [u8], range: Range<usize>) -> Self {
        let mut lines = Vec::new();
        let mut start = range.start;
        while start < range.end.min(text.len()) {
            let end = memchr::memchr(b'\n', &text[start..range.end]).map_or(range.end, |at| start + at);
            lines.push(start..end);
            start = end + 1;
        }
        Self { text, lines }
    }

    /// A line without indentation, quotes and trailing blanks.
    fn core(&self, line: &Range<usize>) -> Range<usize> {
        let is_around = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'"' | b'\'');
        let Some(bytes) = self.text.get(line.clone()) else {
            return line.clone();
        };
        let start = bytes.iter().take_while(|byte| is_around(byte)).count();
        let end = bytes.iter().rev().take_while(|byte| is_around(byte)).count();
        line.start + start..(line.end - end).max(line.start + start)
    }

    fn bytes(&self, range: Range<usize>) -> &'t [u8] {
        self.text.get(range).unwrap_or_default()
    }

    /// The same line and column of another text.
    fn same_line_in(&self, at: usize, other: &Self) -> Option<usize> {
        let number = self.lines.partition_point(|line| line.end < at);
        let (own, found) = (self.lines.get(number)?, other.lines.get(number)?);
        Some(found.start + at.saturating_sub(own.start).min(found.len()))
    }

    /// Where the line of a place is in other texts, which are read one after the other: of lines that are the same, the
    /// first is the first, the second the second.
    pub(super) fn find_in(&self, at: usize, others: &[(usize, Self)]) -> Option<(usize, usize)> {
        let line = self.lines.partition_point(|line| line.end < at);
        let core = self.core(self.lines.get(line)?);
        let wanted = self.bytes(core.clone());
        if wanted.is_empty() {
            return None;
        }
        let is_same = |line: &&Range<usize>| self.bytes(self.core(line)) == wanted;
        let before = self.lines.get(..line)?.iter().filter(is_same).count();
        let all = others.iter().flat_map(|(number, other)| {
            other
                .lines
                .iter()
                .map(move |line| (*number, other, other.core(line)))
        });
        let (number, _, found) = all
            .filter(|(_, other, core)| other.bytes(core.clone()) == wanted)
            .nth(before)?;
        Some((
            number,
            found.start + at.saturating_sub(core.start).min(found.len()),
        ))
    }
}

/// What Go prints of a value, if that is not too long to look for.
fn text_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::Nil | Value::Func(_) | Value::Object(_) | Value::NilPtr(_) => return None,
        Value::Str(text) => text.clone(),
        Value::Map(map) if map.len() > 64 => return None,
        Value::List(list) if list.len() > 64 => return None,
        other => print::sprintf(b"%v", std::slice::from_ref(other)).ok()?,
    };
    (text.len() <= MAX_TEXT).then(|| text.to_str_lossy().into_owned())
}

/// Whether a value does not belong into a text: a mapping or a list, or what `printf` says is of the wrong type (`%!s(bool=true)`).
fn is_misfit(value: &Value, text: &str, printed: &str) -> bool {
    matches!(value, Value::Map(_) | Value::List(_)) || printed.contains(&format!("({}={text})", value.ty()))
}

/// Whether a scalar that was printed is that value.
fn is_text_of(text: &str, datum: &Datum) -> bool {
    match datum {
        Datum::Null => matches!(text, "" | "null" | "~"),
        Datum::Bool(truth) => text == if *truth { "true" } else { "false" },
        #[expect(clippy::cast_precision_loss, reason = "both sides went through the same")]
        Datum::Int(number) => text.parse::<f64>().is_ok_and(|parsed| parsed == *number as f64),
        Datum::Float(number) => text.parse::<f64>().is_ok_and(|parsed| parsed == *number),
        Datum::Str(own) => **own == *text,
        Datum::Bytes(own) => **own == *text.as_bytes(),
        Datum::List(_) | Datum::Table(_) => false,
    }
}
