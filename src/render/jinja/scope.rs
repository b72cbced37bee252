//! What a template sees besides its own variables.

use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr, Value, from_args};
use minijinja::{Environment, Error, ErrorKind, State};

use super::mapping::Mapping;

/// The names of a chart's templates, each under its own name and under Helm's (`Values`).
///
/// They are globals, so that macros of an imported file see them as well.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    entries: Vec<(&'static str, Value)>,
}

impl Scope {
    pub(super) fn set(&mut self, name: &'static str, value: Value) {
        self.entries.push((name, value));
    }

    pub(super) fn add_globals(&self, env: &mut Environment<'_>) {
        for (name, value) in &self.entries {
            env.add_global(*name, value.clone());
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.entries
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.entries.iter().map(|(name, _)| *name)
    }
}

/// A mapping under the names of the fields of a Go struct, and under the same in snake case.
pub(super) fn twins<const N: usize>(entries: [(&str, &str, Value); N]) -> (Value, Value) {
    let snake = Mapping::value(
        entries
            .iter()
            .map(|(name, _, value)| (Arc::from(*name), value.clone())),
    );
    let camel = Mapping::value(
        entries
            .iter()
            .map(|(_, name, value)| (Arc::from(*name), value.clone())),
    );
    (snake, camel)
}

/// `capabilities` and Helm's `Capabilities`.
pub(super) fn capabilities(
    version: &str,
    major: &str,
    minor: &str,
    api_versions: Arc<[Arc<str>]>,
) -> (Value, Value) {
    let kube = || {
        twins([
            ("version", "Version", Value::from(version)),
            ("major", "Major", Value::from(major)),
            ("minor", "Minor", Value::from(minor)),
        ])
    };
    let known = Value::from_object(ApiVersions(api_versions));
    (
        Mapping::value([
            (Arc::from("kube_version"), kube().0),
            (Arc::from("api_versions"), known.clone()),
        ]),
        Mapping::value([
            (Arc::from("KubeVersion"), kube().1),
            (Arc::from("APIVersions"), known),
        ]),
    )
}

/// The API versions and kinds of the cluster that is rendered for: `apps/v1`, `apps/v1/Deployment`.
#[derive(Debug)]
struct ApiVersions(Arc<[Arc<str>]>);

impl Object for ApiVersions {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.0.get(key.as_usize()?).map(Value::from)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.0.len())
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        arguments: &[Value],
    ) -> Result<Value, Error> {
        match method {
            "has" | "Has" => {
                let (wanted,): (&str,) = from_args(arguments)?;
                Ok(Value::from(self.0.iter().any(|known| **known == *wanted)))
            }
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }
}
