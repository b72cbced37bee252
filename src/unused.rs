//! Values that nothing reads, with what was probably meant; and values that say what holds anyway.
//!
//! Invariant: when it is not sure that nothing reads a value, nothing is said.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use serde_json::Value;

use crate::finding::{Anchor, Finding, Group, RuleMeta, Severity, Stage};
use crate::manifest::{Route, Step};
use crate::render::helm::ValueReads;
use crate::source::{SourceMap, Span};
use crate::suggest;
use crate::values::{Datum, Item, Layer, Origin, Said, UnitId, UserLayers, Values};

/// A value that no template reads.
pub static UNUSED_VALUE: RuleMeta = RuleMeta {
    name: "unused-value",
    group: Group::Chart,
    stage: Stage::Values,
    severity: Severity::Warning,
    default: true,
    summary: "a value that no template of the chart reads: mostly a misspelled key, or one at the wrong level",
    peers: &[],
    fix: None,
    page: include_str!("../fixtures/rules/unused-value.md"),
};

/// A value that is set to what it is by default.
pub static REDUNDANT_VALUE: RuleMeta = RuleMeta {
    name: "redundant-value",
    group: Group::Chart,
    stage: Stage::Values,
    severity: Severity::Info,
    default: true,
    summary: "a value that a layer sets to what it is without it",
    peers: &[],
    fix: None,
    page: include_str!("../fixtures/rules/redundant-value.md"),
};

/// Whose values are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Those of the files and flags of the call.
    Users,
    /// Those of the released chart's own `values.yaml`.
    Charts,
}

/// Whether the user sets a key that no chart of the release has in its `values.yaml`. Only such can be misspelled.
pub fn may_be_misspelled(values: &Values) -> bool {
    let leaves = values.leaves();
    leaves
        .iter()
        .filter(|leaf| leaf.author.is_user() && !leaf.is_global)
        .any(|leaf| !values.has_default(&leaf.route))
}

/// The values that nothing reads, each once, at the topmost key that is not read.
pub fn unused(values: &Values, reads: &ValueReads, whose: Whose, sources: &SourceMap) -> Vec<Unused> {
    let mut search = Search {
        values,
        reads,
        whose,
        sources,
        defaults: OnceCell::new(),
        found: Vec::new(),
    };
    search.table(values.tree.root(), &mut Route::root());
    search.found
}

/// A value that nothing reads.
#[derive(Debug, Clone)]
pub struct Unused {
    /// Its path in the values of the release.
    pub route: Route,
    /// Where its key is written.
    pub at: Span,
    /// What was probably meant.
    pub meant: Option<Route>,
}

impl Unused {
    /// What is said of it.
    pub fn finding(&self) -> Finding {
        let message = format!("no template of the chart reads the value `{}`", self.route);
        let help = match &self.meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => {
                "take it out, or look up in the chart's values.yaml what it is called; `plimsoll explain unused-value` \
                 says when it is read all the same"
                    .to_owned()
            }
        };
        Finding::new(&UNUSED_VALUE, Anchor::Text(self.at), message).help(help)
    }
}

struct Search<'v> {
    values: &'v Values,
    reads: &'v ValueReads,
    whose: Whose,
    sources: &'v SourceMap,
    /// The paths of the charts' own values, once they are asked for.
    defaults: OnceCell<BTreeSet<Route>>,
    found: Vec<Unused>,
}

