//! What every layer says of one value, from the weakest to the strongest.
//!
//! Merging keeps only who won, so the layers are asked one by one. Their order is that of [`super::coalesce`]: a subchart's
//! own defaults, those that charts above have for it, files, flags, and then what charts above have in `global`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::coalesce::GLOBAL;
use super::layers::{self, FileReader, Layers};
use super::leaves::{Author, find};
use super::schema::{json_of, json_of_table};
use super::tree::{Datum, Item, Layer, Origin, TableId, Tree};
use super::{UnitId, Values};
use crate::chart::ImportValue;
use crate::manifest::{Route, Step};
use crate::source::SourceMap;

/// Files and flags of a call, from the weakest to the strongest, each by itself.
#[derive(Debug)]
pub struct UserLayers(Vec<Tree>);

/// What one layer says of a value.
#[derive(Debug, Clone)]
pub struct Word {
    /// Whose layer it is.
    pub author: Author,
    /// The chart whose `values.yaml` it is.
    pub chart: Option<String>,
    /// Whether it is said in the `global` of a chart above.
    pub is_global: bool,
    /// Where it is written.
    pub origin: Origin,
    /// What it says.
    pub said: Said,
}

/// What a layer says.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// The value itself; null deletes it.
    This(Value),
    /// Something that holds the value is no mapping or list there, so it goes away: the first steps of the path, and what
    /// is there.
    Above(Route, Value),
}

impl Values {
    /// The item at a path of the release's values.
    pub fn find(&self, route: &Route) -> Option<&Item> {
        find(&self.tree, &Datum::Table(self.tree.root()), route.steps())
    }

    /// The value at a path of the release's values, as JSON; all of them at the root.
    pub fn value(&self, route: &Route) -> Option<Value> {
        if route.steps().is_empty() {
            return Some(json_of_table(&self.tree, self.tree.root()));
        }
        Some(json_of(&self.tree, self.find(route)?))
    }

    /// All paths of the release's values: of leaves, and of what holds them.
    pub fn paths(&self) -> BTreeSet<Route> {
        let mut paths = BTreeSet::new();
        for leaf in self.leaves() {
            let mut route = Some(leaf.route);
            while let Some(path) = route.filter(|path| !path.steps().is_empty() && !paths.contains(path)) {
                route = path.parent();
                paths.insert(path);
            }
        }
        paths
    }

    /// Whether the `values.yaml` of a chart says something of a path.
    pub fn has_default(&self, route: &Route) -> bool {
        let mut words = Vec::new();
        self.ask_charts(UnitId::ROOT, route.steps(), &mut words);
        !words.is_empty()
    }

    /// All paths of the charts' own values, in the values of the release.
    pub fn default_paths(&self) -> BTreeSet<Route> {
        let mut paths = BTreeSet::new();
        for unit in self.units.ids() {
            let above = self.units.values_path(unit);
            let above: Route = above.iter().map(|name| Step::from(&**name)).collect();
            let tree = &self.units.get(unit).chart.values;
            keys_below(tree, tree.root(), &above, &mut paths);
        }
        paths
    }

    /// Reads the layers of the user that were merged once more, each by itself: merging writes into the tables of earlier
    /// ones.
    pub fn user_layers(&self, layers: &Layers, sources: &SourceMap, read_file: FileReader<'_>) -> UserLayers {
        UserLayers(layers::each(layers, &self.texts, self.compat, sources, read_file))
    }

    /// What the layers say of a path, the strongest last.
    pub fn history(&self, route: &Route, user: &UserLayers) -> Vec<Word> {
        let mut words = Vec::new();
        self.ask(route, &user.0, false, &mut words);
        // Charts share mappings in `global`, so one may see what another wrote into them.
        if let Some(item) = self.find(route)
            && item.origin.span().is_some()
            && words.iter().all(|word| word.origin != item.origin)
        {
            let leaf = self.leaf(item, route);
            words.push(Word {
                author: leaf.author,
                chart: None,
                is_global: leaf.is_global,
                origin: item.origin,
                said: Said::This(json_of(&self.tree, item)),
            });
        }
        words
    }

