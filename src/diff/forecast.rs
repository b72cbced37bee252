//! How the changes that restart pods, or move traffic, will run.

use super::{Change, ChangeSet, Impact};
use crate::forecast;
use crate::manifest::fleet::Fleet;

impl ChangeSet {
    /// Adds forecasts to the changes that need one, from all objects of both sides.
    pub fn forecast(&mut self, old: &Fleet<'_>, new: &Fleet<'_>) {
        for change in self.changes.iter_mut().filter(|change| change.needs_forecast()) {
            if let (Some(before), Some(after)) = change.manifests {
                change.forecast = forecast::of_change((old, before), (new, after));
            }
        }
    }
}

impl Change {
    fn needs_forecast(&self) -> bool {
        let is_worth_one = |impact| {
            matches!(
                impact,
                Impact::RollingRestart | Impact::Recreate | Impact::Traffic
            )
        };
        self.impact != Impact::Refused && self.reasons.iter().any(|reason| is_worth_one(reason.impact))
    }
}
