//! A canary and the stable version it is held against.

use crate::lint::prelude::*;

/// The workload whose canary this is, by its name: `shop` or `shop-stable` of `shop-canary`.
pub(super) fn stable_of<'f, 'm>(fleet: &'f Fleet<'m>, canary: &Workload<'m>) -> Option<&'f Workload<'m>> {
    let id = &canary.manifest.id;
    let stable = id.name.strip_suffix("-canary")?;
    let object = [stable.to_owned(), format!("{stable}-stable")]
        .iter()
        .find_map(|name| fleet.object(id.group_kind(), Some(canary.namespace), name))?;
    fleet.workload(object.number)
}