    fn ask(&self, route: &Route, user: &[Tree], is_global: bool, words: &mut Vec<Word>) {
        let before = words.len();
        self.ask_charts(UnitId::ROOT, route.steps(), words);
        let from = |layer| match layer {
            Layer::Flag => Author::Flag,
            Layer::File | Layer::Chart => Author::File,
        };
        words.extend(user.iter().filter_map(|tree| word(tree, route.steps(), from)));
        for word in words[before..].iter_mut().filter(|_| is_global) {
            word.is_global = true;
            if word.author == Author::Default {
                word.author = Author::Parent;
            }
        }
        let (owner, rest) = self.owner(route);
        if let Some(parent) = self.units.get(owner).parent
            && rest.first() == Some(&Step::from(GLOBAL))
        {
            let above = self.units.values_path(parent);
            let above = above.iter().map(|name| Step::from(&**name));
            self.ask(&above.chain(rest.iter().cloned()).collect(), user, true, words);
        }
    }

    /// Asks a chart's `values.yaml`, those of the charts below it first.
    fn ask_charts(&self, unit: UnitId, steps: &[Step], words: &mut Vec<Word>) {
        let data = self.units.get(unit);
        let before = words.len();
        if let Some((Step::Key(name), below)) = steps.split_first()
            && let Some(child) = self.child(unit, name)
        {
            self.ask_charts(child, below, words);
        }
        self.ask_imports(unit, steps, words);
        // What a chart below says is its default only as long as the path is its own.
        if let Some(mut word) = word(&data.chart.values, steps, |_| Author::Default) {
            if words[before..].iter().any(|word| word.author == Author::Default) || self.is_below(unit, steps)
            {
                word.author = Author::Parent;
            }
            word.chart = Some(data.name.to_string());
            words.push(word);
        }
    }

    fn is_below(&self, unit: UnitId, steps: &[Step]) -> bool {
        matches!(steps.first(), Some(Step::Key(name)) if self.child(unit, name).is_some())
    }

    /// Asks the charts below one that it imports values from.
    fn ask_imports(&self, unit: UnitId, steps: &[Step], words: &mut Vec<Word>) {
        for dependency in self.units.get(unit).dependencies.iter().flatten() {
            let Some(child) = self.child(unit, &dependency.name) else {
                continue;
            };
            for import in &dependency.import_values {
                let (from, to) = match import {
                    ImportValue::Export(name) => (format!("exports.{name}"), Route::root()),
                    ImportValue::Pair { child, parent } if parent == "." => (child.clone(), Route::root()),
                    ImportValue::Pair { child, parent } => (child.clone(), Route::root().below(parent)),
                };
                if let Some(rest) = steps.strip_prefix(to.steps()) {
                    let before = words.len();
                    let path: Route = Route::root()
                        .below(&from)
                        .steps()
                        .iter()
                        .chain(rest)
                        .cloned()
                        .collect();
                    self.ask_charts(child, path.steps(), words);
                    for word in &mut words[before..] {
                        word.author = Author::Import;
                    }
                }
            }
        }
    }
}

fn keys_below(tree: &Tree, table: TableId, above: &Route, paths: &mut BTreeSet<Route>) {
    for (key, item) in tree.table(table) {
        let route = above.then(&**key);
        if let Datum::Table(table) = item.datum {
            keys_below(tree, table, &route, paths);
        }
        paths.insert(route);
    }
}

/// What one tree says of a path, if it says anything.
fn word(tree: &Tree, steps: &[Step], author: impl Fn(Layer) -> Author) -> Option<Word> {
    let mut here = Datum::Table(tree.root());
    let mut last: Option<&Item> = None;
    for (depth, step) in steps.iter().enumerate() {
        let is_holder = matches!(
            (&here, step),
            (Datum::Table(_), Step::Key(_)) | (Datum::List(_), Step::Index(_))
        );
        if !is_holder {
            let item = last?;
            let above = steps[..depth].iter().cloned().collect();
            return Some(Word {
                author: author(item.origin.layer),
                chart: None,
                is_global: false,
                origin: item.origin,
                said: Said::Above(above, json_of(tree, item)),
            });
        }
        let item = find(tree, &here, std::slice::from_ref(step))?;
        here = item.datum.clone();
        last = Some(item);
    }
    let item = last?;
    Some(Word {
        author: author(item.origin.layer),
        chart: None,
        is_global: false,
        origin: item.origin,
        said: Said::This(json_of(tree, item)),
    })
}
