//! Objects as a cluster has them, and as they would be once the input is applied.
//!
//! Everything here is pure: which questions to ask of the cluster ([`Question`]), which patch asks what would become of an
//! object ([`Question::patch`]), and what the answers say ([`Question::answered`]). The pipeline carries questions and
//! answers to and from `registry::cluster`.
//!
//! What would become of an object depends on who applied it. Server-side apply takes away what its manager applied before
//! and does not apply now; so it is asked in the name of that manager. Everyone else (`kubectl apply`, Helm 3) sends the
//! difference between what they sent before, what they send now, and what is stored; so that patch is computed as kubectl
//! does, and sent. Either way the server runs its defaults, its admission plugins and its validation.

mod generated;
mod owner;
mod prune;
mod release;

use serde_json::{Map, Value};

use crate::admission::{applied, encode_texts};
use crate::finding::secret;
use crate::manifest::{Manifest, ManifestId, Route, json};
use crate::registry::cluster::{Answer, Patch};
use crate::registry::discovery::{Resource, Resources};

use generated::drop_picked;
pub use generated::without_generated;
pub use prune::Wanted;
pub use release::StoredRelease;

/// Who applies what nobody has applied before.
const MANAGER: &str = "plimsoll";

/// Why the server would not store an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The field it names, if it names one that can be found.
    pub field: Option<Route>,
    /// Its words, without what Secrets hold.
    pub message: String,
}

/// An object of the input that a cluster is asked about.
#[derive(Debug)]
pub struct Question<'m> {
    /// The object.
    pub manifest: &'m Manifest,
    /// What the server calls its kind.
    pub resource: Resource,
    /// Its namespace; empty if its kind has none.
    pub namespace: String,
    /// The path of the object in the API.
    pub path: String,
}

/// Why a cluster cannot be asked about an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unasked {
    /// It has no name yet.
    Nameless,
    /// The cluster does not serve its kind in this version; it may serve others.
    UnknownKind(Vec<String>),
}

/// What would become of an object.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The server has said it: the object as it would be stored.
    Stored(Value),
    /// It is not there yet, and the server would store it.
    Accepted,
    /// The server would not store it.
    Refused(Vec<Refusal>),
    /// The server was not asked, or cannot tell; why, in a sentence about it.
    Unsaid(String),
}

impl<'m> Question<'m> {
    /// The question about an object; `namespace` is where it is if it does not say.
    ///
    /// # Errors
    /// It cannot be asked.
    pub fn of(manifest: &'m Manifest, resources: &Resources, namespace: &str) -> Result<Self, Unasked> {
        let id = &manifest.id;
        let Some(resource) = resources.find(id.group(), id.version(), &id.kind) else {
            let others = resources
                .iter()
                .filter(|other| other.group == id.group() && *other.kind == *id.kind);
            return Err(Unasked::UnknownKind(others.map(Resource::api_version).collect()));
        };
        if manifest.get("metadata.name").is_none() {
            return Err(Unasked::Nameless);
        }
        let namespace = match resource.is_namespaced {
            true => id.namespace.as_deref().unwrap_or(namespace),
            false => "",
        };
        Ok(Self {
            manifest,
            resource: resource.clone(),
            namespace: namespace.to_owned(),
            path: resource.path(namespace, &id.name),
        })
    }

    /// The object as it would be sent beside the stored one: as it is written, with what its installer adds.
    fn sent(&self, stored: Option<&Value>) -> Value {
        let mut sent = json::of(self.manifest.node());
        if let (Some(stored), Value::Object(fields)) = (stored, &mut sent) {
            owner::add_bookkeeping(stored, fields);
        }
        sent
    }

    /// What asks the server what would become of the object; `None` where nothing would be sent.
    pub fn patch(&self, stored: Option<&Value>) -> Option<Patch> {
        let object = self.sent(stored);
        let apply = |manager: &str| Patch::Apply {
            manager: manager.to_owned(),
            object: object.clone(),
        };
        let Some(stored) = stored else {
            return Some(apply(MANAGER));
        };
        let owner = owner::of(&object, stored);
        if let Some(owner) = owner.as_ref().filter(|owner| owner.is_apply) {
            return Some(apply(owner.manager));
        }
        let before = owner.map_or_else(|| Value::Object(Map::new()), |owner| owner.owned(stored));
        match applied(&self.manifest.id, &before, &object, stored) {
            Ok(merged) => merge_patch(stored, &merged).map(Patch::Merge),
            // kubectl cannot send it either; the server says why.
            Err(_) => Some(apply(MANAGER)),
        }
    }

