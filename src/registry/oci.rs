//! Charts in OCI registries: manifests, layers, tags, and the tokens that registries ask for.
//!
//! A client of our own: three kinds of GET over the client that fetches everything else. The crates for it bring an
//! asynchronous runtime and a second HTTP stack for what is one page here.
//!
//! Upstream: the OCI Distribution Specification 1.1, `pkg/registry` of Helm; tokens as in Docker's registry
//! authentication, which `oras` follows.

use std::collections::BTreeMap;
use std::sync::Mutex;

use plimsoll_gostd::semver::Version;
use plimsoll_gostd::url::query_escape;
use serde::Deserialize;

use super::cache::sha256;
use super::http::Response;
use super::{Address, Auth, Client, Credentials, Error, MAX_ARCHIVE_BYTES, MAX_SMALL_BYTES, Result, Trust};

/// The layer that is a chart; the second name is that of Helm's experiments before 3.7.
const CHART_LAYERS: [&str; 2] = [
    "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
    "application/tar+gzip",
];
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// How many pages of tags are read; registries give some hundred to a thousand tags a page.
const MAX_TAG_PAGES: usize = 200;

/// A chart in a registry: `oci://host/path/name`, with a tag or a digest or neither.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// Host and port.
    pub host: String,
    /// The repository in it: `charts/redis`.
    pub repository: String,
    /// A tag: a version with `_` for `+`.
    pub tag: Option<String>,
    /// `sha256:…` of the manifest.
    pub digest: Option<String>,
}

impl Reference {
    /// Takes an address apart.
    ///
    /// # Errors
    /// It names no repository, or has characters that none may have.
    pub(super) fn new(address: &Address) -> Result<Self> {
        let refuse = |why: &str| Error::new(format!("`{address}` is not a chart in a registry: {why}"));
        let path = address.path();
        let path = path.trim_matches('/');
        let (path, digest) = match path.split_once('@') {
            Some((path, digest)) => (path, Some(digest.to_owned())),
            None => (path, None),
        };
        let (repository, tag) = match path.rsplit_once(':') {
            Some((repository, tag)) => (repository, Some(tag.to_owned())),
            None => (path, None),
        };
        let is_name = |part: &str| {
            !part.is_empty()
                && part.starts_with(|char: char| char.is_ascii_alphanumeric())
                && part
                    .chars()
                    .all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || "._-".contains(char))
        };
        if !repository.split('/').all(is_name) {
            return Err(refuse(
                "write oci://HOST/PATH/CHART in lower-case letters, digits and `.`, `_`, `-`",
            ));
        }
        if tag.as_deref().is_some_and(|tag| !is_tag(tag)) {
            return Err(refuse("a tag has letters, digits and `.`, `_`, `-`, at most 128"));
        }
        if digest.as_deref().is_some_and(|digest| hex_of(digest).is_none()) {
            return Err(refuse("a digest is `sha256:` and 64 hexadecimal digits"));
        }
        Ok(Self {
            host: address.host().to_owned(),
            repository: repository.to_owned(),
            tag,
            digest,
        })
    }
}

fn is_tag(text: &str) -> bool {
    text.len() <= 128
        && text.starts_with(|char: char| char.is_ascii_alphanumeric() || char == '_')
        && text
            .chars()
            .all(|char| char.is_ascii_alphanumeric() || "._-".contains(char))
}

fn hex_of(digest: &str) -> Option<&str> {
    digest.strip_prefix("sha256:").filter(|hex| {
        hex.len() == 64
            && hex
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    })
}

/// Registries have no `+` in tags. Upstream: `pkg/registry/client.go`.
fn tag_of(version: &str) -> String {
    version.replace('+', "_")
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    #[serde(default)]
    media_type: String,
    #[serde(default)]
    layers: Vec<Layer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Layer {
    media_type: String,
    digest: String,
    size: u64,
}

#[derive(Deserialize)]
struct Tags {
    #[serde(default)]
    tags: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    token: String,
    #[serde(default)]
    access_token: String,
}

/// One registry, as one user sees it.
pub struct Registry<'c> {
    client: &'c Client,
    host: String,
    scheme: &'static str,
    trust: Trust,
    credentials: Option<Credentials>,
    /// What the registry accepted for a repository.
    granted: Mutex<BTreeMap<String, Auth>>,
}

