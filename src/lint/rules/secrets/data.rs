//! What a Secret holds, decoded.

use std::borrow::Cow;

use crate::admission::bytes;
use crate::lint::prelude::*;

/// One value of a Secret that is text.
pub(super) struct Value<'m> {
    pub(super) key: &'m str,
    pub(super) route: Route,
    /// What a pod reads.
    pub(super) text: Cow<'m, str>,
    /// Whether the manifest has it in base64.
    pub(super) is_encoded: bool,
}

/// The values of `data` and `stringData`; what is no base64 or no text is left out.
pub(super) fn values(secret: &Manifest) -> impl Iterator<Item = Value<'_>> {
    let lists = [("data", true), ("stringData", false)];
    lists.into_iter().flat_map(move |(list, is_encoded)| {
        let entries = secret.node().get(list).into_iter().flat_map(NodeRef::entries);
        entries.filter_map(move |(key, value)| {
            let text = if is_encoded {
                String::from_utf8(bytes::decoded(value.str())?).ok()?.into()
            } else {
                Cow::Borrowed(value.str())
            };
            Some(Value {
                key: key.str(),
                route: Route::root().then(list).then(key.str()),
                text,
                is_encoded,
            })
        })
    })
}
