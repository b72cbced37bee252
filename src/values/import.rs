//! `import-values`: values of a subchart that become defaults of its parent.
//!
//! Upstream: `processImportValues` of `pkg/chart/v2/util/dependencies.go`. It runs for every chart that declares
//! dependencies, imports or not, and leaves the subcharts' defaults merged into the parent's with all nulls kept; the
//! final merge depends on that.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::INVALID_VALUES;
use super::coalesce::{Merge, Mismatch};
use super::tree::{Datum, Item, Layer, Origin, Table, TableId, Tree};
use super::unit::{UnitId, Units};
use crate::chart::{HelmCompat, ImportValue};
use crate::finding::{Anchor, Finding, Severity};

/// Gives every chart that declares dependencies its merged defaults.
pub(super) fn import(
    units: &mut Units,
    unit: UnitId,
    compat: HelmCompat,
    findings: &mut Vec<Finding>,
) -> Result<(), Mismatch> {
    let mut import = Import {
        units,
        compat,
        findings,
        done: BTreeMap::new(),
    };
    import.run(unit)?;
    import.forget_spoiled(unit);
    Ok(())
}

struct Import<'a> {
    units: &'a mut Units,
    compat: HelmCompat,
    findings: &'a mut Vec<Finding>,
    /// How often the imports of a chart's dependency ran. Only Helm 3 shares that between aliases.
    done: BTreeMap<(usize, usize), u32>,
}

impl Import<'_> {
    fn run(&mut self, unit: UnitId) -> Result<(), Mismatch> {
        for child in self.units.get(unit).children.clone() {
            self.run(child)?;
        }
        let Some(dependencies) = self.units.get(unit).dependencies.clone() else {
            return Ok(());
        };
        let chart = Arc::clone(&self.units.get(unit).chart);
        let mut tree = Tree::new();
        let root = tree.root();
        Merge {
            tree: &mut tree,
            units: self.units,
            keep_nulls: true,
            compat: self.compat,
            clashes: Vec::new(),
        }
        .coalesce(unit, root)?;
        let imported = tree.add_table(Table::new());
        for dependency in &dependencies {
            // The first alias leaves its imports in a form that the second does not understand.
            let identity = (Arc::as_ptr(&chart).addr(), dependency.index);
            let runs = self.done.entry(identity).or_default();
            *runs += 1;
            if self.compat.aliases_share_metadata() && *runs > 1 {
                continue;
            }
            for import in &dependency.import_values {
                let (child, parent) = match import {
                    ImportValue::Export(name) => (format!("exports.{name}"), "."),
                    ImportValue::Pair { child, parent } => (child.clone(), parent.as_str()),
                };
                let path = format!("{}.{child}", dependency.name);
                let keys: Vec<&str> = path.split('.').collect();
                let Some(found) = tree.subtable(root, &keys) else {
                    self.findings.push(missing(&chart.path, dependency, &child));
                    continue;
                };
                // Helm takes a new table instead of an empty one.
                let found = if tree.table(found).is_empty() {
                    tree.add_table(Table::new())
                } else {
                    found
                };
                let found = if parent == "." {
                    found
                } else {
                    nest(&mut tree, parent, found)
                };
                Merge {
                    tree: &mut tree,
                    units: self.units,
                    keep_nulls: true,
                    compat: self.compat,
                    clashes: Vec::new(),
                }
                .coalesce_tables(imported, found, true);
            }
        }
        let snapshot = tree.extract(root);
        let merged = tree.copy_table(&snapshot, snapshot.root());
        Merge {
            tree: &mut tree,
            units: self.units,
            keep_nulls: true,
            compat: self.compat,
            clashes: Vec::new(),
        }
        .coalesce_tables(merged, imported, true);
        self.units.get_mut(unit).values = Arc::new(tree.extract(merged));
        Ok(())
    }
}

impl Import<'_> {
    /// Empties the imports that a second alias did not understand: Helm 3 leaves none of them to templates.
    fn forget_spoiled(&mut self, unit: UnitId) {
        if !self.compat.aliases_share_metadata() {
            return;
        }
        let data = self.units.get_mut(unit);
        let children = data.children.clone();
        let chart = Arc::as_ptr(&data.chart).addr();
        for dependency in data.dependencies.iter_mut().flatten() {
            if self
                .done
                .get(&(chart, dependency.index))
                .is_some_and(|runs| *runs > 1)
            {
                dependency.import_values.clear();
            }
        }
        for child in children {
            self.forget_spoiled(child);
        }
    }
}

/// `a.b` and a table as `{a: {b: table}}`.
fn nest(tree: &mut Tree, path: &str, table: TableId) -> TableId {
    path.split('.').rev().fold(table, |table, key| {
        let item = Item {
            datum: Datum::Table(table),
            origin: Origin::unwritten(Layer::Chart),
        };
        tree.add_table(Table::from_iter([(Arc::from(key), item)]))
    })
}

fn missing(path: &str, dependency: &crate::chart::Dependency, child: &str) -> Finding {
    let at = dependency
        .span
        .map_or_else(|| Anchor::File(path.to_owned()), Anchor::Text);
    Finding::new(
        &INVALID_VALUES,
        at,
        format!(
            "`{}` has no mapping `{child}` in its values to import",
            dependency.name
        ),
    )
    .severity(Severity::Warning)
    .help("import a mapping that the subchart's values.yaml has")
}
