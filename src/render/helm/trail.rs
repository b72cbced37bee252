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
use crate::render::question::{Meant, Point, Question};
use crate::source::{SourceId, Span};
use crate::values::{Datum, Item, TableId, Values};

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
    /// What holds each table.
    pub(super) holders: &'r HashMap<TableId, Item>,
}

/// The entries that hold the tables of the values.
pub(super) fn holders(values: &Values) -> HashMap<TableId, Item> {
    let tree = &values.tree;
    let entries = tree.table_ids().flat_map(|id| tree.table(id).values());
    let items = tree.list_ids().flat_map(|id| tree.list(id));
    entries
        .chain(items)
        .filter_map(|item| Some((item.datum.as_table()?, item.clone())))
        .collect()
}

/// What a value is, and the table it was found in.
struct Found {
    span: Span,
    table: Option<TableId>,
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
        if question.meant == Meant::Missing && values.is_none() {
            values = self.holder_of_inner(question);
        }
        Some(Trail {
            values,
            templates: way.templates,
        })
    }

    /// The entry of the values that holds all of what a place holds: its content was printed from there.
    fn holder_of_inner(&self, question: &Question) -> Option<Span> {
        let mut tables = Vec::new();
        for inner in &question.inner {
            let mut path = question.path.clone();
            path.push(inner.clone());
            let text = match &inner.step {
                Step::Key(key) => Some(key.to_string()),
                Step::Index(_) => None,
            };
            let of_inner = Question {
                at: inner.at,
                length: 0,
                meant: Meant::Key,
                text,
                path,
                inner: Vec::new(),
            };
            tables.push(self.follow(0, &of_inner, MAX_DEPTH)?.found?.table?);
        }
        let first = tables.first()?;
        let holder = self
            .holders
            .get(first)
            .filter(|_| tables.iter().all(|table| table == first))?;
        holder.origin.key.or(holder.origin.value)
    }

    fn follow(&self, number: usize, question: &Question, depth: u32) -> Option<Way> {
        let buffer = self.run.buffers.get(number)?;
        let piece = piece_at(buffer, question)?;
        let depth = depth.checked_sub(1)?;
        if piece.is_text(&buffer.text) {
            let start = piece.node.start + question.at.saturating_sub(piece.output.start);
            let end = (start + question.length).min(piece.node.end);
            let span = self.span(&piece.tree, start..end)?;
            return Some(Way {
                found: None,
                templates: self.with_callers(piece, span),
            });
        }
        let site = self.span(&piece.tree, piece.node.clone());
        let mut way = self
            .follow_captured(buffer, piece, question, depth)
            .unwrap_or_default();
        if way.templates.is_empty() && way.found.is_none() {
            way.found = self.find(buffer, piece, question);
        }
        if let Some(site) = site {
            way.templates.extend(self.with_callers(piece, site));
        }
        (way.found.is_some() || !way.templates.is_empty()).then_some(way)
    }

    fn with_callers(&self, piece: &Piece, span: Span) -> Vec<Span> {
        let mut spans = vec![span];
        let mut caller = piece.caller.as_deref();
        while let Some(call) = caller {
            spans.extend(self.span(&call.tree, call.node.clone()));
            caller = call.outer.as_deref();
        }
        spans
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
    ) -> Option<Way> {
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
                return Some(way);
            }
        }
        None
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
            .or_else(|| self.by_text(reads, before, &printed, question))
            .or_else(|| self.by_path(before, &path, question).filter(|_| !path.is_empty()))
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
                let (item, table) = self.walk(*container, suffix)?;
                let span = match question.meant {
                    Meant::Value => item.origin.value.or(item.origin.key),
                    Meant::Key | Meant::Missing => item.origin.key.or(item.origin.value),
                }?;
                is_alike(&item).then_some(Found { span, table })
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

    fn walk(&self, container: Held, path: &[Step]) -> Option<(Item, Option<TableId>)> {
        let tree = &self.values.tree;
        let mut at = container;
        let mut steps = path.iter().peekable();
        while let Some(step) = steps.next() {
            let (item, table) = match (at, step) {
                (Held::Table(table), Step::Key(key)) => (tree.table(table).get(key)?, Some(table)),
                (Held::List(list), Step::Index(index)) => (tree.list(list).get(*index as usize)?, None),
                _ => return None,
            };
            if steps.peek().is_none() {
                return Some((item.clone(), table));
            }
            at = match item.datum {
                Datum::Table(table) => Held::Table(table),
                Datum::List(list) => Held::List(list),
                _ => return None,
            };
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
                Some(Found {
                    span,
                    table: Some(table),
                })
            }
            _ => None,
        })
    }

    /// By the text: the value that is the place's, else the longest that is part of what was printed.
    fn by_text(&self, reads: &[Read], before: &[Read], printed: &str, question: &Question) -> Option<Found> {
        let printed = printed.trim();
        let texts: Vec<(usize, String)> = reads
            .iter()
            .enumerate()
            .filter_map(|(number, read)| Some((number, text_of(&read.value)?)))
            .filter(|(_, text)| !text.trim().is_empty())
            .collect();
        let is_wanted = |text: &str| Some(text) == question.text.as_deref() || text == printed;
        let equal = texts.iter().rev().find(|(_, text)| is_wanted(text.trim()));
        let contained = || {
            texts
                .iter()
                .filter(|(_, text)| printed.contains(text.trim()))
                .max_by_key(|(number, text)| (text.len(), *number))
        };
        // What prints something else of one value, such as its hash.
        let only = || {
            let of_values: Vec<&(usize, String)> = texts
                .iter()
                .filter(|(number, _)| reads.get(*number).is_some_and(|read| self.entry(read).is_some()))
                .collect();
            match of_values.as_slice() {
                [only] => Some(*only),
                _ => None,
            }
        };
        let (number, text) = equal.or_else(contained).or_else(only)?;
        let read = reads.get(*number)?;
        match read.from {
            From::Unknown => {
                // A variable, or an argument in a map: it was read before.
                let same = |read: &&Read| {
                    self.entry(read).is_some() && text_of(&read.value).as_deref() == Some(text)
                };
                let earlier = reads.get(..*number)?;
                self.found(before.iter().chain(earlier).rev().find(same)?)
            }
            _ => self.found(read),
        }
    }

    fn entry(&self, read: &Read) -> Option<(Item, Option<TableId>)> {
        let tree = &self.values.tree;
        match read.from {
            From::Entry(table, index) => {
                let (_, item) = tree.table(table).get_index(index)?;
                Some((item.clone(), Some(table)))
            }
            From::Item(list, index) => Some((tree.list(list).get(index)?.clone(), None)),
            From::Whole(Held::Table(table)) => Some((self.holders.get(&table)?.clone(), None)),
            From::Whole(_) | From::Elsewhere | From::Unknown => None,
        }
    }

    fn found(&self, read: &Read) -> Option<Found> {
        let (item, table) = self.entry(read)?;
        Some(Found {
            span: item.origin.span()?,
            table,
        })
    }
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
        inner: question.inner.iter().filter_map(point).collect(),
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
