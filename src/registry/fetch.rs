//! Everything a call fetches, with the login and the trust that each server asks for.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::cache::sha256;
use super::index::{Index, IndexEntry};
use super::oci::{Reference, Registry};
use super::{
    Address, Auth, Cache, Client, Credentials, Error, HelmConfig, MAX_ARCHIVE_BYTES, MAX_INDEX_BYTES,
    Repository, Result, Trust,
};

/// How servers are reached: what the flags of a call say.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// `--username`, `--password`.
    pub credentials: Option<Credentials>,
    /// `--ca-file` and the like.
    pub trust: Trust,
    /// `--plain-http`: registries are spoken to without protection.
    pub plain_http: bool,
    /// `--pass-credentials`: an index may send the login to other hosts.
    pub pass_credentials: bool,
    /// Helm's own configuration.
    pub config: HelmConfig,
}

/// Fetches, each index once. Made before it is known whether anything is fetched: it costs nothing until then.
pub struct Fetcher {
    access: Access,
    cache: Option<Cache>,
    client: Client,
    repositories: OnceLock<Result<Vec<Repository>>>,
    indexes: Mutex<BTreeMap<String, Arc<Index>>>,
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher")
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}

impl Fetcher {
    /// A fetcher of one call.
    pub fn new(access: Access, cache: Option<Cache>) -> Self {
        Self {
            access,
            cache,
            client: Client::default(),
            repositories: OnceLock::new(),
            indexes: Mutex::default(),
        }
    }

    /// Where fetched archives are kept.
    pub fn cache(&self) -> Option<&Cache> {
        self.cache.as_ref()
    }

    /// How servers are reached.
    pub fn access(&self) -> &Access {
        &self.access
    }

    fn repositories(&self) -> Result<&[Repository]> {
        let read = self
            .repositories
            .get_or_init(|| self.access.config.repositories());
        read.as_deref().map_err(Clone::clone)
    }

    /// The repository that the user has added to Helm under a name.
    ///
    /// # Errors
    /// Helm's list cannot be read.
    pub fn added(&self, name: &str) -> Result<Option<&Repository>> {
        Ok(self
            .repositories()?
            .iter()
            .find(|repository| repository.name == name))
    }

    /// The repository that a text means: an address, or `@name` or `alias:name` of one that the user has added to Helm.
    /// The login of an added repository is used for its address, whoever names it.
    ///
    /// # Errors
    /// Nobody knows the name, or the text is no address.
    pub fn repository(&self, text: &str) -> Result<Repository> {
        let text = text.trim();
        let name = text.strip_prefix('@').or_else(|| text.strip_prefix("alias:"));
        if let Some(name) = name {
            return match self.added(name)? {
                Some(repository) => Ok(repository.clone()),
                None => {
                    let known = self
                        .repositories()?
                        .iter()
                        .map(|repository| repository.name.as_str());
                    let help = crate::suggest::nearest(name, known)
                        .map_or_else(String::new, |close| format!("; did you mean `{close}`?"));
                    Err(Error::new(format!(
                        "no repository is called `{name}` in Helm's configuration{help}; \
                         add it by `helm repo add {name} URL`, or write its address"
                    )))
                }
            };
        }
        if !text.contains("://") {
            return Err(Error::new(format!(
                "`{text}` is not the address of a repository; write `https://…`, `oci://…`, `file://…`, or `@{text}` for \
                 one that has been added to Helm"
            )));
        }
        let (address, inner) = Address::parse(text)?;
        let is_added = |repository: &&Repository| repository.address.same_repository(&address);
        let added = if address.scheme() == "oci" {
            None
        } else {
            self.repositories()?.iter().find(is_added)
        };
        Ok(match added {
            Some(added) => Repository {
                credentials: self
                    .access
                    .credentials
                    .clone()
                    .or(inner)
                    .or_else(|| added.credentials.clone()),
                ..added.clone()
            },
            None => Repository {
                name: String::new(),
                written: text.to_owned(),
                credentials: self.access.credentials.clone().or(inner),
                trust: self.access.trust.clone(),
                pass_credentials: self.access.pass_credentials,
                address,
            },
        })
    }

