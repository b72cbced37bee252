//! What a watched run of a template did: which bytes which node printed, and which values were read meanwhile.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use plimsoll_gotpl::value::Value;
use plimsoll_gotpl::{Trace, Tree};

use super::data::Scopes;
use crate::values::{self, Datum, ListId, TableId, Values};

/// A container that a template can hold in its hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Held {
    /// A table of the values.
    Table(TableId),
    /// A list of the values.
    List(ListId),
    /// What is no value: the release, the chart, the scope itself.
    Other,
}

impl Held {
    /// The container that a value is.
    pub(super) fn of(datum: &Datum) -> Option<Self> {
        match datum {
            Datum::Table(table) => Some(Self::Table(*table)),
            Datum::List(list) => Some(Self::List(*list)),
            _ => None,
        }
    }
}

/// Where a value was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    /// An entry of a table of the values, by its position.
    Entry(TableId, usize),
    /// An item of a list of the values.
    Item(ListId, usize),
    /// A container of the values, whole.
    Whole(Held),
    /// What is no value.
    Elsewhere,
    /// A variable, the dot, or a map that the template made.
    Unknown,
}

/// A value that was read.
#[derive(Clone)]
pub(super) struct Read {
    pub(super) from: From,
    pub(super) value: Value,
    /// The key it was read by, of what is not known to be a value.
    pub(super) key: Option<Box<str>>,
}

/// Bytes of an output that one node printed.
pub(super) struct Piece {
    pub(super) output: Range<usize>,
    pub(super) tree: Arc<Tree>,
    /// Bytes of the template's text: plain text, or an action's pipeline.
    pub(super) node: Range<usize>,
    /// What was read meanwhile.
    pub(super) reads: Range<usize>,
    /// What templates printed meanwhile, as results of functions.
    pub(super) captured: Range<usize>,
    /// The run of a template that it belongs to.
    pub(super) frame: usize,
    /// What called that template, if it prints into the same output.
    pub(super) caller: Option<Rc<Call>>,
}

impl Piece {
    /// Whether it is plain text, which stands in the template as it was printed.
    pub(super) fn is_text(&self, printed: &[u8]) -> bool {
        self.tree.source().text.get(self.node.clone()) == printed.get(self.output.clone())
    }

    /// What called the template it belongs to, what called that, and so on.
    pub(super) fn callers(&self) -> impl Iterator<Item = &Rc<Call>> {
        std::iter::successors(self.caller.as_ref(), |caller| caller.outer.as_ref())
    }

    /// Whether it was printed by what an action called, directly or further in.
    pub(super) fn is_within(&self, call: &Rc<Call>) -> bool {
        self.callers().any(|caller| Rc::ptr_eq(caller, call))
    }
}

/// A `template` action, and what called the template that holds it.
pub(super) struct Call {
    pub(super) tree: Arc<Tree>,
    pub(super) node: Range<usize>,
    pub(super) outer: Option<Rc<Self>>,
}

/// An output: of a template file, or what a function such as `include` got.
#[derive(Default)]
pub(super) struct Buffer {
    pub(super) text: Vec<u8>,
    /// In the order of their bytes.
    pub(super) pieces: Vec<Piece>,
    /// How many reads there had been when it was done.
    pub(super) reads_then: usize,
    /// The run of a template that asked for it.
    pub(super) asked_by: Option<usize>,
}

struct Frame {
    number: usize,
    tree: Arc<Tree>,
    node: Range<usize>,
    /// How many reads and buffers there were when the node began.
    reads: usize,
    buffers: usize,
    caller: Option<Rc<Call>>,
}

/// Watches runs of templates, one at a time.
pub(super) struct Recorder<'v> {
    values: &'v values::Tree,
    held: Rc<HashMap<usize, Held>>,
    pub(super) reads: Vec<Read>,
    pub(super) buffers: Vec<Buffer>,
    open: Vec<usize>,
    frames: Vec<Frame>,
    frame_count: usize,
}

/// The containers of the values by their identity, which is theirs as long as the scopes live.
pub(super) fn held(values: &Values, scopes: &Scopes) -> HashMap<usize, Held> {
    let others = scopes.surroundings().map(|map| (map.id(), Held::Other));
    let mut held: HashMap<usize, Held> = others.collect();
    let tables = values.tree.table_ids().zip(scopes.tables());
    held.extend(tables.filter_map(|(id, map)| Some((map.as_ref()?.id(), Held::Table(id)))));
    let lists = values.tree.list_ids().zip(scopes.lists());
    held.extend(lists.filter_map(|(id, list)| Some((list.as_ref()?.id(), Held::List(id)))));
    held
}

impl<'v> Recorder<'v> {
    pub(super) fn new(values: &'v Values, held: Rc<HashMap<usize, Held>>) -> Self {
        Self {
            values: &values.tree,
            held,
            reads: Vec::new(),
            buffers: Vec::new(),
            open: Vec::new(),
            frames: Vec::new(),
            frame_count: 0,
        }
    }

