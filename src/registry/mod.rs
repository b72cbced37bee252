//! Chart repositories: the only place that touches the network, and the cache of what came from it.
//!
//! Nothing here runs unless a call asks for it: `dep`, `package -u`, `template -u`, `template` on a chart that is not on
//! disk, a values file with a URL, `schema add --cluster` and `diff --live`, which ask an API server. Rendering only looks
//! into the [`Cache`], and only for a dependency that is not in `charts/`.
//!
//! Everything from outside is bounded ([`http`]), checked against its digest, and stored under it (`cache`).
//! Credentials go to the origin they are for and are printed nowhere.
//!
//! Upstream: `pkg/downloader`, `pkg/repo/v1`, `pkg/registry` and `internal/resolver` of Helm 4.3.1.

mod address;
mod archive;
mod auth;
pub mod build;
mod cache;
pub mod cluster;
pub mod discovery;
mod fetch;
mod helm_config;
pub mod http;
mod index;
pub mod kubeconfig;
mod locate;
mod lock;
mod metadata;
mod oci;
pub mod openapi;
pub mod publish;
mod supply;
mod tls;
pub mod vendor;
mod whole;
mod whole_folder;

pub use address::Address;
pub use archive::pack;
pub use auth::{Auth, Credentials};
pub use cache::{Cache, Content, Key, Record, sha256};
pub use fetch::{Access, Fetcher};
pub use helm_config::{HelmConfig, Repository};
pub use http::Client;
pub use index::{Index, IndexEntry};
pub use locate::{Place, Wanted, locate};
pub use lock::{Lock, Locked};
pub use supply::supply;
pub use tls::{Pem, Trust};
pub use whole::write_whole;
pub use whole_folder::{Difference, FolderProblem, RECORD, WholeFolder};

/// Why something could not be fetched, stored or resolved: one sentence, with what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(String);

impl Error {
    /// An error with a sentence of its own.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

/// What a call here gives.
pub type Result<T> = std::result::Result<T, Error>;

/// The most bytes of an `index.yaml`, packed or not.
pub const MAX_INDEX_BYTES: u64 = 100 * 1024 * 1024;
/// The most bytes of a chart archive, packed.
pub const MAX_ARCHIVE_BYTES: u64 = 100 * 1024 * 1024;
/// The most bytes of any other answer: a manifest, a token, a page of tags.
pub const MAX_SMALL_BYTES: u64 = 4 * 1024 * 1024;
