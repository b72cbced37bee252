//! The charts of one release: the chart itself, and its subcharts after conditions, tags and aliases decided.
//!
//! A chart that is used twice under two aliases is one [`Chart`] and two units.

use std::sync::Arc;

use super::tree::Tree;
use crate::chart::{Chart, Dependency};

/// The number of a unit in its [`Units`]. The release's own chart is [`UnitId::ROOT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitId(pub(super) u32);

impl UnitId {
    /// The chart that is released.
    pub const ROOT: Self = Self(0);
}

/// A chart in its place in a release.
#[derive(Debug, Clone)]
pub struct Unit {
    /// The chart.
    pub chart: Arc<Chart>,
    /// The name it goes by here: its alias, if it has one.
    pub name: Arc<str>,
    /// The path that its template names begin with: `web/charts/redis`.
    ///
    /// Upstream: `ChartFullPath` of `pkg/chart/v2/chart.go`.
    pub path: Arc<str>,
    /// The chart it is a subchart of.
    pub parent: Option<UnitId>,
    /// Its subcharts, in Helm's order.
    pub children: Vec<UnitId>,
    /// The dependencies left after conditions and tags, as `.Chart.Dependencies` shows them; none when Chart.yaml
    /// declares none.
    pub dependencies: Option<Vec<Dependency>>,
    /// Its own values, with those it imports from its subcharts.
    pub values: Arc<Tree>,
}

/// The charts of a release, parents before children.
#[derive(Debug, Clone, Default)]
pub struct Units(Vec<Unit>);

impl Units {
    pub(super) fn add(&mut self, unit: Unit) -> UnitId {
        let id = UnitId(u32::try_from(self.0.len()).unwrap_or(u32::MAX));
        self.0.push(unit);
        id
    }

    /// The unit of a number of these.
    ///
    /// # Panics
    /// If the number came from elsewhere, which is a bug.
    pub fn get(&self, id: UnitId) -> &Unit {
        &self.0[id.0 as usize]
    }

    pub(super) fn get_mut(&mut self, id: UnitId) -> &mut Unit {
        &mut self.0[id.0 as usize]
    }

    /// The numbers of all units, parents before children.
    pub fn ids(&self) -> impl Iterator<Item = UnitId> + use<> {
        (0..u32::try_from(self.0.len()).unwrap_or(u32::MAX)).map(UnitId)
    }

    pub(super) fn has_child(&self, id: UnitId, name: &str) -> bool {
        self.get(id)
            .children
            .iter()
            .any(|&child| &*self.get(child).name == name)
    }

    /// The path that the unit's values have in the values of the release: `redis`, `redis.common`; empty for the root.
    pub fn values_path(&self, id: UnitId) -> Vec<Arc<str>> {
        let mut path = Vec::new();
        let mut id = id;
        while let Some(parent) = self.get(id).parent {
            path.push(Arc::clone(&self.get(id).name));
            id = parent;
        }
        path.reverse();
        path
    }
}