impl<'c> Registry<'c> {
    /// The registry of a host.
    pub fn new(
        client: &'c Client,
        host: &str,
        plain_http: bool,
        trust: Trust,
        credentials: Option<Credentials>,
    ) -> Self {
        // Docker's registry is not where its name says. Upstream: `oras-go/registry/reference.go`.
        let host = if host == "docker.io" {
            "registry-1.docker.io"
        } else {
            host
        };
        Self {
            client,
            host: host.to_owned(),
            scheme: if plain_http { "http" } else { "https" },
            trust,
            credentials,
            granted: Mutex::default(),
        }
    }

    /// The exact version that a version or range means: itself, or the newest tag in the range.
    ///
    /// Upstream: `Resolve` of `internal/resolver/resolver.go`, `GetTagMatchingVersionOrConstraint`.
    ///
    /// # Errors
    /// There is none, or the registry does not list its tags.
    pub fn resolve(&self, repository: &str, wanted: &str) -> Result<String> {
        if Version::new(wanted.as_bytes()).is_ok() {
            return Ok(wanted.to_owned());
        }
        let mut versions: Vec<(Version, String)> = self
            .tags(repository)?
            .into_iter()
            .map(|tag| tag.replace('_', "+"))
            .filter_map(|tag| Some((Version::new(tag.as_bytes()).ok()?, tag)))
            .collect();
        versions.sort_by(|(a, _), (b, _)| b.compare(a));
        let all: Vec<&str> = versions.iter().map(|(_, tag)| tag.as_str()).collect();
        let chosen = super::index::choose(if wanted.is_empty() { "*" } else { wanted }, &all)?;
        match chosen.and_then(|at| all.get(at)) {
            Some(version) => Ok((*version).to_owned()),
            None => {
                let shown = format!("oci://{}/{repository}", self.host);
                let name = repository.rsplit('/').next().unwrap_or_default();
                Err(super::index::none_matches(name, wanted, &shown, &all))
            }
        }
    }

    fn tags(&self, repository: &str) -> Result<Vec<String>> {
        let mut tags = Vec::new();
        let mut next = Some(self.address(&format!("{repository}/tags/list?n=1000"))?);
        for _ in 0..MAX_TAG_PAGES {
            let Some(address) = next else { return Ok(tags) };
            let response = self.get(repository, &address, "application/json", MAX_SMALL_BYTES)?;
            let link = response.header("link").and_then(next_page).map(str::to_owned);
            let page: Tags = parse(&address, &response.good()?)?;
            tags.extend(page.tags.unwrap_or_default());
            next = match link {
                Some(link) => {
                    let (page, _) = address.join(&link)?;
                    if !page.same_origin(&address) {
                        return Err(Error::new(format!(
                            "`{address}` names `{page}` as its next page, on another host"
                        )));
                    }
                    Some(page)
                }
                None => None,
            };
        }
        Err(Error::new(format!(
            "`{}/{repository}` has more than {MAX_TAG_PAGES} pages of tags; name an exact version",
            self.host
        )))
    }