    /// What would be stored as far as it can be told without the server: defaults and admission plugins are missing.
    pub fn guess(&self, stored: Option<&Value>) -> Value {
        let object = self.sent(stored);
        let Some(stored) = stored else { return object };
        let before = owner::of(&object, stored).map_or(Value::Null, |owner| owner.owned(stored));
        let mut merged = applied(&self.manifest.id, &before, &object, stored).unwrap_or(object);
        if (self.manifest.id.group(), &*self.manifest.id.kind) == ("", "Secret") {
            encode_texts(&mut merged);
            if let Value::Object(fields) = &mut merged {
                fields.shift_remove("stringData");
            }
        }
        merged
    }

    /// What the server's answer to [`Question::patch`] says.
    pub fn answered(&self, stored: Option<&Value>, answer: Answer) -> Outcome {
        if answer.is_good() {
            let Some(stored) = stored else {
                return Outcome::Accepted;
            };
            let mut would_be = answer.body;
            drop_picked(&mut would_be, stored, &json::of(self.manifest.node()));
            return Outcome::Stored(would_be);
        }
        let message = answer.message();
        if answer.is_denied() {
            return Outcome::Unsaid(format!(
                "we may not ask the server what it would do with it ({message})"
            ));
        }
        if stored.is_none() && answer.status == 404 {
            return Outcome::Unsaid(format!("the server cannot judge it yet ({message})"));
        }
        if answer.status == 400 && message.contains("does not support dry run") {
            return Outcome::Unsaid(format!("the server cannot say what it would do ({message})"));
        }
        Outcome::Refused(self.refusals(&answer))
    }

    /// A refusal of each field that the server names, or of the object.
    fn refusals(&self, answer: &Answer) -> Vec<Refusal> {
        let causes = answer.body["details"]["causes"].as_array();
        let mut refusals: Vec<Refusal> = Vec::new();
        for cause in causes.into_iter().flatten() {
            let (field, message) = (cause["field"].as_str(), cause["message"].as_str());
            let (Some(field), Some(message)) = (field, message) else {
                continue;
            };
            refusals.push(Refusal {
                field: Route::parse(field).ok(),
                message: self.masked(format!("{field}: {message}")),
            });
        }
        refusals.dedup();
        if refusals.is_empty() {
            refusals.push(Refusal {
                field: None,
                message: self.masked(answer.message()),
            });
        }
        refusals
    }

    fn masked(&self, message: String) -> String {
        secret::without_values(message, self.manifest)
    }
}

/// Whether an installer takes an object away again when it has run, or runs it only on demand: it need not be there.
pub fn is_passing(manifest: &Manifest) -> bool {
    let annotation = |name| {
        manifest
            .get("metadata.annotations")
            .and_then(|annotations| annotations.get(name))
            .map_or("", |node| node.str())
    };
    let has = |name, words: &[&str]| {
        annotation(name)
            .split(',')
            .any(|word| words.contains(&word.trim()))
    };
    has("helm.sh/hook", &["test", "test-success", "test-failure"])
        || has("helm.sh/hook-delete-policy", &["hook-succeeded", "hook-failed"])
        || has(
            "argocd.argoproj.io/hook-delete-policy",
            &["HookSucceeded", "HookFailed"],
        )
}

/// Numbers of objects and what the server says against them; none is said where it accepts them.
pub type Judged = std::collections::BTreeMap<ManifestId, Vec<Refusal>>;

/// The merge patch that makes one object of another; `None` if they are the same.
fn merge_patch(old: &Value, new: &Value) -> Option<Value> {
    let (Value::Object(old), Value::Object(new)) = (old, new) else {
        return (old != new).then(|| new.clone());
    };
    let gone = old.keys().filter(|key| !new.contains_key(*key));
    let mut patch: Map<String, Value> = gone.map(|key| (key.clone(), Value::Null)).collect();
    for (key, value) in new {
        let changed = match old.get(key) {
            Some(before) => merge_patch(before, value),
            None => Some(value.clone()),
        };
        if let Some(changed) = changed {
            patch.insert(key.clone(), changed);
        }
    }
    (!patch.is_empty()).then_some(Value::Object(patch))
}
