//! The ends of the merged values, and whose word each is.

use super::coalesce::GLOBAL;
use super::tree::{Datum, Item, Layer, Origin, TableId, Tree};
use super::{UnitId, Values};
use crate::manifest::{Route, Step};

/// Whose word a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// The `values.yaml` of the chart that sees it.
    Default,
    /// The `values.yaml` of a chart above that one.
    Parent,
    /// The `values.yaml` of a chart below it, through `import-values` or a mapping in `global` that both see.
    Import,
    /// A file of the call.
    File,
    /// A flag of the call.
    Flag,
}

impl Author {
    /// Whether it is who calls.
    pub const fn is_user(self) -> bool {
        matches!(self, Self::File | Self::Flag)
    }
}

/// A scalar, or a list or mapping that holds nothing.
#[derive(Debug, Clone)]
pub struct Leaf<'v> {
    /// Its path in the values of the release.
    pub route: Route,
    /// What it is, and where it was written.
    pub item: &'v Item,
    /// Whose word it is.
    pub author: Author,
    /// Whether a subchart sees it because a chart above has it in its `global`.
    pub is_global: bool,
}

impl Values {
    /// All ends of the merged values, in the order of the tables.
    pub fn leaves(&self) -> Vec<Leaf<'_>> {
        let mut leaves = Vec::new();
        self.leaves_of_table(self.tree.root(), &mut Route::root(), &mut leaves);
        leaves
    }

    fn leaves_of_table<'v>(&'v self, table: TableId, route: &mut Route, leaves: &mut Vec<Leaf<'v>>) {
        for (key, item) in self.tree.table(table) {
            route.push(&**key);
            self.leaves_of(item, route, leaves);
            route.pop();
        }
    }

    fn leaves_of<'v>(&'v self, item: &'v Item, route: &mut Route, leaves: &mut Vec<Leaf<'v>>) {
        match item.datum {
            Datum::Table(table) if !self.tree.table(table).is_empty() => {
                self.leaves_of_table(table, route, leaves);
            }
            Datum::List(list) if !self.tree.list(list).is_empty() => {
                for (index, item) in self.tree.list(list).iter().enumerate() {
                    route.push(index);
                    self.leaves_of(item, route, leaves);
                    route.pop();
                }
            }
            _ => leaves.push(self.leaf(item, route)),
        }
    }

    pub(super) fn leaf<'v>(&'v self, item: &'v Item, route: &Route) -> Leaf<'v> {
        let author = self.author(route, item.origin);
        Leaf {
            route: route.clone(),
            item,
            author,
            is_global: self.is_global(route, item.origin, author),
        }
    }

    /// The chart that a path of the release's values belongs to, and the rest of the path there.
    pub(super) fn owner<'r>(&self, route: &'r Route) -> (UnitId, &'r [Step]) {
        let (mut unit, mut rest) = (UnitId::ROOT, route.steps());
        while let Some((Step::Key(key), below)) = rest.split_first()
            && let Some(child) = self.child(unit, key)
        {
            (unit, rest) = (child, below);
        }
        (unit, rest)
    }

    pub(super) fn child(&self, unit: UnitId, name: &str) -> Option<UnitId> {
        let children = &self.units.get(unit).children;
        let is_called = |child: &&UnitId| *self.units.get(**child).name == *name;
        children.iter().find(is_called).copied()
    }

    fn author(&self, route: &Route, origin: Origin) -> Author {
        let file = match origin.layer {
            Layer::File => return Author::File,
            Layer::Flag => return Author::Flag,
            Layer::Chart => origin.span().map(|span| span.file),
        };
        let (owner, _) = self.owner(route);
        let is_of = |unit: UnitId| self.units.get(unit).chart.values_source == file;
        if file.is_none() || is_of(owner) {
            return Author::Default;
        }
        let mut above = self.units.get(owner).parent;
        while let Some(unit) = above {
            if is_of(unit) {
                return Author::Parent;
            }
            above = self.units.get(unit).parent;
        }
        Author::Import
    }

    fn is_global(&self, route: &Route, origin: Origin, author: Author) -> bool {
        let (owner, rest) = self.owner(route);
        if rest.first() != Some(&Step::from(GLOBAL)) || origin.span().is_none() {
            return false;
        }
        let parent = self.units.get(owner).parent.and_then(|parent| self.of(parent));
        let above = parent.and_then(|table| find(&self.tree, &Datum::Table(table), rest));
        author == Author::Import || above.is_some_and(|item| item.origin == origin)
    }
}

/// The item that some steps lead to.
pub(super) fn find<'t>(tree: &'t Tree, from: &Datum, steps: &[Step]) -> Option<&'t Item> {
    let (step, rest) = steps.split_first()?;
    let item = match (step, from) {
        (Step::Key(key), Datum::Table(table)) => tree.table(*table).get(&**key),
        (Step::Index(index), Datum::List(list)) => tree.list(*list).get(*index as usize),
        _ => None,
    }?;
    if rest.is_empty() {
        return Some(item);
    }
    find(tree, &item.datum, rest)
}
