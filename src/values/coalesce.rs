//! Helm's merge rules: user values over chart values, parents over subcharts, globals downwards, null deletes.
//!
//! Upstream: `pkg/chart/common/util/coalesce.go` of Helm 4.3.1, `pkg/chartutil/coalesce.go` of 3.22.0. The functions here
//! have the names of theirs, and change tables in place and share them where theirs do.

use std::collections::HashSet;
use std::sync::Arc;

use super::tree::{Datum, Item, Layer, Origin, Table, TableId, Tree, kind};
use super::unit::{UnitId, Units};
use crate::chart::HelmCompat;

/// The key whose table every subchart sees.
pub const GLOBAL: &str = "global";

/// A value that gave way because it is a table where a table is not expected, or the other way round.
#[derive(Debug, Clone)]
pub(super) struct Clash {
    /// What happened.
    pub(super) message: String,
    /// Where the value that lost was written.
    pub(super) lost: Origin,
    /// Where the value that won was written.
    pub(super) won: Origin,
}

/// Why values cannot be merged at all.
#[derive(Debug, Clone)]
pub(super) struct Mismatch {
    /// What is wrong.
    pub(super) message: String,
    /// The value that should be a table.
    pub(super) origin: Origin,
}

/// A merge in progress.
pub(super) struct Merge<'a> {
    /// The values under construction.
    pub(super) tree: &'a mut Tree,
    /// The charts whose defaults are merged in.
    pub(super) units: &'a Units,
    /// Whether nulls are kept, for a later merge to see them.
    pub(super) keep_nulls: bool,
    /// Which Helm.
    pub(super) compat: HelmCompat,
    /// What was met on the way.
    pub(super) clashes: Vec<Clash>,
}

