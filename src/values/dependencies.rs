//! Which subcharts a release uses: aliases, tags and conditions.
//!
//! Upstream: `processDependencyEnabled` and what it calls, `pkg/chart/v2/util/dependencies.go` of Helm 4.3.1,
//! `pkg/chartutil/dependencies.go` of 3.22.0.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::coalesce::{Merge, Mismatch};
use super::tree::{Datum, TableId, Tree};
use super::unit::{Unit, UnitId, Units};
use super::{INVALID_VALUES, kind};
use crate::chart::{Chart, Dependency, HelmCompat};
use crate::finding::{Anchor, Finding, Severity};

/// Adds the released chart and every subchart that is used to `units`.
///
/// # Errors
/// Values of a subchart that are no table.
pub(super) fn decide(
    chart: &Arc<Chart>,
    user: &Tree,
    compat: HelmCompat,
    units: &mut Units,
    findings: &mut Vec<Finding>,
) -> Result<(), Mismatch> {
    let root = add_raw(units, chart, None, None);
    let mut decision = Decision {
        units,
        compat,
        findings,
        shared: BTreeMap::new(),
    };
    decision.enable(root, user, "")?;
    decision.share_enabled(root);
    Ok(())
}

struct Decision<'a> {
    units: &'a mut Units,
    compat: HelmCompat,
    findings: &'a mut Vec<Finding>,
    /// What earlier aliases of a chart left in its metadata, by chart. Only Helm 3 shares it.
    shared: BTreeMap<usize, Vec<Dependency>>,
}

/// Adds a chart with all charts below it, none of them decided.
fn add_raw(units: &mut Units, chart: &Arc<Chart>, name: Option<&str>, parent: Option<UnitId>) -> UnitId {
    let name = name.unwrap_or(&chart.metadata.name);
    let path = match parent {
        None => Arc::from(name),
        Some(parent) => Arc::from(format!("{}/charts/{name}", units.get(parent).path)),
    };
    let unit = units.add(Unit {
        chart: Arc::clone(chart),
        name: Arc::from(name),
        path,
        parent,
        children: Vec::new(),
        dependencies: chart.metadata.dependencies.clone(),
        values: Arc::clone(&chart.values),
    });
    let children = chart
        .dependencies
        .iter()
        .map(|child| add_raw(units, child, None, Some(unit)))
        .collect();
    units.get_mut(unit).children = children;
    unit
}

