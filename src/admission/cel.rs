//! CEL, the language of rules in CustomResourceDefinitions and admission policies.
//!
//! Parsing and evaluation are the crate `cel`'s; what Kubernetes adds to it is here: how values of a manifest are seen
//! (`value`), its libraries (`library`), and bounds (`program`). Only this folder knows that crate.

mod library;
mod names;
mod program;
mod value;

pub(super) use program::{Failure, Outcome, Program};
pub(super) use value::{Boxed, of_schema, optional};