impl Merge<'_> {
    /// Merges a chart's values and those of its subcharts into `dest`, which wins.
    pub(super) fn coalesce(&mut self, unit: UnitId, dest: TableId) -> Result<(), Mismatch> {
        self.coalesce_values(unit, dest);
        self.coalesce_deps(unit, dest)
    }

    fn coalesce_deps(&mut self, unit: UnitId, dest: TableId) -> Result<(), Mismatch> {
        for &child in &self.units.get(unit).children {
            let name = Arc::clone(&self.units.get(child).name);
            let found = self
                .tree
                .table(dest)
                .get(&name)
                .map(|item| (item.datum.as_table(), item.origin, kind(&item.datum)));
            let table = match found {
                None => {
                    let table = self.tree.add_table(Table::new());
                    let item = Item {
                        datum: Datum::Table(table),
                        origin: Origin::unwritten(Layer::Chart),
                    };
                    self.tree.table_mut(dest).insert(Arc::clone(&name), item);
                    table
                }
                Some((Some(table), ..)) => table,
                Some((None, origin, kind)) => {
                    return Err(Mismatch {
                        message: format!(
                            "the values of the subchart `{name}` must be a mapping, found {kind}"
                        ),
                        origin,
                    });
                }
            };
            self.coalesce_globals(table, dest);
            self.coalesce(child, table)?;
        }
        Ok(())
    }

    /// Copies the globals of `src` into those of `dest`; those of `src` win.
    fn coalesce_globals(&mut self, dest: TableId, src: TableId) {
        let dest_globals = match self
            .tree
            .table(dest)
            .get(GLOBAL)
            .map(|item| item.datum.as_table())
        {
            None => None,
            Some(Some(table)) => Some(table),
            Some(None) => return self.clash_of_globals(dest),
        };
        let src_globals = match self.tree.table(src).get(GLOBAL).map(|item| item.datum.as_table()) {
            None => Vec::new(),
            Some(Some(table)) => self
                .tree
                .table(table)
                .iter()
                .map(|(key, item)| (Arc::clone(key), item.clone()))
                .collect(),
            Some(None) => return self.clash_of_globals(src),
        };
        let globals = dest_globals.unwrap_or_else(|| self.tree.add_table(Table::new()));
        for (key, item) in src_globals {
            let present = self
                .tree
                .table(globals)
                .get(&key)
                .map(|item| (item.datum.as_table(), item.origin));
            if let Some(table) = item.datum.as_table() {
                // One level is copied; what lies deeper stays shared between parent and subcharts, as in Helm.
                let copied = self.tree.table(table).clone();
                match present {
                    None => {
                        let copied = self.tree.add_table(copied);
                        let item = Item {
                            datum: Datum::Table(copied),
                            origin: item.origin,
                        };
                        self.tree.table_mut(globals).insert(key, item);
                    }
                    Some((Some(own), _)) => {
                        let copied = self.tree.add_table(copied);
                        // Nulls are always kept here: the result is coalesced once more.
                        self.coalesce_tables(copied, own, true);
                        let item = Item {
                            datum: Datum::Table(copied),
                            origin: item.origin,
                        };
                        self.tree.table_mut(globals).insert(key, item);
                    }
                    Some((None, origin)) => self.clashes.push(Clash {
                        message: format!(
                            "`global.{key}` is a mapping for the parent chart and none for the subchart"
                        ),
                        lost: item.origin,
                        won: origin,
                    }),
                }
            } else if let Some((Some(_), origin)) = present {
                self.clashes.push(Clash {
                    message: format!(
                        "`global.{key}` is a mapping for the subchart and none for the parent chart"
                    ),
                    lost: item.origin,
                    won: origin,
                });
            } else {
                self.tree.table_mut(globals).insert(key, item);
            }
        }
        let origin = self
            .tree
            .table(dest)
            .get(GLOBAL)
            .map_or(Origin::unwritten(Layer::Chart), |item| item.origin);
        let item = Item {
            datum: Datum::Table(globals),
            origin,
        };
        self.tree.table_mut(dest).insert(Arc::from(GLOBAL), item);
    }

    fn clash_of_globals(&mut self, table: TableId) {
        if let Some(item) = self.tree.table(table).get(GLOBAL) {
            let (origin, kind) = (item.origin, kind(&item.datum));
            self.clashes.push(Clash {
                message: format!("`global` must be a mapping, found {kind}; it is not passed on"),
                lost: origin,
                won: origin,
            });
        }
    }

    /// Merges a chart's own defaults into `dest`, which wins.
    fn coalesce_values(&mut self, unit: UnitId, dest: TableId) {
        let units = self.units;
        let defaults = &units.get(unit).values;
        let defaults_root = self.tree.copy_table(defaults, defaults.root());
        let entries: Vec<(Arc<str>, Item)> = self
            .tree
            .table(defaults_root)
            .iter()
            .map(|(key, item)| (Arc::clone(key), item.clone()))
            .collect();
        for (key, default) in entries {
            let present = self
                .tree
                .table(dest)
                .get(&key)
                .map(|item| (item.datum.clone(), item.origin));
            match present {
                Some((Datum::Null, _)) if !self.keep_nulls => {
                    self.tree.table_mut(dest).shift_remove(&key);
                }
                Some((Datum::Table(table), origin)) => match default.datum {
                    Datum::Table(default) => {
                        let keep_nulls = self.keep_nulls || units.has_child(unit, &key);
                        if !keep_nulls && self.compat.drops_nulls_of_defaults() {
                            self.clean_nulls(default);
                        }
                        self.coalesce_tables(table, default, keep_nulls);
                    }
                    Datum::Null => {}
                    _ => self.clashes.push(Clash {
                        message: format!("`{key}` is a mapping here, but not in the chart's own values"),
                        lost: default.origin,
                        won: origin,
                    }),
                },
                Some(_) => {}
                None => {
                    if !self.keep_nulls && self.compat.drops_nulls_of_defaults() {
                        match default.datum {
                            Datum::Null => continue,
                            Datum::Table(table) => self.clean_nulls(table),
                            _ => {}
                        }
                    }
                    self.tree.table_mut(dest).insert(key, default);
                }
            }
        }
    }

    /// Merges the table `src` into the table `dst`, which wins.
    pub(super) fn coalesce_tables(&mut self, dst: TableId, src: TableId, keep_nulls: bool) {
        if dst == src {
            return;
        }
        let not_null: HashSet<Arc<str>> = self
            .tree
            .table(src)
            .iter()
            .filter(|(_, item)| !item.datum.is_null())
            .map(|(key, _)| Arc::clone(key))
            .collect();
        let nulls: Vec<(Arc<str>, Item)> = self
            .tree
            .table(dst)
            .iter()
            .filter(|(_, item)| item.datum.is_null())
            .map(|(key, item)| (Arc::clone(key), item.clone()))
            .collect();
        self.tree.table_mut(src).extend(nulls);
        let entries: Vec<(Arc<str>, Item)> = self
            .tree
            .table(src)
            .iter()
            .map(|(key, item)| (Arc::clone(key), item.clone()))
            .collect();
        for (key, item) in entries {
            let Some(present) = self.tree.table(dst).get(&key) else {
                self.tree.table_mut(dst).insert(key, item);
                continue;
            };
            let origin = present.origin;
            match (present.datum.as_table(), item.datum.as_table()) {
                _ if !keep_nulls && present.datum.is_null() && not_null.contains(&key) => {
                    self.tree.table_mut(dst).shift_remove(&key);
                }
                (Some(own), Some(other)) => self.coalesce_tables(own, other, keep_nulls),
                (None, Some(_)) => self.clashes.push(Clash {
                    message: format!("`{key}` is a mapping in the chart's own values, but not here"),
                    lost: item.origin,
                    won: origin,
                }),
                (Some(_), None) if !item.datum.is_null() => self.clashes.push(Clash {
                    message: format!("`{key}` is a mapping here, but not in the chart's own values"),
                    lost: item.origin,
                    won: origin,
                }),
                _ => {}
            }
        }
    }

    fn clean_nulls(&mut self, table: TableId) {
        self.tree.table_mut(table).retain(|_, item| !item.datum.is_null());
        let tables: Vec<TableId> = self
            .tree
            .table(table)
            .values()
            .filter_map(|item| item.datum.as_table())
            .collect();
        for table in tables {
            self.clean_nulls(table);
        }
    }
}

/// Helm's `MergeMaps`: a new table of both, in which `over` wins and tables are merged; what only one has is shared.
///
/// Upstream: `MergeMaps` of `pkg/chart/v2/loader/load.go` (4.3.1), `mergeMaps` of `pkg/cli/values/options.go` (3.22.0).
pub(super) fn merge_maps(tree: &mut Tree, under: TableId, over: TableId) -> TableId {
    let mut merged = tree.table(under).clone();
    let entries: Vec<(Arc<str>, Item)> = tree
        .table(over)
        .iter()
        .map(|(key, item)| (Arc::clone(key), item.clone()))
        .collect();
    for (key, mut item) in entries {
        if let Some(over) = item.datum.as_table()
            && let Some(under) = merged.get(&key).and_then(|item| item.datum.as_table())
        {
            item.datum = Datum::Table(merge_maps(tree, under, over));
        }
        merged.insert(key, item);
    }
    tree.add_table(merged)
}
