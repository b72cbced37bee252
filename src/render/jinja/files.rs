//! `files`: what else is in the chart. Page: `docs/jinja/files.md`.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::{Enumerator, Object, Value, from_args};
use minijinja::{Error, ErrorKind, State};
use plimsoll_gostd::glob::Glob;

use super::mapping::Mapping;

/// Files of a chart, or those a pattern chose, by path.
#[derive(Debug, Default)]
pub(super) struct Files {
    files: Vec<(Arc<str>, Arc<[u8]>)>,
}

impl Files {
    pub(super) fn new(mut files: Vec<(Arc<str>, Arc<[u8]>)>) -> Self {
        files.sort_by(|one, other| one.0.cmp(&other.0));
        Self { files }
    }

    fn bytes(&self, path: &str) -> Option<&[u8]> {
        let place = self
            .files
            .binary_search_by(|(known, _)| (**known).cmp(path))
            .ok()?;
        Some(&self.files[place].1)
    }

    /// A file's text; empty for one that is not there, as in Helm.
    fn text(&self, path: &str) -> String {
        self.bytes(path)
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
            .unwrap_or_default()
    }

    fn glob(&self, pattern: &str) -> Self {
        let pattern = Glob::of_files(pattern.as_bytes());
        Self {
            files: self
                .files
                .iter()
                .filter(|(path, _)| pattern.matches(path.as_bytes()))
                .cloned()
                .collect(),
        }
    }

    /// Every file under its name without folders, as `data` of a ConfigMap or Secret.
    fn data(&self, content: impl Fn(&[u8]) -> String) -> Value {
        let name = |path: &str| Arc::<str>::from(path.rsplit('/').next().unwrap_or(path));
        Mapping::value(
            self.files
                .iter()
                .map(|(path, bytes)| (name(path), Value::from(content(bytes)))),
        )
    }
}

impl Object for Files {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let path = key.as_str()?;
        self.bytes(path).map(|_| Value::from(self.text(path)))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.files.iter().map(|(path, _)| Value::from(path)).collect())
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        arguments: &[Value],
    ) -> Result<Value, Error> {
        match method {
            "get" | "Get" => {
                let (path,): (&str,) = from_args(arguments)?;
                Ok(Value::from(self.text(path)))
            }
            "get_bytes" | "GetBytes" => {
                let (path,): (&str,) = from_args(arguments)?;
                Ok(Value::from_bytes(self.bytes(path).unwrap_or_default().to_vec()))
            }
            "glob" | "Glob" => {
                let (pattern,): (&str,) = from_args(arguments)?;
                Ok(Value::from_object(self.glob(pattern)))
            }
            "lines" | "Lines" => {
                let (path,): (&str,) = from_args(arguments)?;
                Ok(self.text(path).lines().map(Value::from).collect())
            }
            "as_config" | "AsConfig" => {
                let () = from_args(arguments)?;
                Ok(self.data(|bytes| String::from_utf8_lossy(bytes).into_owned()))
            }
            "as_secrets" | "AsSecrets" => {
                let () = from_args(arguments)?;
                Ok(self.data(|bytes| STANDARD.encode(bytes)))
            }
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }
}