    /// The index of an HTTP repository; fetched once.
    ///
    /// # Errors
    /// It cannot be fetched, or is none.
    pub fn index(&self, repository: &Repository) -> Result<Arc<Index>> {
        let lock = || self.indexes.lock().unwrap_or_else(PoisonError::into_inner);
        let (address, _) = repository.address.in_repository("index.yaml")?;
        let key = address.to_string();
        if let Some(index) = lock().get(&key) {
            return Ok(Arc::clone(index));
        }
        let auth = Auth::basic(repository.credentials.clone());
        let response = self
            .client
            .get(&address, &repository.trust, &auth, "*/*", MAX_INDEX_BYTES)?;
        let index = Arc::new(Index::parse(response.good()?, &key)?);
        lock().insert(key, Arc::clone(&index));
        Ok(index)
    }

    /// The archive of an entry: from the cache if its digest is there, from the network otherwise, and what its index
    /// says it is.
    ///
    /// # Errors
    /// It cannot be fetched, or has another digest.
    pub fn archive(&self, repository: &Repository, entry: &IndexEntry) -> Result<(Address, Vec<u8>)> {
        let url = entry.urls.first().map(String::as_str).unwrap_or_default();
        let (address, inner) = repository.address.in_repository(url)?;
        let digest = entry.digest.strip_prefix("sha256:").unwrap_or(&entry.digest);
        if let Some(cached) = self.cache.as_ref().and_then(|cache| cache.archive(digest)) {
            return Ok((address, cached));
        }
        let own = repository.pass_credentials || address.same_origin(&repository.address);
        let credentials = inner.or_else(|| repository.credentials.clone().filter(|_| own));
        let bytes = if address.scheme() == "oci" {
            self.pull(&address, &entry.version)?.1
        } else {
            let auth = Auth::basic(credentials);
            let response = self.client.get(
                &address,
                &repository.trust,
                &auth,
                "application/gzip,application/octet-stream",
                MAX_ARCHIVE_BYTES,
            )?;
            response.good()?
        };
        if !digest.is_empty() {
            let found = sha256(&bytes);
            if !found.eq_ignore_ascii_case(digest) {
                return Err(Error::new(format!(
                    "`{address}` has the digest {found}, and the index says {digest}: it is damaged, or not what was \
                     published"
                )));
            }
        }
        Ok((address, bytes))
    }

    /// A file at an address that stands for itself: a chart archive, a file of values. Only its own login and that of the
    /// flags are used.
    ///
    /// # Errors
    /// It cannot be fetched.
    pub fn file(&self, url: &str, limit: u64) -> Result<(Address, Vec<u8>)> {
        let (address, inner) = Address::parse(url)?;
        if address.scheme() == "oci" {
            return Err(Error::new(format!(
                "`{address}` is a chart in a registry, not a file"
            )));
        }
        let auth = Auth::basic(self.access.credentials.clone().or(inner));
        let response = self
            .client
            .get(&address, &self.access.trust, &auth, "*/*", limit)?;
        Ok((address, response.good()?))
    }

    /// The registry of an `oci://` address.
    pub fn registry(&self, address: &Address) -> Registry<'_> {
        let credentials = self
            .access
            .credentials
            .clone()
            .or_else(|| self.access.config.login(address.host()));
        let trust = self.access.trust.clone();
        Registry::new(
            &self.client,
            address.host(),
            self.access.plain_http,
            trust,
            credentials,
        )
    }

    /// The archive of a chart at an `oci://` address, and its exact version. A tag or digest in the address and `wanted`
    /// must not contradict each other.
    ///
    /// # Errors
    /// It cannot be pulled.
    pub fn pull(&self, address: &Address, wanted: &str) -> Result<(String, Vec<u8>)> {
        let reference = Reference::new(address)?;
        let registry = self.registry(address);
        if let Some(digest) = &reference.digest {
            return Ok((digest.clone(), registry.pull(&reference.repository, digest)?));
        }
        let version = match &reference.tag {
            Some(tag) if !wanted.is_empty() && tag.replace('_', "+") != wanted => {
                return Err(Error::new(format!(
                    "`{address}` names the version `{tag}`, and `{wanted}` is asked for; give one of them"
                )));
            }
            Some(tag) => tag.clone(),
            None => registry.resolve(&reference.repository, wanted)?,
        };
        let archive = registry.pull(&reference.repository, &version)?;
        Ok((version, archive))
    }
}
