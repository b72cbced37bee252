//! CEL, the language of rules in CustomResourceDefinitions and admission policies.
//!
//! Parsing and evaluation are the crate `cel`'s; what Kubernetes adds to it is here: how values of a manifest are seen
//! (`value`, `types`, `check`), its libraries (`library`), and bounds (`program`). Only this folder knows that crate.

mod check;
mod library;
mod names;
mod program;
mod types;
mod value;

pub(super) use check::check;
pub(super) use names::RESERVED;
pub(super) use program::{Failure, Outcome, Program};
pub(super) use types::Type;
pub(super) use value::{Boxed, native, of_schema, optional};