    /// Forgets the runs so far.
    pub(super) fn clear(&mut self) {
        self.reads.clear();
        self.buffers.clear();
        self.open.clear();
        self.frames.clear();
        self.frame_count = 0;
    }

    /// The container that a value is.
    pub(super) fn container(&self, value: &Value) -> Option<Held> {
        let id = match value {
            Value::Map(map) => map.id(),
            Value::List(list) => list.id(),
            _ => return None,
        };
        self.held.get(&id).copied().filter(|held| *held != Held::Other)
    }

    fn push(&mut self, from: From, value: &Value) {
        self.reads.push(Read {
            from,
            value: value.clone(),
            key: None,
        });
    }

    /// Where the value below a container is, and the value.
    fn below(&self, container: &Value, step: &Value) -> Option<(From, Value)> {
        match (container, step) {
            (Value::Map(map), Value::Str(key)) => {
                let Held::Table(table) = self.container(container)? else {
                    return None;
                };
                let index = self.values.table(table).get_index_of(key.as_str()?)?;
                Some((From::Entry(table, index), map.get(key)?))
            }
            (Value::List(list), Value::Int(index, _)) => {
                let Held::List(id) = self.container(container)? else {
                    return None;
                };
                let index = usize::try_from(*index).ok()?;
                Some((From::Item(id, index), list.get(index)?))
            }
            _ => None,
        }
    }
}

impl Trace for Recorder<'_> {
    fn enter(&mut self, template: &Arc<Tree>, captured: bool) {
        let outer = self.frames.last();
        let caller = match outer {
            Some(outer) if !captured => Some(Rc::new(Call {
                tree: Arc::clone(&outer.tree),
                node: outer.node.clone(),
                outer: outer.caller.clone(),
            })),
            _ => None,
        };
        if captured {
            self.open.push(self.buffers.len());
            self.buffers.push(Buffer {
                asked_by: outer.map(|frame| frame.number),
                ..Buffer::default()
            });
        }
        self.frames.push(Frame {
            number: self.frame_count,
            tree: Arc::clone(template),
            node: 0..0,
            reads: self.reads.len(),
            buffers: self.buffers.len(),
            caller,
        });
        self.frame_count += 1;
    }

    fn leave(&mut self, _: &Arc<Tree>, captured: bool, output: &[u8]) {
        self.frames.pop();
        if captured
            && let Some(number) = self.open.pop()
            && let Some(buffer) = self.buffers.get_mut(number)
        {
            buffer.text = output.to_vec();
            buffer.reads_then = self.reads.len();
        }
    }

    fn node(&mut self, node: Range<usize>) {
        let (reads, buffers) = (self.reads.len(), self.buffers.len());
        if let Some(frame) = self.frames.last_mut() {
            frame.node = node;
            frame.reads = reads;
            frame.buffers = buffers;
        }
    }

    fn write(&mut self, template: &Arc<Tree>, node: Range<usize>, output: Range<usize>) {
        let (Some(frame), Some(number)) = (self.frames.last(), self.open.last()) else {
            return;
        };
        let piece = Piece {
            output,
            tree: Arc::clone(template),
            node,
            reads: frame.reads..self.reads.len(),
            captured: frame.buffers..self.buffers.len(),
            frame: frame.number,
            caller: frame.caller.clone(),
        };
        if let Some(buffer) = self.buffers.get_mut(*number) {
            buffer.pieces.push(piece);
        }
    }

    fn field(&mut self, map: usize, key: &str, value: &Value) {
        let from = match self.held.get(&map) {
            Some(Held::Table(table)) => match self.values.table(*table).get_index_of(key) {
                Some(index) => From::Entry(*table, index),
                // A template set it, or it is not there.
                None => From::Unknown,
            },
            Some(_) => From::Elsewhere,
            None => self.container(value).map_or(From::Unknown, From::Whole),
        };
        self.push(from, value);
        if from == From::Unknown
            && let Some(read) = self.reads.last_mut()
        {
            read.key = Some(Box::from(key));
        }
    }

    fn item(&mut self, list: usize, index: usize, value: &Value) {
        if let Some(Held::List(list)) = self.held.get(&list) {
            self.push(From::Item(*list, index), value);
        }
    }

    fn value(&mut self, value: &Value) {
        match self.container(value) {
            Some(held) => self.push(From::Whole(held), value),
            None if !matches!(value, Value::Map(_) | Value::List(_)) => self.push(From::Unknown, value),
            None => {}
        }
    }

    fn call<'a>(&mut self, args: impl Iterator<Item = &'a Value> + Clone) {
        for container in args.clone() {
            let Some(held) = self.container(container) else {
                continue;
            };
            self.push(From::Whole(held), container);
            // `index .Values "a" "b"`, `get .Values "a"`, `dig "a" "b" "" .Values`
            let mut at = container.clone();
            for step in args.clone() {
                if let Some((from, next)) = self.below(&at, step) {
                    self.push(from, &next);
                    at = next;
                }
            }
        }
    }
}
