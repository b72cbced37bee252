//! The templates of a chart tree by the names they can be called.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::SourceId;

/// One template file.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// Helm's name: `shop/charts/db/templates/service.yaml.j2`.
    pub(super) path: Arc<str>,
    /// The text of the run it is.
    pub(super) id: SourceId,
    /// What it says.
    pub(super) text: Arc<str>,
}

/// Every template of a chart and its subcharts, by Helm's name.
#[derive(Debug, Default)]
pub(super) struct Sources(BTreeMap<Arc<str>, Source>);

impl Sources {
    pub(super) fn add(&mut self, source: Source) {
        self.0.insert(Arc::clone(&source.path), source);
    }

    /// The template that `name` means inside the chart at `chart` (`shop/charts/db`): a file below its `templates/`, or any
    /// template of the whole tree by its chart, with or without `templates/`.
    pub(super) fn find(&self, chart: &str, name: &str) -> Option<&Source> {
        [
            format!("{chart}/templates/{name}"),
            format!("{chart}/{name}"),
            name.to_owned(),
        ]
        .iter()
        .find_map(|path| self.0.get(path.as_str()))
        .or_else(|| {
            // `db/_macros.j2`: the chart by its own name, wherever it is in the tree.
            let (owner, file) = name.split_once('/')?;
            let file = file.strip_prefix("templates/").unwrap_or(file);
            let end = format!("/{owner}/templates/{file}");
            self.0.values().find(|source| {
                source.path.ends_with(&end)
                    || source.path.strip_prefix(owner) == end.strip_prefix(&format!("/{owner}"))
            })
        })
    }

    /// The names by which templates of a chart call each other.
    pub(super) fn names(&self, chart: &str) -> impl Iterator<Item = &str> {
        let prefix = format!("{chart}/templates/");
        self.0
            .keys()
            .map(move |path| path.strip_prefix(&*prefix).unwrap_or(path))
    }
}
