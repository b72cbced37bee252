//! The data model of values: tables, lists and scalars, each with the place it was written at.
//!
//! A [`Tree`] is an arena: a table is known by its [`TableId`], and two places may hold the same table, exactly as two Go
//! variables may hold the same `map`. Helm's merge rules depend on that sharing (a table below `global` is one table for
//! parent and subcharts), so it is kept until the values are handed to a template engine.
//!
//! Invariant: an id of a tree is only used with that tree, and a table never contains itself.

use std::sync::Arc;

use indexmap::IndexMap;
use plimsoll_yaml::NodeRef;

use crate::source::{SourceId, Span};

/// The number of a table in its [`Tree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TableId(u32);

impl TableId {
    /// The number, for tables beside the tree.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The number of a list in its [`Tree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ListId(u32);

impl ListId {
    /// The number, for tables beside the tree.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A value. Numbers are as Helm has them: every number of a file is a float, whole numbers of `--set` are integers.
#[derive(Debug, Clone, PartialEq)]
pub enum Datum {
    /// Null.
    Null,
    /// A boolean.
    Bool(bool),
    /// Go's `int64`; only `--set` and `--set-string`'s siblings make it.
    Int(i64),
    /// Go's `float64`: every number that came through YAML or JSON.
    Float(f64),
    /// Text.
    Str(Arc<str>),
    /// Text that is not UTF-8; only `--set-file` makes it.
    Bytes(Arc<[u8]>),
    /// A list.
    List(ListId),
    /// A table.
    Table(TableId),
}

impl Datum {
    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The table, if it is one.
    pub fn as_table(&self) -> Option<TableId> {
        match self {
            Self::Table(id) => Some(*id),
            _ => None,
        }
    }
}

/// Which layer of values a value was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// A chart's own `values.yaml`; the source says which chart's.
    Chart,
    /// A file given by `-f`.
    File,
    /// A flag of the `--set` family.
    Flag,
}

/// Where a value was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The layer.
    pub layer: Layer,
    /// The value's own text; none of what nobody wrote (a table made on the way to a deeper key).
    pub value: Option<Span>,
    /// The key's text.
    pub key: Option<Span>,
}

impl Origin {
    /// What nobody wrote.
    pub const fn unwritten(layer: Layer) -> Self {
        Self {
            layer,
            value: None,
            key: None,
        }
    }

    /// The best place to point at.
    pub fn span(&self) -> Option<Span> {
        self.value.or(self.key)
    }
}

/// A value with its origin.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The value.
    pub datum: Datum,
    /// Where it was written.
    pub origin: Origin,
}

/// Keys and values in the order they were first written.
pub type Table = IndexMap<Arc<str>, Item>;

/// Values.
#[derive(Debug, Clone)]
pub struct Tree {
    tables: Vec<Table>,
    lists: Vec<Vec<Item>>,
    root: TableId,
}

impl Default for Tree {
    fn default() -> Self {
        Self::new()
    }
}

impl Tree {
    /// A tree whose root is an empty table.
    pub fn new() -> Self {
        Self {
            tables: vec![Table::new()],
            lists: Vec::new(),
            root: TableId(0),
        }
    }

    /// The root table.
    pub fn root(&self) -> TableId {
        self.root
    }

    /// Makes another table the root.
    pub(crate) fn set_root(&mut self, root: TableId) {
        self.root = root;
    }

    /// How many tables there are; ids are below it.
    pub fn table_count(&self) -> usize {
        self.tables.len()
    }

    /// How many lists there are; ids are below it.
    pub fn list_count(&self) -> usize {
        self.lists.len()
    }

    /// All tables, in the order of their numbers.
    pub fn table_ids(&self) -> impl Iterator<Item = TableId> + use<> {
        (0..u32::try_from(self.tables.len()).unwrap_or(u32::MAX)).map(TableId)
    }

    /// All lists, in the order of their numbers.
    pub fn list_ids(&self) -> impl Iterator<Item = ListId> + use<> {
        (0..u32::try_from(self.lists.len()).unwrap_or(u32::MAX)).map(ListId)
    }

    /// The table of an id of this tree.
    ///
    /// # Panics
    /// If the id came from a larger tree, which is a bug.
    pub fn table(&self, id: TableId) -> &Table {
        &self.tables[id.0 as usize]
    }

    /// The list of an id of this tree.
    ///
    /// # Panics
    /// If the id came from a larger tree, which is a bug.
    pub fn list(&self, id: ListId) -> &[Item] {
        &self.lists[id.0 as usize]
    }

    pub(super) fn table_mut(&mut self, id: TableId) -> &mut Table {
        &mut self.tables[id.0 as usize]
    }

    pub(super) fn list_mut(&mut self, id: ListId) -> &mut Vec<Item> {
        &mut self.lists[id.0 as usize]
    }

    /// Adds a table.
    pub fn add_table(&mut self, table: Table) -> TableId {
        let id = TableId(u32::try_from(self.tables.len()).unwrap_or(u32::MAX));
        self.tables.push(table);
        id
    }

    /// Adds a list.
    pub fn add_list(&mut self, list: Vec<Item>) -> ListId {
        let id = ListId(u32::try_from(self.lists.len()).unwrap_or(u32::MAX));
        self.lists.push(list);
        id
    }

    /// The item at a path of keys below a table.
    pub fn get(&self, from: TableId, path: &[&str]) -> Option<&Item> {
        let (last, tables) = path.split_last()?;
        self.table(self.subtable(from, tables)?).get(*last)
    }