impl Search<'_> {
    fn table(&mut self, table: crate::values::TableId, route: &mut Route) {
        for (key, item) in self.values.tree.table(table) {
            route.push(&**key);
            if self.reads.is_read(route.steps()) {
                self.below(item, route);
            } else if let Some(at) = self.place(item).filter(|at| !self.has_anchor(*at, item)) {
                self.add(route, at);
            }
            route.pop();
        }
    }

    /// Subcharts see `global` too; where it was written is told once, by the shortest path.
    fn add(&mut self, route: &Route, at: Span) {
        let unused = Unused {
            route: route.clone(),
            at,
            meant: self.meant(route),
        };
        match self.found.iter_mut().find(|known| known.at == at) {
            None => self.found.push(unused),
            Some(known) if known.route.steps().len() > route.steps().len() => *known = unused,
            Some(_) => {}
        }
    }

    fn below(&mut self, item: &Item, route: &mut Route) {
        match item.datum {
            Datum::Table(table) => self.table(table, route),
            Datum::List(list) => {
                for (index, item) in self.values.tree.list(list).iter().enumerate() {
                    route.push(index);
                    // A list is passed on as it is; what counts is what is known of its items.
                    if self.reads.is_read(route.steps()) {
                        self.below(item, route);
                    }
                    route.pop();
                }
            }
            _ => {}
        }
    }

    /// Where the key is written by those who are looked at: itself, or the first of what it holds.
    fn place(&self, item: &Item) -> Option<Span> {
        if self.is_meant(item.origin) {
            return item.origin.key.or(item.origin.value);
        }
        let tree = &self.values.tree;
        match item.datum {
            Datum::Table(table) => tree.table(table).values().find_map(|item| self.place(item)),
            _ => None,
        }
    }

    fn is_meant(&self, origin: Origin) -> bool {
        let root = self.values.units.get(UnitId::ROOT);
        match self.whose {
            Whose::Users => matches!(origin.layer, Layer::File | Layer::Flag),
            Whose::Charts => {
                origin.layer == Layer::Chart
                    && origin
                        .span()
                        .is_some_and(|span| Some(span.file) == root.chart.values_source)
            }
        }
    }

    /// Whether something is written once there, to be used elsewhere: `common: &common`.
    fn has_anchor(&self, key: Span, item: &Item) -> bool {
        let end = item.origin.value.filter(|value| value.file == key.file);
        let source = self.sources.get(key.file);
        let text = source
            .text()
            .get(key.start as usize..end.map_or(key.end, |end| end.end) as usize);
        text.is_some_and(|text| {
            text.match_indices('&').any(|(at, _)| {
                let before = text[..at].trim_end_matches(' ');
                let is_name = text[at + 1..].starts_with(|char: char| char.is_alphanumeric() || char == '_');
                is_name && before.len() < at && before.ends_with([':', '-'])
            })
        })
    }

    /// The key beside it that it is nearest to; else the one key of its name that is read, levels above or below it.
    fn meant(&self, route: &Route) -> Option<Route> {
        let parent = route.parent()?;
        let Some(Step::Key(key)) = route.steps().last() else {
            return None;
        };
        // What the user took over from a chart is not misspelled, but of no use there either.
        if self.whose == Whose::Users && self.values.has_default(route) {
            return None;
        }
        let known = self.reads.keys(parent.steps());
        if let Some(near) = suggest::certain(key, known) {
            return Some(parent.then(near));
        }
        let defaults = self.defaults.get_or_init(|| self.values.default_paths());
        let is_called = |path: &&Route| path.steps().last() == route.steps().last() && *path != route;
        let is_in_line = |path: &&Route| {
            let other = path.parent().unwrap_or_default();
            other.steps().starts_with(parent.steps()) || parent.steps().starts_with(other.steps())
        };
        let is_read = |path: &&Route| self.reads.is_read(path.steps());
        let mut elsewhere = defaults
            .iter()
            .filter(is_called)
            .filter(is_in_line)
            .filter(is_read);
        match (elsewhere.next(), elsewhere.next()) {
            (Some(only), None) => Some(only.clone()),
            _ => None,
        }
    }
}

/// The leaves of the user's layers that change nothing.
pub fn redundant(values: &Values, user: &UserLayers) -> Vec<Finding> {
    let leaves = values.leaves();
    leaves
        .iter()
        .filter(|leaf| leaf.author.is_user() && !leaf.is_global && values.has_default(&leaf.route))
        // A list is set as a whole.
        .filter(|leaf| {
            !leaf
                .route
                .steps()
                .iter()
                .any(|step| matches!(step, Step::Index(_)))
        })
        .filter_map(|leaf| {
            let at = leaf.item.origin.key.or(leaf.item.origin.value)?;
            let words = values.history(&leaf.route, user);
            let (last, before) = words.split_last()?;
            let before = before.iter().rev().find(|word| !word.author.is_user())?;
            let is_same = |value: &Value| matches!(&before.said, Said::This(default) if default == value);
            let Said::This(value) = &last.said else {
                return None;
            };
            let is_only = words.iter().filter(|word| word.author.is_user()).count() == 1;
            (is_only && is_same(value)).then(|| {
                let message = format!("`{}` is set to what it is by default", leaf.route);
                let finding = Finding::new(&REDUNDANT_VALUE, Anchor::Text(at), message)
                    .help("take it out, unless it is there to hold when the chart's default changes");
                match before.origin.span() {
                    Some(span) => finding.related(Anchor::Text(span), "the default"),
                    None => finding,
                }
            })
        })
        .collect()
}
