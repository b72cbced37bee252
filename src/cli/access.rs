//! The flags for servers with charts, spelled as Helm spells them, and the one for the cache.

use std::path::PathBuf;

use anyhow::bail;

use crate::registry::{Access, Cache, Credentials, Fetcher, HelmConfig, Pem, Trust};

/// Where fetched charts are kept.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct CacheArgs {
    /// Folder that keeps what `plimsoll dep build` fetched; `~/.cache/plimsoll` when not given
    #[arg(long, env = "PLIMSOLL_CACHE_DIR", value_name = "FOLDER")]
    cache_dir: Option<PathBuf>,
}

impl CacheArgs {
    /// The cache, which need not be there yet; none on a machine without a home.
    pub(super) fn cache(&self) -> Option<Cache> {
        match &self.cache_dir {
            Some(folder) if !folder.as_os_str().is_empty() => Some(Cache::at(folder)),
            _ => Cache::of_user(),
        }
    }
}

#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Servers")]
pub(super) struct AccessArgs {
    /// User name for the server of the charts
    #[arg(long, value_name = "NAME")]
    username: Option<String>,

    /// Password for it; better kept by `helm repo add` and `helm registry login`, whose files are read
    #[arg(long, value_name = "WORD")]
    password: Option<String>,

    /// Believe the certificates of these authorities (PEM), not those of the system
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,

    /// Our own certificate (PEM), for servers that want one
    #[arg(long, value_name = "FILE")]
    cert_file: Option<PathBuf>,

    /// The key of that certificate (PEM)
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,

    /// Do not check the certificates of servers
    #[arg(long)]
    insecure_skip_tls_verify: bool,

    /// Speak to OCI registries without TLS
    #[arg(long)]
    plain_http: bool,

    /// Send user name and password to the other hosts that an index names
    #[arg(long)]
    pass_credentials: bool,

    /// Helm's list of repositories; HELM_REPOSITORY_CONFIG says it otherwise
    #[arg(long, value_name = "FILE")]
    repository_config: Option<PathBuf>,

    /// Helm's file of registry logins; HELM_REGISTRY_CONFIG says it otherwise
    #[arg(long, value_name = "FILE")]
    registry_config: Option<PathBuf>,
}

impl AccessArgs {
    /// What fetches for this call. Nothing is opened, read or connected yet.
    pub(super) fn fetcher(&self, cache: Option<Cache>) -> anyhow::Result<Fetcher> {
        let credentials = match (&self.username, &self.password) {
            (None, None) => None,
            (Some(username), password) => Some(Credentials::new(
                username.clone(),
                password.clone().unwrap_or_default(),
            )),
            (None, Some(_)) => bail!("--password needs --username"),
        };
        let access = Access {
            credentials,
            trust: Trust {
                ca_file: self.ca_file.clone().map(Pem::File),
                cert_file: self.cert_file.clone().map(Pem::File),
                key_file: self.key_file.clone().map(Pem::File),
                insecure_skip_tls_verify: self.insecure_skip_tls_verify,
            },
            plain_http: self.plain_http,
            pass_credentials: self.pass_credentials,
            config: HelmConfig {
                repository_config: self.repository_config.clone(),
                registry_config: self.registry_config.clone(),
            },
        };
        Ok(Fetcher::new(access, cache))
    }
}
