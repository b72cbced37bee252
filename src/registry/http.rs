//! GET over HTTP, and PATCH for questions to a cluster: bounded in time, size and redirects; credentials never leave
//! their origin.
//!
//! Redirects are followed here and not by the library, because what may follow one is decided here: an `https` address
//! never leads to `http`, and an `Authorization` header stays with the scheme, host and port that it was meant for.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::Mutex;
use std::time::Duration;

use ureq::http::HeaderMap;
use ureq::{Agent, Body};

use super::{Address, Auth, Error, Result, Trust};

/// How many redirects are followed, as in Go's client.
pub const MAX_REDIRECTS: usize = 10;
/// How long connecting may take.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
/// How long one request may take, its body included.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(300);

/// How many connections to one server wait for the next request.
const MAX_IDLE: usize = 16;

/// An answer, read whole.
#[derive(Debug)]
pub struct Response {
    /// The status; redirects have been followed.
    pub status: u16,
    /// Where the answer came from at last.
    pub address: Address,
    /// The body, within the bound of the call; empty for an error status over it.
    pub body: Vec<u8>,
    headers: HeaderMap,
}

impl Response {
    /// A header, if it is there and text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// All values of a header.
    pub fn headers<'r>(&'r self, name: &'r str) -> impl Iterator<Item = &'r str> {
        self.headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
    }

    /// The body of a good answer.
    ///
    /// # Errors
    /// The status is not 200; the sentence says what to do about it.
    pub fn good(self) -> Result<Vec<u8>> {
        let Self {
            status,
            address,
            body,
            ..
        } = self;
        let help = match status {
            200 => return Ok(body),
            401 | 403 => {
                "; give --username and --password, or log in with `helm repo add` or `helm registry login`"
            }
            404 | 410 => "; check the address and the version",
            429 => "; the server asks to be called less often, try again later",
            500.. => "; the server has a problem, try again later",
            _ => "",
        };
        Err(Error::new(format!(
            "`{address}` answered with the status {status}{help}"
        )))
    }
}

/// Connections, made when first needed and shared by all threads.
#[derive(Debug, Default)]
pub struct Client {
    /// An agent for each way of trusting, `None` for plain HTTP, and for this machine and for all others.
    agents: Mutex<BTreeMap<(Option<Trust>, bool), Agent>>,
}

impl Client {
    /// Fetches an address.
    ///
    /// # Errors
    /// The server cannot be reached, the body is longer than `limit` or ends early, or redirects lead nowhere. Any
    /// status is an answer.
    pub fn get(
        &self,
        address: &Address,
        trust: &Trust,
        auth: &Auth,
        accept: &str,
        limit: u64,
    ) -> Result<Response> {
        let mut at = address.clone();
        for _ in 0..=MAX_REDIRECTS {
            let failed = |why: String| Error::new(format!("cannot fetch `{at}`: {why}"));
            let agent = self.agent(&at, trust)?;
            let mut request = agent.get(at.to_string()).header("Accept", accept);
            if address.same_origin(&at)
                && let Some(header) = auth.header()
            {
                request = request.header("Authorization", header);
            }
            let response = request.call().map_err(|error| failed(explained(&error)))?;
            let (parts, mut body) = response.into_parts();
            let status = parts.status.as_u16();
            if matches!(status, 301 | 302 | 303 | 307 | 308) {
                let location = parts
                    .headers
                    .get("location")
                    .and_then(|value| value.to_str().ok());
                let location =
                    location.ok_or_else(|| failed(format!("status {status} without a place to go to")))?;
                // Credentials in a redirect are the server's idea, not the user's.
                let (next, _) = at.join(location)?;
                if at.scheme() == "https" && next.scheme() != "https" || next.scheme() == "oci" {
                    return Err(failed(format!(
                        "it redirects to `{next}`, which is not protected as it is itself"
                    )));
                }
                at = next;
                continue;
            }
            let bytes = read(&mut body, status, limit).map_err(failed)?;
            return Ok(Response {
                status,
                address: at,
                body: bytes,
                headers: parts.headers,
            });
        }
        Err(Error::new(format!(
            "cannot fetch `{address}`: more than {MAX_REDIRECTS} redirects"
        )))
    }

    /// Sends a patch, and follows no redirect: what is asked is asked of this server.
    ///
    /// # Errors
    /// As of [`Client::get`].
    pub(super) fn patch(
        &self,
        address: &Address,
        (trust, auth): (&Trust, &Auth),
        content_type: &str,
        patch: &[u8],
        limit: u64,
    ) -> Result<Response> {
        let failed = |why: String| Error::new(format!("cannot ask `{address}`: {why}"));
        let mut request = self
            .agent(address, trust)?
            .patch(address.to_string())
            .header("Accept", "application/json")
            .header("Content-Type", content_type);
        if let Some(header) = auth.header() {
            request = request.header("Authorization", header);
        }
        let response = request.send(patch).map_err(|error| failed(explained(&error)))?;
        let (parts, mut body) = response.into_parts();
        let status = parts.status.as_u16();
        Ok(Response {
            status,
            address: address.clone(),
            body: read(&mut body, status, limit).map_err(failed)?,
            headers: parts.headers,
        })
    }

    fn agent(&self, address: &Address, trust: &Trust) -> Result<Agent> {
        let key = (
            (address.scheme() == "https").then(|| trust.clone()),
            address.is_this_machine(),
        );
        let mut agents = self
            .agents
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(agent) = agents.get(&key) {
            return Ok(agent.clone());
        }
        let mut config = Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .user_agent(concat!("plimsoll/", env!("CARGO_PKG_VERSION")))
            .max_idle_connections_per_host(MAX_IDLE)
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .timeout_global(Some(REQUEST_TIMEOUT));
        if let Some(trust) = &key.0 {
            config = config.tls_config(trust.config()?);
        }
        // As in Go, HTTP_PROXY is not for addresses of this machine.
        if key.1 {
            config = config.proxy(None);
        }
        let agent = Agent::new_with_config(config.build());
        agents.insert(key, agent.clone());
        Ok(agent)
    }
}

/// Reads a body within its bound; one of an error status that is longer is left.
fn read(body: &mut Body, status: u16, limit: u64) -> std::result::Result<Vec<u8>, String> {
    let too_long = || format!("the answer is longer than {limit} bytes, the most that is read");
    if status == 200 && body.content_length().is_some_and(|length| length > limit) {
        return Err(too_long());
    }
    let mut bytes = Vec::new();
    body.as_reader()
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| format!("the answer ended early: {error}"))?;
    if bytes.len() as u64 > limit {
        if status == 200 {
            return Err(too_long());
        }
        bytes.clear();
    }
    Ok(bytes)
}

/// The library's sentence, with what to do about a certificate that nobody vouches for.
fn explained(error: &ureq::Error) -> String {
    let certificate = match error {
        ureq::Error::Io(io) => io
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<rustls::Error>())
            .is_some_and(|inner| matches!(inner, rustls::Error::InvalidCertificate(_))),
        ureq::Error::Rustls(inner) => matches!(inner, rustls::Error::InvalidCertificate(_)),
        _ => false,
    };
    if certificate {
        format!("{error}; if you trust the server, give the certificate of its authority with --ca-file")
    } else {
        error.to_string()
    }
}
