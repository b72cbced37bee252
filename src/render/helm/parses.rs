//! Templates parsed once for all releases of a run.
//!
//! Environments render the same charts again and again, and charts carry copies of the same libraries. Parsing is a
//! good part of rendering, so what was parsed under one name from one text is kept.
//!
//! Invariant: a set made of kept templates is the set that parsing anew would make.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use plimsoll_gotpl::func::Functions;
use plimsoll_gotpl::{Error, Parsed};

use crate::chart::HelmCompat;

/// Helm's path of a template and its text, in a profile: its functions decide what parses.
type Key = (HelmCompat, Box<str>, Arc<[u8]>);

/// Every template that was parsed in a run.
#[derive(Debug, Default)]
pub struct Parses(Mutex<HashMap<Key, Parsed>>);

impl Parses {
    /// The template of a name and a text, parsed now or before. Errors are not kept: who shows them wants to parse.
    #[expect(clippy::result_large_err, reason = "an error is rare, and shown")]
    pub(super) fn get(
        &self,
        compat: HelmCompat,
        name: &str,
        text: &Arc<[u8]>,
        functions: &Functions,
    ) -> Result<Parsed, Error> {
        let key = (compat, Box::from(name), Arc::clone(text));
        let kept = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned();
        if let Some(parsed) = kept {
            return Ok(parsed);
        }
        let parsed = Parsed::new(name, text, functions)?;
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(key, parsed.clone());
        Ok(parsed)
    }
}
