//! Jobs that an installer runs at its own time and removes itself.

use crate::lint::prelude::*;

/// Whether Helm or Argo CD runs an object as a hook.
pub(super) fn is_hook(manifest: &Manifest) -> bool {
    let mut annotations = manifest
        .get("metadata.annotations")
        .into_iter()
        .flat_map(NodeRef::entries);
    annotations.any(|(key, _)| matches!(key.str(), "helm.sh/hook" | "argocd.argoproj.io/hook"))
}
