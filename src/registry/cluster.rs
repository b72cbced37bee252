//! A cluster that is looked at and never changed: the only requests there are read, or ask what the server would do.
//!
//! Invariant: every request that is not a GET carries `dryRun=All`, which no caller can leave out.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::http::Response;
use super::kubeconfig::Cluster;
use super::{Address, Client, Error, Result};

/// The most bytes of one answer. An object has 1.5 MB at most; a list of all Secrets of a namespace may have more.
const MAX_ANSWER_BYTES: u64 = 256 * 1024 * 1024;

/// How many requests are under way at once: enough to hide the way there and back, few enough for any server.
const MAX_REQUESTS: usize = 16;

/// A cluster to look at.
#[derive(Debug)]
pub struct Observer {
    client: Client,
    cluster: Cluster,
}

/// A change to ask about.
#[derive(Debug, Clone, PartialEq)]
pub enum Patch {
    /// Server-side apply by a field manager, which takes fields from others.
    Apply {
        /// Who applies.
        manager: String,
        /// The object as it is written.
        object: Value,
    },
    /// A JSON merge patch (RFC 7386).
    Merge(Value),
}

/// What the server says.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status of HTTP.
    pub status: u16,
    /// An object, or a `Status` that says what is wrong; null if it is no JSON.
    pub body: Value,
}

impl Answer {
    /// Whether the server did as it was asked.
    pub fn is_good(&self) -> bool {
        matches!(self.status, 200 | 201)
    }

    /// What the server says of a refusal, in its own words.
    pub fn message(&self) -> String {
        match self.body["message"].as_str() {
            Some(message) if !message.is_empty() => message.to_owned(),
            _ => format!("the server answered with the status {}", self.status),
        }
    }

    /// Whether we may not ask this: RBAC refused the request itself, not admission what is in it. The sentence is that of
    /// `forbiddenMessage` of k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go.
    pub fn is_denied(&self) -> bool {
        let message = self.body["message"].as_str().unwrap_or_default();
        self.status == 403 && message.contains("User \"") && message.contains("\" cannot ")
    }
}

impl Observer {
    /// Looks at a cluster; nothing is connected yet.
    pub fn new(cluster: Cluster) -> Self {
        Self {
            client: Client::default(),
            cluster,
        }
    }

    /// Where the server is.
    pub fn address(&self) -> &Address {
        &self.cluster.address
    }

    /// Reads a path of the API, such as `api/v1/namespaces/shop/services/web`.
    ///
    /// # Errors
    /// The server cannot be reached, does not know us, or is too busy.
    pub fn get(&self, path: &str) -> Result<Answer> {
        self.get_as(path, "application/json")
    }

    pub(super) fn get_as(&self, path: &str, accept: &str) -> Result<Answer> {
        let Cluster { trust, auth, .. } = &self.cluster;
        let address = self.at(path)?;
        self.answer(self.client.get(&address, trust, auth, accept, MAX_ANSWER_BYTES)?)
    }

    /// Asks what a patch would make of an object; nothing is stored.
    ///
    /// # Errors
    /// As of [`Observer::get`].
    pub fn try_patch(&self, path: &str, patch: &Patch) -> Result<Answer> {
        let (query, content_type, body) = match patch {
            Patch::Apply { manager, object } => (
                format!("&force=true&fieldManager={}", escaped(manager)),
                "application/apply-patch+yaml",
                object,
            ),
            Patch::Merge(patch) => (
                "&fieldManager=plimsoll".to_owned(),
                "application/merge-patch+json",
                patch,
            ),
        };
        let address = self.at(&format!("{path}?dryRun=All{query}"))?;
        let Cluster { trust, auth, .. } = &self.cluster;
        let body = body.to_string();
        self.answer(self.client.patch(
            &address,
            (trust, auth),
            content_type,
            body.as_bytes(),
            MAX_ANSWER_BYTES,
        )?)
    }

    fn at(&self, path: &str) -> Result<Address> {
        let base = self.cluster.address.to_string();
        Ok(Address::parse(&format!("{}/{path}", base.trim_end_matches('/')))?.0)
    }

    fn answer(&self, response: Response) -> Result<Answer> {
        let server = self.address();
        match response.status {
            401 => Err(Error::new(format!(
                "the API server at `{server}` does not know us: see that `kubectl get --raw /version` works with this context"
            ))),
            429 | 502..=504 => Err(Error::new(format!(
                "the API server at `{server}` answered with the status {}; try again later",
                response.status
            ))),
            status => Ok(Answer {
                status,
                body: serde_json::from_slice(&response.body).unwrap_or_default(),
            }),
        }
    }

    /// Asks a question of each item, some at a time; the answers are in the order of the items.
    ///
    /// # Errors
    /// The first that an item met; what had not begun by then is not asked any more.
    pub fn each<I: Sync, T: Send>(
        &self,
        items: &[I],
        ask: impl Fn(&Self, &I) -> Result<T> + Sync,
    ) -> Result<Vec<T>> {
        let next = AtomicUsize::new(0);
        let answers = Mutex::new(Vec::with_capacity(items.len()));
        let work = || {
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(item) = items.get(place) else { return };
                let answer = ask(self, item);
                if answer.is_err() {
                    next.store(items.len(), Ordering::Relaxed);
                }
                let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
                answers.push((place, answer));
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..items.len().min(MAX_REQUESTS) {
                scope.spawn(work);
            }
        });
        let mut answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
        answers.sort_by_key(|(place, _)| *place);
        answers.into_iter().map(|(_, answer)| answer).collect()
    }
}

/// The objects in which Helm keeps the revisions of a release: Secrets, or ConfigMaps if `HELM_DRIVER` said so when it was
/// installed.
///
/// # Errors
/// The server cannot be reached, or we may read neither.
pub fn releases(observer: &Observer, namespace: &str, name: &str) -> Result<Vec<Value>> {
    let mut refusal = None;
    for (kind, kinds) in [("Secret", "secrets"), ("ConfigMap", "configmaps")] {
        let namespace = escaped(namespace);
        let selector = format!("owner%3Dhelm,name%3D{}", escaped(name));
        let path = format!("api/v1/namespaces/{namespace}/{kinds}?labelSelector={selector}");
        let mut answer = observer.get(&path)?;
        if !answer.is_good() {
            refusal.get_or_insert(answer.message());
            continue;
        }
        let found = answer.body["items"].as_array_mut().map(std::mem::take);
        let mut found = found.unwrap_or_default();
        // Items of a list do not say what they are.
        found
            .iter_mut()
            .for_each(|object| object["kind"] = Value::from(kind));
        if !found.is_empty() {
            return Ok(found);
        }
    }
    match refusal {
        Some(refusal) => Err(Error::new(format!(
            "we may not read where Helm keeps the release `{name}`: {refusal}"
        ))),
        None => Ok(Vec::new()),
    }
}

/// A word as it may stand in a path or a query.
pub(super) fn escaped(word: &str) -> String {
    let mut text = String::with_capacity(word.len());
    for byte in word.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}
