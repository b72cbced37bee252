//! Which values the templates of a release may read, whatever the values are: also in branches that these do not take.
//!
//! Besides templates, a chart reads values by conditions and tags of dependencies, and by `import-values`. What is not
//! known counts as read: the values of a subchart that is switched off, and of a chart with Jinja templates.

use std::sync::Arc;

use plimsoll_gotpl::reads::{Into, Model, Object, Reads};
use plimsoll_gotpl::{MissingKey, Parsed, TemplateSet, on_large_stack};

use super::{Parses, functions, is_partial, placed};
use crate::chart::{Engine, ImportValue};
use crate::manifest::Step;
use crate::values::{Datum, GLOBAL, UnitId, Values};

/// What of the values of a release is read.
#[derive(Debug)]
pub struct ValueReads {
    reads: Reads,
    root: Object,
}

impl ValueReads {
    /// Whether the value at a path may be read, be it only whether it is there.
    pub fn is_read(&self, path: &[Step]) -> bool {
        self.reads.is_read(self.root, path.iter().map(into))
    }

    /// The keys that are read below a path, sorted.
    pub fn keys(&self, path: &[Step]) -> Vec<&str> {
        self.reads.keys(self.root, path.iter().map(into))
    }
}

fn into(step: &Step) -> Into<'_> {
    match step {
        Step::Key(key) => Into::Key(key),
        Step::Index(_) => Into::Item,
    }
}

/// What the templates of a release may read of its values.
pub fn reads(values: &Values, parses: &Parses) -> ValueReads {
    let templates = placed(values);
    let functions = functions::functions(values.compat);
    let mut set = TemplateSet::new(functions::ROOT, Arc::clone(&functions), MissingKey::Zero);
    let mut reads = Reads::default();
    let root = reads.data();
    for placed in &templates {
        match parses.get(values.compat, &placed.name, &placed.template.bytes, &functions) {
            Ok(parsed) => set.add(&parsed),
            // Nobody knows what it would read.
            Err(_) => reads.read(root),
        }
    }
    let global = reads.below(root, GLOBAL);
    let mut charts = Charts {
        values,
        reads: &mut reads,
        global,
        scopes: Vec::new(),
    };
    charts.add(UnitId::ROOT, root);
    let scopes = charts.scopes;
    let tags = reads.below(root, "tags");
    reads.read(tags);
    let starts: Vec<(&str, Object)> = templates
        .iter()
        .filter(|placed| !is_partial(&placed.name))
        .filter_map(|placed| {
            let (_, scope) = scopes.iter().find(|(unit, _)| *unit == placed.unit)?;
            Some((placed.name.as_str(), *scope))
        })
        .collect();
    let texts: Vec<Parsed> = texts(values)
        .into_iter()
        .filter_map(|text| Parsed::new(functions::ROOT, text, &functions).ok())
        .collect();
    on_large_stack(|| reads.walk(&set, &starts, &texts, &model));
    ValueReads { reads, root }
}

struct Charts<'v> {
    values: &'v Values,
    reads: &'v mut Reads,
    /// What all charts see as `global`.
    global: Object,
    /// What the templates of each chart begin with.
    scopes: Vec<(UnitId, Object)>,
}