impl Decision<'_> {
    fn enable(&mut self, unit: UnitId, above: &Tree, path: &str) -> Result<(), Mismatch> {
        let chart = Arc::clone(&self.units.get(unit).chart);
        let identity = Arc::as_ptr(&chart).addr();
        let Some(mut wanted) = self.units.get(unit).dependencies.clone() else {
            return Ok(());
        };
        if self.compat.aliases_share_metadata()
            && let Some(shared) = self.shared.get(&identity)
        {
            wanted.clone_from(shared);
        }
        // Subcharts that Chart.yaml does not mention come first, then the mentioned ones in its order.
        let mut children: Vec<UnitId> = self
            .units
            .get(unit)
            .children
            .iter()
            .copied()
            .filter(|&child| {
                let metadata = &self.units.get(child).chart.metadata;
                !wanted.iter().any(|dependency| {
                    metadata.name == dependency.name && fits(&dependency.version, &metadata.version)
                })
            })
            .collect();
        for dependency in &mut wanted {
            let found = chart.dependencies.iter().find(|child| {
                child.metadata.name == dependency.name && fits(&dependency.version, &child.metadata.version)
            });
            if let Some(found) = found {
                let alias = Some(dependency.alias.as_str()).filter(|alias| !alias.is_empty());
                children.push(add_raw(self.units, found, alias, Some(unit)));
            }
            if !dependency.alias.is_empty() {
                dependency.name.clone_from(&dependency.alias);
            }
            dependency.enabled = true;
        }
        self.units.get_mut(unit).children = children;

        let mut tree = Tree::new();
        let root = tree.copy_table(above, above.root());
        tree.set_root(root);
        Merge {
            tree: &mut tree,
            units: self.units,
            keep_nulls: false,
            compat: self.compat,
            clashes: Vec::new(),
        }
        .coalesce(unit, root)?;

        self.by_tags(&mut wanted, &tree);
        self.by_conditions(&mut wanted, &tree, path);

        let disabled: HashSet<&str> = wanted
            .iter()
            .filter(|dependency| !dependency.enabled)
            .map(|dependency| dependency.name.as_str())
            .collect();
        let children: Vec<UnitId> = self
            .units
            .get(unit)
            .children
            .iter()
            .copied()
            .filter(|&child| !disabled.contains(&*self.units.get(child).name))
            .collect();
        let left = wanted
            .iter()
            .filter(|dependency| !disabled.contains(dependency.name.as_str()))
            .cloned()
            .collect();
        if self.compat.aliases_share_metadata() {
            self.shared.insert(identity, wanted);
        }
        let unit_data = self.units.get_mut(unit);
        unit_data.children.clone_from(&children);
        unit_data.dependencies = Some(left);
        for child in children {
            let path = format!("{path}{}.", self.units.get(child).name);
            self.enable(child, &tree, &path)?;
        }
        Ok(())
    }

    /// Shows every alias of a chart what the last one left in their common metadata.
    fn share_enabled(&mut self, unit: UnitId) {
        let data = self.units.get_mut(unit);
        let children = data.children.clone();
        if let Some(shared) = self.shared.get(&Arc::as_ptr(&data.chart).addr()) {
            for dependency in data.dependencies.iter_mut().flatten() {
                if let Some(last) = shared.iter().find(|last| last.index == dependency.index) {
                    dependency.enabled = last.enabled;
                }
            }
        }
        for child in children {
            self.share_enabled(child);
        }
    }

    fn by_tags(&mut self, wanted: &mut [Dependency], tree: &Tree) {
        let Some(tags) = tree.subtable(tree.root(), &["tags"]) else {
            return;
        };
        for dependency in wanted {
            let mut on = false;
            let mut off = false;
            for tag in &dependency.tags {
                match tree.table(tags).get(tag.as_str()).map(|item| &item.datum) {
                    Some(Datum::Bool(true)) => on = true,
                    Some(Datum::Bool(false)) => off = true,
                    Some(other) => {
                        let message = format!("the tag `{tag}` must be true or false, found {}", kind(other));
                        let at = tree.get(tags, &[tag]).and_then(|item| item.origin.span());
                        self.warn(at, message);
                    }
                    None => {}
                }
            }
            dependency.enabled = on || !off;
        }
    }

    fn by_conditions(&mut self, wanted: &mut [Dependency], tree: &Tree, path: &str) {
        for dependency in wanted {
            for condition in dependency
                .condition
                .trim()
                .split(',')
                .filter(|condition| !condition.is_empty())
            {
                let Some(item) = path_value(tree, tree.root(), &format!("{path}{condition}")) else {
                    continue;
                };
                match &item.datum {
                    Datum::Bool(value) => {
                        dependency.enabled = *value;
                        break;
                    }
                    other => {
                        let message = format!(
                            "`{condition}` decides whether `{}` is used and must be true or false, found {}",
                            dependency.name,
                            kind(other)
                        );
                        self.warn(item.origin.span(), message);
                    }
                }
            }
        }
    }

    fn warn(&mut self, at: Option<crate::source::Span>, message: String) {
        let Some(at) = at else { return };
        self.findings.push(
            Finding::new(&INVALID_VALUES, Anchor::Text(at), message)
                .severity(Severity::Warning)
                .help("write true or false without quotes; Helm ignores anything else"),
        );
    }
}

/// A value that is no table, by its dotted path. Upstream: `Values.PathValue` of `pkg/chart/common/values.go`.
fn path_value<'t>(tree: &'t Tree, root: TableId, path: &str) -> Option<&'t super::tree::Item> {
    let keys: Vec<&str> = path.split('.').collect();
    tree.get(root, &keys)
        .filter(|item| item.datum.as_table().is_none())
}

/// Upstream: `IsCompatibleRange` of `pkg/chart/v2/util/compatible.go`.
fn fits(range: &str, version: &str) -> bool {
    crate::chart::is_compatible_range(range, version)
}
