//! Templates parsed once for all releases of a run.
//!
//! Environments render the same charts again and again, and charts carry copies of the same libraries. Parsing is a
//! good part of rendering, so what was parsed under one name from one text is kept.
//!
//! Invariant: a set made of kept templates is the set that parsing anew would make.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use foldhash::fast::RandomState;
use plimsoll_gotpl::func::Functions;
use plimsoll_gotpl::{Error, Parsed};

use super::{Placed, functions, placed};
use crate::chart::HelmCompat;
use crate::values::Values;

/// Helm's path of a template and its text, in a profile: its functions decide what parses.
type Key = (HelmCompat, Box<str>, Arc<[u8]>);

/// Every template that was parsed in a run.
#[derive(Debug, Default)]
pub struct Parses(Mutex<HashMap<Key, Parsed, RandomState>>);

/// From how many bytes of templates on a second thread pays: what starting it costs, parsing 20 kB costs as well.
const WORTH_A_THREAD: usize = 40_000;

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
        if let Some(parsed) = self.kept(&key) {
            return Ok(parsed);
        }
        let parsed = Parsed::new(name, Arc::clone(text), functions)?;
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(key, parsed.clone());
        Ok(parsed)
    }

    fn kept(&self, key: &Key) -> Option<Parsed> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(key).cloned()
    }

    /// Parses the templates of a release while other work is done, which is the first thing that a second thread does;
    /// that thread then helps with parsing. A release of little text is not worth a thread.
    pub fn parse_beside<T: Send>(&self, values: &Values, work: impl FnOnce() -> T + Send) -> T {
        // Within a pool the other threads have releases of their own.
        if rayon::current_thread_index().is_some() {
            return work();
        }
        let templates = placed(values);
        let size: usize = templates.iter().map(|placed| placed.template.bytes.len()).sum();
        if size < WORTH_A_THREAD {
            return work();
        }
        let functions = functions::functions(values.compat);
        // Both go until they meet: what is there already was the other's.
        let parse = |templates: &mut dyn Iterator<Item = &Placed<'_>>| {
            for Placed { name, template, .. } in templates {
                let key = (
                    values.compat,
                    Box::from(name.as_str()),
                    Arc::clone(&template.bytes),
                );
                if self.kept(&key).is_some() {
                    break;
                }
                // An error is shown by whoever renders.
                let _ = self.get(values.compat, name, &template.bytes, &functions);
            }
        };
        thread::scope(|scope| {
            let other = scope.spawn(|| {
                let result = work();
                parse(&mut templates.iter().rev());
                result
            });
            parse(&mut templates.iter());
            other
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }
}