    /// The archive of a chart; what it is has been checked against the digests of the registry.
    ///
    /// # Errors
    /// It is not there, is no chart, or has another digest.
    pub fn pull(&self, repository: &str, version_or_digest: &str) -> Result<Vec<u8>> {
        let wanted = hex_of(version_or_digest);
        let tag = tag_of(version_or_digest);
        if wanted.is_none() && !is_tag(&tag) {
            return Err(Error::new(format!(
                "`{version_or_digest}` cannot be the tag of a chart in a registry"
            )));
        }
        let reference = if wanted.is_some() { version_or_digest } else { &tag };
        let address = self.address(&format!("{repository}/manifests/{reference}"))?;
        let response = self.get(repository, &address, MANIFEST, MAX_SMALL_BYTES)?;
        let promised = response
            .header("docker-content-digest")
            .and_then(hex_of)
            .map(str::to_owned);
        let bytes = response.good()?;
        for digest in [wanted, promised.as_deref()].into_iter().flatten() {
            check(&address, &bytes, digest)?;
        }
        let manifest: Manifest = parse(&address, &bytes)?;
        let Some(layer) = manifest
            .layers
            .iter()
            .find(|layer| CHART_LAYERS.contains(&layer.media_type.as_str()))
        else {
            let kind = if manifest.media_type.is_empty() {
                "no layer of a chart"
            } else {
                &manifest.media_type
            };
            return Err(Error::new(format!("`{address}` is not a chart: it is {kind}")));
        };
        let hex = hex_of(&layer.digest).ok_or_else(|| {
            Error::new(format!(
                "`{address}` names the layer `{}`, which is no SHA-256 digest",
                layer.digest
            ))
        })?;
        if layer.size > MAX_ARCHIVE_BYTES {
            return Err(Error::new(format!(
                "`{address}` is a chart of {} bytes; {MAX_ARCHIVE_BYTES} may be",
                layer.size
            )));
        }
        let address = self.address(&format!("{repository}/blobs/{}", layer.digest))?;
        let archive = self.get(repository, &address, "*/*", layer.size)?.good()?;
        check(&address, &archive, hex)?;
        Ok(archive)
    }

    fn address(&self, path: &str) -> Result<Address> {
        Ok(Address::parse(&format!("{}://{}/v2/{path}", self.scheme, self.host))?.0)
    }

    /// GET, and once more with what the registry asks for when it does.
    fn get(&self, repository: &str, address: &Address, accept: &str, limit: u64) -> Result<Response> {
        let granted = |auth: Option<Auth>| {
            let mut all = self
                .granted
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            match auth {
                Some(auth) => {
                    all.insert(repository.to_owned(), auth.clone());
                    auth
                }
                None => all.get(repository).cloned().unwrap_or_default(),
            }
        };
        let first = self
            .client
            .get(address, &self.trust, &granted(None), accept, limit)?;
        if first.status != 401 || !first.address.same_origin(address) {
            return Ok(first);
        }
        let challenges: Vec<Challenge> = first
            .headers("www-authenticate")
            .filter_map(Challenge::parse)
            .collect();
        let bearer = challenges.iter().find(|challenge| challenge.scheme == "bearer");
        let auth = match bearer {
            Some(challenge) => self.token(repository, challenge)?,
            None if self.credentials.is_some() && challenges.iter().any(|c| c.scheme == "basic") => {
                Auth::basic(self.credentials.clone())
            }
            None => return Ok(first),
        };
        self.client
            .get(address, &self.trust, &granted(Some(auth)), accept, limit)
    }

    /// Asks for a token where the registry says. The password goes there, as the protocol wants it, over a connection
    /// that is protected like the registry's own.
    fn token(&self, repository: &str, challenge: &Challenge) -> Result<Auth> {
        let part = |name: &str| challenge.parameters.get(name).map(String::as_str);
        let failed =
            |why: String| Error::new(format!("cannot log in to the registry `{}`: {why}", self.host));
        let realm =
            part("realm").ok_or_else(|| failed("it does not say where tokens are given".to_owned()))?;
        let scope = part("scope").map_or_else(|| format!("repository:{repository}:pull"), str::to_owned);
        let mut query = format!("scope={}", escaped(&scope));
        if let Some(service) = part("service") {
            query = format!("service={}&{query}", escaped(service));
        }
        let joint = if realm.contains('?') { '&' } else { '?' };
        let (address, _) = Address::parse(&format!("{realm}{joint}{query}"))?;
        if address.scheme() != self.scheme && address.scheme() != "https" {
            return Err(failed(format!(
                "it wants the password at `{address}`, which is not protected"
            )));
        }
        let auth = Auth::basic(self.credentials.clone());
        let response = self
            .client
            .get(&address, &self.trust, &auth, "application/json", MAX_SMALL_BYTES)?;
        let token: Token = parse(&address, &response.good()?)?;
        let token = if token.token.is_empty() {
            token.access_token
        } else {
            token.token
        };
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(failed(format!("`{address}` gave no token")));
        }
        Ok(Auth::Bearer(token))
    }
}

