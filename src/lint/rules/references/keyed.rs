//! Keys of the ConfigMaps and Secrets that pods use.

use crate::lint::prelude::*;
use crate::suggest;

/// A key that an object of the input does not have.
pub(super) struct MissingKey {
    pub(super) message: String,
    pub(super) help: String,
}

/// Whether the ConfigMap or Secret is in the input and has no such key. One without any keys is filled by something
/// else.
pub(super) fn missing_key(
    fleet: &Fleet<'_>,
    workload: &Workload<'_>,
    kind: &str,
    name: &str,
    key: &str,
) -> Option<MissingKey> {
    let object = fleet.object(("", kind), Some(workload.namespace), name)?;
    let keys: Vec<&str> = ["data", "binaryData", "stringData"]
        .iter()
        .filter_map(|field| object.get(field))
        .flat_map(NodeRef::merged_entries)
        .map(|(key, _)| key.str())
        .collect();
    if keys.is_empty() || keys.contains(&key) {
        return None;
    }
    let help = match suggest::nearest(key, keys.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("it has {}", keys.join(", ")),
    };
    let message = format!("{kind} `{name}` has no key `{key}`");
    Some(MissingKey { message, help })
}
