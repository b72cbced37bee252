//! What the extra pods of a rollout ask for, and whether the quotas of the input have room for them.

use super::words::count;
use super::{Amount, Certainty, Figure, Name, Risk, Scene};
use crate::admission::namespace_limits::Room;
use crate::manifest::fleet::Fleet;

/// The quotas of all namespaces, with everything in the input counted.
pub(super) struct Quotas<'m>(Room<'m>);

impl<'m> Quotas<'m> {
    pub(super) fn of(fleet: &Fleet<'m>) -> Self {
        Self(Room::of(fleet.manifests(), fleet.default_namespace()))
    }
}

/// The requests of so many extra pods; nothing where no container asks for anything.
pub(super) fn figures(scene: &Scene<'_, '_>, extra: i64) -> Vec<Figure> {
    let one = scene.quotas.0.requests(scene.workload.manifest);
    [("cpu", Name::ExtraCpu), ("memory", Name::ExtraMemory)]
        .into_iter()
        .filter_map(|(resource, name)| {
            let one = one.get(resource)?;
            Some(Figure {
                name,
                amount: Amount::Quantity(one.times(extra).to_string()),
                because: format!("{} × {one}", count(extra, "extra pod")),
            })
        })
        .collect()
}

/// What a quota does to a rollout that starts so many extra pods, of which `needed` are needed to get on at all.
pub(super) fn risk(scene: &Scene<'_, '_>, extra: i64, needed: i64) -> Option<Risk> {
    let full = scene.quotas.0.refuses(scene.workload.manifest, extra)?;
    let fits = count(full.made, "extra pod");
    let (certainty, message) = if full.made < needed {
        let message = format!(
            "the rollout hangs: it has to start {} before an old one goes, and the quota has room for {fits} ({})",
            count(needed, "extra pod"),
            full.what
        );
        (Certainty::Certain, message)
    } else {
        let message = format!(
            "the quota has room for {fits} of {extra} ({}): the rollout takes more waves than said here",
            full.what
        );
        (Certainty::Possible, message)
    };
    Some(Risk {
        name: "quota",
        certainty,
        message,
        remedy:
            "raise the quota by what the extra pods ask for, or set `maxSurge: 0` with `maxUnavailable: 1`"
                .to_owned(),
    })
}