    /// The table at a path of keys below a table; the table itself for no keys.
    pub fn subtable(&self, from: TableId, path: &[&str]) -> Option<TableId> {
        path.iter()
            .try_fold(from, |table, key| self.table(table).get(*key)?.datum.as_table())
    }

    /// Copies a table of another tree with all it holds.
    pub(super) fn copy_table(&mut self, other: &Self, id: TableId) -> TableId {
        let copied = other
            .table(id)
            .iter()
            .map(|(key, item)| (Arc::clone(key), self.copy_item(other, item)))
            .collect();
        self.add_table(copied)
    }

    fn copy_item(&mut self, other: &Self, item: &Item) -> Item {
        let datum = match &item.datum {
            Datum::Table(id) => Datum::Table(self.copy_table(other, *id)),
            Datum::List(id) => {
                let copied = other
                    .list(*id)
                    .iter()
                    .map(|item| self.copy_item(other, item))
                    .collect();
                Datum::List(self.add_list(copied))
            }
            scalar => scalar.clone(),
        };
        Item {
            datum,
            origin: item.origin,
        }
    }

    /// A copy of the part of the tree below a table, as a tree of its own.
    pub(super) fn extract(&self, id: TableId) -> Self {
        let mut tree = Self {
            tables: Vec::new(),
            lists: Vec::new(),
            root: TableId(0),
        };
        tree.root = tree.copy_table(self, id);
        tree
    }

    /// Adds the mapping of a YAML document as `sigs.k8s.io/yaml` reads it. Null counts as an empty table.
    ///
    /// # Errors
    /// The document is not a mapping, or a value in it has no JSON form.
    pub(super) fn add_document(
        &mut self,
        node: NodeRef<'_>,
        place: Place,
    ) -> Result<TableId, plimsoll_yaml::DecodeError> {
        let span = node.span();
        let item = plimsoll_yaml::json::build(node, &mut Reader { tree: self, place })?;
        match item.datum {
            Datum::Table(id) => Ok(id),
            Datum::Null => Ok(self.add_table(Table::new())),
            other => Err(plimsoll_yaml::DecodeError {
                span,
                message: format!("expected a mapping of values, found {}", kind(&other)),
            }),
        }
    }
}

/// What a value is, in words for messages.
pub fn kind(datum: &Datum) -> &'static str {
    match datum {
        Datum::Null => "null",
        Datum::Bool(_) => "a boolean",
        Datum::Int(_) | Datum::Float(_) => "a number",
        Datum::Str(_) | Datum::Bytes(_) => "text",
        Datum::List(_) => "a list",
        Datum::Table(_) => "a mapping",
    }
}

/// Where the text of a YAML document lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// The text.
    pub(super) source: SourceId,
    /// Offset of the parsed part in it.
    pub(super) offset: u32,
    /// The layer it belongs to.
    pub(super) layer: Layer,
}

impl Place {
    fn span(self, span: plimsoll_yaml::Span) -> Span {
        Span::in_part(self.source, self.offset, span)
    }
}

struct Reader<'t> {
    tree: &'t mut Tree,
    place: Place,
}

impl Reader<'_> {
    fn item(&self, datum: Datum, node: NodeRef<'_>) -> Item {
        Item {
            datum,
            origin: Origin {
                layer: self.place.layer,
                value: Some(self.place.span(node.span())),
                key: None,
            },
        }
    }
}

impl plimsoll_yaml::json::Builder for Reader<'_> {
    type Value = Item;
    type List = Vec<Item>;
    type Map = Table;

    fn null(&mut self, node: NodeRef<'_>) -> Item {
        self.item(Datum::Null, node)
    }

    fn bool(&mut self, value: bool, node: NodeRef<'_>) -> Item {
        self.item(Datum::Bool(value), node)
    }

    // `encoding/json` decodes every number into float64.
    #[expect(clippy::cast_precision_loss, reason = "the loss is Go's, and wanted")]
    fn int(&mut self, value: i64, node: NodeRef<'_>) -> Item {
        self.item(Datum::Float(value as f64), node)
    }

    #[expect(clippy::cast_precision_loss, reason = "the loss is Go's, and wanted")]
    fn uint(&mut self, value: u64, node: NodeRef<'_>) -> Item {
        self.item(Datum::Float(value as f64), node)
    }

    fn float(&mut self, value: f64, node: NodeRef<'_>) -> Item {
        self.item(Datum::Float(value), node)
    }

    fn string(&mut self, value: std::borrow::Cow<'_, str>, node: NodeRef<'_>) -> Item {
        self.item(Datum::Str(Arc::from(value)), node)
    }

    fn list(&mut self, len: usize, _: NodeRef<'_>) -> Vec<Item> {
        Vec::with_capacity(len)
    }

    fn push(&mut self, list: &mut Vec<Item>, value: Item) {
        list.push(value);
    }

    fn end_list(&mut self, list: Vec<Item>, node: NodeRef<'_>) -> Item {
        let id = self.tree.add_list(list);
        self.item(Datum::List(id), node)
    }

    fn map(&mut self, len: usize, _: NodeRef<'_>) -> Table {
        Table::with_capacity(len)
    }

    fn insert(
        &mut self,
        map: &mut Table,
        key: std::borrow::Cow<'_, str>,
        key_node: NodeRef<'_>,
        mut value: Item,
    ) {
        value.origin.key = Some(self.place.span(key_node.span()));
        map.insert(Arc::from(key), value);
    }

    fn end_map(&mut self, map: Table, node: NodeRef<'_>) -> Item {
        let id = self.tree.add_table(map);
        self.item(Datum::Table(id), node)
    }
}
