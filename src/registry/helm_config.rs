//! What Helm knows of repositories: `repositories.yaml`, and the logins of its registries.
//!
//! Upstream: `pkg/repo/v1/repo.go`, `pkg/helmpath`, `pkg/registry` (which reads Docker's file after its own).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Address, Credentials, Error, Pem, Result, Trust};

/// A repository that the user has added to Helm.
#[derive(Clone)]
pub struct Repository {
    /// Its short name; empty for one that the user has not added.
    pub name: String,
    /// Its address as written, which may hold a password: for digests only.
    pub(super) written: String,
    /// Where it is.
    pub address: Address,
    /// Who we are there.
    pub credentials: Option<Credentials>,
    /// Whom we believe there.
    pub trust: Trust,
    /// Whether credentials may go to other hosts that its index names.
    pub pass_credentials: bool,
}

/// Repositories and logins, read when first asked for.
#[derive(Debug, Clone, Default)]
pub struct HelmConfig {
    /// `--repository-config`.
    pub repository_config: Option<PathBuf>,
    /// `--registry-config`.
    pub registry_config: Option<PathBuf>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    repositories: Option<Vec<Entry>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Entry {
    name: String,
    url: String,
    username: String,
    password: String,
    #[serde(rename = "certFile")]
    cert_file: String,
    #[serde(rename = "keyFile")]
    key_file: String,
    #[serde(rename = "caFile")]
    ca_file: String,
    #[serde(rename = "insecure_skip_tls_verify")]
    insecure_skip_tls_verify: bool,
    #[serde(rename = "pass_credentials_all")]
    pass_credentials_all: bool,
}

#[derive(Deserialize)]
struct DockerFile {
    #[serde(default)]
    auths: BTreeMap<String, DockerAuth>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct DockerAuth {
    auth: String,
    username: String,
    password: String,
}

impl HelmConfig {
    /// The repositories that the user has added; none without a file.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn repositories(&self) -> Result<Vec<Repository>> {
        let file = self
            .repository_config
            .clone()
            .or_else(|| variable("HELM_REPOSITORY_CONFIG"))
            .or_else(|| Some(config_folder()?.join("repositories.yaml")));
        let Some(file) = file else { return Ok(Vec::new()) };
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(&file, &error.to_string())),
        };
        // The sentence of a parser may repeat the text around its place, and with it a password.
        let parsed: File = serde_yaml::from_str(&text)
            .map_err(|_| unreadable(&file, "it is not Helm's list of repositories"))?;
        parsed
            .repositories
            .unwrap_or_default()
            .into_iter()
            .map(|entry| {
                let path = |text: String| (!text.is_empty()).then(|| Pem::File(PathBuf::from(text)));
                let (address, inner) = Address::parse(&entry.url)?;
                let own =
                    (!entry.username.is_empty()).then(|| Credentials::new(entry.username, entry.password));
                Ok(Repository {
                    name: entry.name,
                    written: entry.url,
                    address,
                    credentials: own.or(inner),
                    trust: Trust {
                        ca_file: path(entry.ca_file),
                        cert_file: path(entry.cert_file),
                        key_file: path(entry.key_file),
                        insecure_skip_tls_verify: entry.insecure_skip_tls_verify,
                    },
                    pass_credentials: entry.pass_credentials_all,
                })
            })
            .collect()
    }

    /// The login for a registry, from Helm's file and then Docker's. Helpers that keep passwords elsewhere are not run.
    pub fn login(&self, host: &str) -> Option<Credentials> {
        let helm = self
            .registry_config
            .clone()
            .or_else(|| variable("HELM_REGISTRY_CONFIG"))
            .or_else(|| Some(config_folder()?.join("registry/config.json")));
        let docker = variable("DOCKER_CONFIG")
            .or_else(|| Some(variable("HOME")?.join(".docker")))
            .map(|folder| folder.join("config.json"));
        [helm, docker]
            .into_iter()
            .flatten()
            .find_map(|file| login_in(&file, host))
    }
}

fn login_in(file: &Path, host: &str) -> Option<Credentials> {
    let parsed: DockerFile = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
    let bare = |name: &str| {
        let name = name
            .strip_prefix("https://")
            .or_else(|| name.strip_prefix("http://"))
            .unwrap_or(name);
        name.split('/').next().unwrap_or_default().to_owned()
    };
    let found = parsed
        .auths
        .iter()
        .find(|(name, _)| *name == host)
        .or_else(|| parsed.auths.iter().find(|(name, _)| bare(name) == host))?
        .1;
    if found.auth.is_empty() {
        return (!found.username.is_empty())
            .then(|| Credentials::new(found.username.clone(), found.password.clone()));
    }
    Credentials::from_docker(&found.auth)
}

fn unreadable(file: &Path, why: &str) -> Error {
    Error::new(format!(
        "cannot read the list of repositories `{}`: {why}; `helm repo list` shows what is in it",
        file.display()
    ))
}

fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

/// Upstream: `pkg/helmpath/lazypath.go` and its defaults for each system.
fn config_folder() -> Option<PathBuf> {
    variable("HELM_CONFIG_HOME").or_else(|| {
        let folder = variable("XDG_CONFIG_HOME").or_else(|| {
            Some(variable("HOME")?.join(if cfg!(target_os = "macos") {
                "Library/Preferences"
            } else {
                ".config"
            }))
        })?;
        Some(folder.join("helm"))
    })
}
