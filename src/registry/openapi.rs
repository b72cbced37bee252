//! The OpenAPI documents of a live API server (`/openapi/v3`), one for each group and version.

use rayon::prelude::*;
use serde_json::Value;

use super::kubeconfig::Cluster;
use super::{Client, Error, Result};

/// The most bytes of one document; that of `apps/v1` has 600 KB.
const MAX_DOCUMENT_BYTES: u64 = 64 * 1024 * 1024;

/// Fetches the document of every group and version that the server serves.
///
/// # Errors
/// The server cannot be reached, refuses us, or is older than Kubernetes 1.24, which has no OpenAPI v3.
pub fn documents(cluster: &Cluster) -> Result<Vec<Value>> {
    let client = Client::default();
    let get = |path: &str| -> Result<Value> {
        let (address, _) = cluster.address.in_repository(path)?;
        let answer = client.get(
            &address,
            &cluster.trust,
            &cluster.auth,
            "application/json",
            MAX_DOCUMENT_BYTES,
        )?;
        let help = match answer.status {
            200 => {
                return serde_json::from_slice(&answer.body)
                    .map_err(|_| Error::new(format!("`{address}` does not answer in JSON")));
            }
            401 => ": it does not know us; see that `kubectl get --raw /openapi/v3` works with this context",
            403 => ": it does not let us read it, which the ClusterRole `system:discovery` allows",
            404 => ": it has no OpenAPI v3, which Kubernetes has from 1.24 on",
            _ => "",
        };
        let status = answer.status;
        Err(Error::new(format!(
            "`{address}` answered with the status {status}{help}"
        )))
    };
    let index = get("openapi/v3")?;
    let paths: Vec<&String> = index["paths"]
        .as_object()
        .map(|paths| paths.keys().filter(|path| is_version(path)).collect())
        .unwrap_or_default();
    paths
        .into_par_iter()
        .map(|path| get(&format!("openapi/v3/{path}")))
        .collect()
}

/// Whether a path is of a version of a group, and not of the group or of something else.
fn is_version(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    matches!(parts[..], ["api", _] | ["apis", _, _])
}