fn escaped(text: &str) -> String {
    String::from_utf8_lossy(&query_escape(text.as_bytes())).into_owned()
}

fn parse<T: serde::de::DeserializeOwned>(address: &Address, bytes: &[u8]) -> Result<T> {
    serde_json::from_slice(bytes)
        .map_err(|error| Error::new(format!("`{address}` does not answer as a registry does: {error}")))
}

fn check(address: &Address, bytes: &[u8], wanted: &str) -> Result<()> {
    let found = sha256(bytes);
    if found == wanted {
        return Ok(());
    }
    Err(Error::new(format!(
        "`{address}` has the digest sha256:{found}, not sha256:{wanted}: it is damaged, or not what was published"
    )))
}

/// A `WWW-Authenticate` header. Its names are in lower case.
#[derive(Debug, PartialEq, Eq)]
struct Challenge {
    scheme: String,
    parameters: BTreeMap<String, String>,
}

impl Challenge {
    fn parse(header: &str) -> Option<Self> {
        let header = header.trim();
        let (scheme, mut rest) = header.split_once(' ').unwrap_or((header, ""));
        let mut parameters = BTreeMap::new();
        loop {
            rest = rest.trim_start_matches([' ', ',']);
            let Some((name, after)) = rest.split_once('=') else {
                break;
            };
            let value;
            if let Some(quoted) = after.strip_prefix('"') {
                let mut text = String::new();
                let mut chars = quoted.char_indices();
                let end = loop {
                    match chars.next()? {
                        (_, '\\') => text.push(chars.next()?.1),
                        (at, '"') => break at,
                        (_, char) => text.push(char),
                    }
                };
                value = text;
                rest = &quoted[end + 1..];
            } else {
                let end = after.find(',').unwrap_or(after.len());
                value = after[..end].trim().to_owned();
                rest = &after[end..];
            }
            parameters.insert(name.trim().to_ascii_lowercase(), value);
        }
        Some(Self {
            scheme: scheme.to_ascii_lowercase(),
            parameters,
        })
    }
}

/// The next page of a `Link` header: `</v2/…>; rel="next"`.
fn next_page(header: &str) -> Option<&str> {
    header.split(',').find_map(|link| {
        let (target, relation) = link.trim().strip_prefix('<')?.split_once('>')?;
        relation.contains("next").then_some(target)
    })
}

#[cfg(test)]
mod tests {
    use super::super::Address;
    use super::{Challenge, Reference, next_page};

    #[test]
    fn references_are_taken_apart() {
        let parse = |text: &str| Reference::new(&Address::parse(text).unwrap().0);
        let reference = parse("oci://localhost:5000/charts/redis:1.0.0_b1").unwrap();
        assert_eq!(reference.host, "localhost:5000");
        assert_eq!(reference.repository, "charts/redis");
        assert_eq!(reference.tag.as_deref(), Some("1.0.0_b1"));
        for wrong in [
            "oci://host",
            "oci://host/../x",
            "oci://host/a:b/c:1",
            "oci://host/A",
            "oci://host/a@sha256:1",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn challenges_are_read() {
        let challenge = Challenge::parse(
            r#"Bearer realm="https://auth.example.com/token?a=b,c",service=reg,scope="x\"y""#,
        )
        .unwrap();
        assert_eq!(challenge.scheme, "bearer");
        assert_eq!(
            challenge.parameters["realm"],
            "https://auth.example.com/token?a=b,c"
        );
        assert_eq!(challenge.parameters["service"], "reg");
        assert_eq!(challenge.parameters["scope"], "x\"y");
        assert_eq!(Challenge::parse(r#"Bearer realm="open"#), None);
        assert_eq!(
            next_page(r#"</v2/x/tags/list?last=a>; rel="next""#),
            Some("/v2/x/tags/list?last=a")
        );
    }
}