impl Charts<'_> {
    fn add(&mut self, unit: UnitId, own: Object) -> Object {
        let data = self.values.units.get(unit);
        self.reads.share(own, GLOBAL, self.global);
        let scope = self.reads.map();
        self.scopes.push((unit, scope));
        let subcharts = self.reads.map();
        self.reads.put(scope, "Values", own);
        self.reads.put(scope, "Subcharts", subcharts);
        if data
            .chart
            .templates
            .iter()
            .any(|template| template.engine != Engine::Go)
        {
            self.reads.read(own);
        }
        for &child in &data.children {
            let name = &self.values.units.get(child).name;
            let below = self.reads.below(own, name);
            let child = self.add(child, below);
            self.reads.put(subcharts, name, child);
        }
        for dependency in data.chart.metadata.dependencies.iter().flatten() {
            for condition in dependency.condition.trim().split(',') {
                self.read(own, condition.split('.'));
            }
            let name = match dependency.alias.as_str() {
                "" => &dependency.name,
                alias => alias,
            };
            let is_on = |child: &UnitId| *self.values.units.get(*child).name == *name;
            if !data.children.iter().any(is_on) {
                self.read(own, [name]);
            }
            for import in &dependency.import_values {
                let from = match import {
                    ImportValue::Export(export) => format!("{name}.exports.{export}"),
                    ImportValue::Pair { child, .. } => format!("{name}.{child}"),
                };
                self.read(own, from.split('.'));
            }
        }
        scope
    }

    fn read<'k>(&mut self, from: Object, path: impl IntoIterator<Item = &'k str>) {
        let below = |object, key: &str| self.reads.below(object, key);
        let object = path.into_iter().fold(from, below);
        self.reads.read(object);
    }
}

/// What `tpl` may be given: values that are templates, and files of charts.
fn texts(values: &Values) -> Vec<Arc<[u8]>> {
    let is_template = |bytes: &[u8]| memchr::memmem::find(bytes, b"{{").is_some();
    let leaves = values.leaves().into_iter();
    let mut texts: Vec<Arc<[u8]>> = leaves
        .filter_map(|leaf| match &leaf.item.datum {
            Datum::Str(text) => Some(Arc::from(Arc::clone(text))),
            Datum::Bytes(bytes) => Some(Arc::clone(bytes)),
            _ => None,
        })
        .filter(|text: &Arc<[u8]>| is_template(text))
        .collect();
    for unit in values.units.ids() {
        let chart = &values.units.get(unit).chart;
        let reads_files = |bytes: &[u8]| memchr::memmem::find(bytes, b".Files").is_some();
        if chart
            .templates
            .iter()
            .any(|template| reads_files(&template.bytes))
        {
            let files = chart.files.iter().map(|file| &file.bytes);
            texts.extend(files.filter(|bytes| is_template(bytes)).cloned());
        }
    }
    texts.sort_unstable();
    texts.dedup();
    texts
}

/// What functions of Go, Sprig and Helm do with what they are given.
fn model(name: &str) -> Model {
    match name.strip_prefix("must").map_or(name, |rest| match rest {
        "Append" => "append",
        "Prepend" => "prepend",
        "Push" => "push",
        "First" => "first",
        "Last" => "last",
        "Rest" => "rest",
        "Initial" => "initial",
        "Compact" => "compact",
        "Uniq" => "uniq",
        "Reverse" => "reverse",
        "Slice" => "slice",
        "Without" => "without",
        "DeepCopy" => "deepCopy",
        "Merge" => "merge",
        "MergeOverwrite" => "mergeOverwrite",
        _ => name,
    }) {
        "include" => Model::Include,
        "tpl" => Model::Tpl,
        "index" | "get" => Model::Index,
        "dig" => Model::Dig,
        "pluck" => Model::Pluck,
        "hasKey" => Model::HasKey,
        "dict" => Model::Dict,
        "list" | "tuple" => Model::List,
        "set" => Model::Set,
        "merge" | "mergeOverwrite" => Model::Merges,
        "first" | "last" => Model::Item,
        "values" | "concat" => Model::Items,
        "append" | "prepend" | "push" => Model::Append,
        "and" | "or" | "default" | "coalesce" | "ternary" | "required" | "deepCopy" | "pick" | "omit"
        | "unset" | "rest" | "initial" | "compact" | "uniq" | "reverse" | "slice" | "without" => {
            Model::Passes
        }
        "not" | "empty" | "all" | "any" | "kindOf" | "kindIs" | "typeOf" | "typeIs" | "typeIsLike" => {
            Model::Looks
        }
        _ => Model::Reads,
    }
}
