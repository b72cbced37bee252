//! The values of a release: what charts say, what the user says, merged as Helm merges them.
//!
//! [`resolve`] decides in one go which subcharts are used and what every chart of the release sees as `.Values`, because
//! each depends on the other: a condition is a value, and a subchart brings values. Every value knows where it was
//! written.
//!
//! Invariant: the values of a subchart are the table below its name in its parent's values, the same table, not a copy.

mod coalesce;
mod dependencies;
mod history;
mod import;
mod layers;
mod leaves;
mod schema;
mod set;
mod tree;
mod unit;

use std::sync::Arc;

use crate::chart::{Chart, HelmCompat};
use crate::finding::{Anchor, Finding, Group, RuleMeta, Severity, Stage};
use crate::source::{SourceId, SourceMap};

pub use coalesce::GLOBAL;
pub use history::{Said, UserLayers, Word};
pub(crate) use layers::read_document;
pub use layers::{FileReader, Layers, ValuesFile};
pub use leaves::{Author, Leaf};
pub use schema::{VALUES_SCHEMA, ValueSchemas, json_of, validate};
pub use tree::{Datum, Item, Layer, ListId, Origin, Table, TableId, Tree, kind};
pub use unit::{Unit, UnitId, Units};

use coalesce::{Clash, Merge};

/// A values file cannot be used.
pub static INVALID_VALUES: RuleMeta = RuleMeta {
    name: "invalid-values",
    group: Group::Chart,
    stage: Stage::Values,
    severity: Severity::Error,
    default: true,
    summary: "a values file that cannot be read, or that holds what Helm cannot merge",
    peers: &[],
    fix: None,
    page: include_str!("../../fixtures/rules/invalid-values.md"),
};

/// A `--set` flag cannot be read.
pub static INVALID_FLAG: RuleMeta = RuleMeta {
    name: "invalid-set-flag",
    group: Group::Chart,
    stage: Stage::Values,
    severity: Severity::Error,
    default: true,
    summary: "a `--set` flag that does not follow the grammar, or does not fit the values that are there",
    peers: &[],
    fix: None,
    page: include_str!("../../fixtures/rules/invalid-set-flag.md"),
};

/// A mapping meets something that is none.
pub static VALUE_TYPE_CLASH: RuleMeta = RuleMeta {
    name: "value-type-clash",
    group: Group::Chart,
    stage: Stage::Values,
    severity: Severity::Warning,
    default: true,
    summary: "a mapping in one layer of values and something else in another: Helm drops one of them",
    peers: &[],
    fix: None,
    page: include_str!("../../fixtures/rules/value-type-clash.md"),
};

/// The values of a release and the charts that see them.
#[derive(Debug, Clone)]
pub struct Values {
    /// The merged values; the root is what the released chart sees.
    pub tree: Tree,
    /// The charts, after conditions, tags and aliases.
    pub units: Units,
    /// Which Helm's rules were followed.
    pub compat: HelmCompat,
    /// The texts of the user's layers, in their order.
    texts: Vec<SourceId>,
}

impl Values {
    /// What a chart of the release sees as `.Values`; none when a chart in between made it something else than a table.
    pub fn of(&self, unit: UnitId) -> Option<TableId> {
        let path = self.units.values_path(unit);
        let path: Vec<&str> = path.iter().map(|key| &**key).collect();
        self.tree.subtable(self.tree.root(), &path)
    }
}

/// Decides the subcharts and merges all values. No values when a layer is broken: Helm renders nothing then.
pub fn resolve(
    chart: &Arc<Chart>,
    layers: &Layers,
    compat: HelmCompat,
    sources: &SourceMap,
    read_file: FileReader<'_>,
) -> (Option<Values>, Vec<Finding>) {
    let mut findings = Vec::new();
    let (user, texts) = layers::merge(layers, compat, sources, read_file, &mut findings);
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return (None, findings);
    }
    let mut units = Units::default();
    let result = dependencies::decide(chart, &user, compat, &mut units, &mut findings)
        .and_then(|()| import::import(&mut units, UnitId::ROOT, compat, &mut findings));
    if let Err(mismatch) = result {
        findings.push(mismatch_finding(chart, &mismatch));
        return (None, findings);
    }
    let mut tree = user;
    let root = tree.root();
    let mut merge = Merge {
        tree: &mut tree,
        units: &units,
        keep_nulls: false,
        compat,
        clashes: Vec::new(),
    };
    let result = merge.coalesce(UnitId::ROOT, root);
    findings.extend(merge.clashes.iter().filter_map(clash_finding));
    match result {
        Ok(()) => (
            Some(Values {
                tree,
                units,
                compat,
                texts,
            }),
            findings,
        ),
        Err(mismatch) => {
            findings.push(mismatch_finding(chart, &mismatch));
            (None, findings)
        }
    }
}

fn mismatch_finding(chart: &Chart, mismatch: &coalesce::Mismatch) -> Finding {
    let at = mismatch
        .origin
        .span()
        .map_or_else(|| Anchor::File(chart.path.clone()), Anchor::Text);
    Finding::new(&INVALID_VALUES, at, mismatch.message.clone())
        .help("the values of a subchart go below its name: `name: {key: value}`")
}

fn clash_finding(clash: &Clash) -> Option<Finding> {
    let at = clash.lost.span().or(clash.won.span())?;
    let finding = Finding::new(&VALUE_TYPE_CLASH, Anchor::Text(at), clash.message.clone()).help(
        "Helm keeps the other value and drops this one; make both a mapping, or set the key to null first",
    );
    Some(match clash.won.span().filter(|won| *won != at) {
        Some(won) => finding.related(Anchor::Text(won), "this one is kept"),
        None => finding,
    })
}
