//! CEL, the language of rules in CustomResourceDefinitions and admission policies.
//!
//! Parsing and evaluation are the crate `cel`'s; what Kubernetes adds to it is here: how values of a manifest are seen
//! (`value`, `types`, `check`), its libraries (`library`), and bounds (`program`). Only this folder knows that crate.

mod check;
mod library;
mod names;
mod program;
mod relations;
mod types;
mod value;

pub(crate) use check::check;
pub(super) use names::RESERVED;
pub(crate) use program::{Failure, Outcome, Program};
pub(crate) use relations::{RELATIONS, Relations};
pub(crate) use types::Type;
pub(crate) use value::{Boxed, native};
pub(super) use value::{of_schema, optional};
