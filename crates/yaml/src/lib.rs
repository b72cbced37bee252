//! Go-compatible YAML: a spanned tree that agrees with go-yaml, and an emitter that prints what it prints.
//!
//! Helm and kubectl read YAML with go-yaml v2 (`go.yaml.in/yaml/v2` under `sigs.k8s.io/yaml`), a port of libyaml. This
//! crate follows that lineage, not YAML 1.2: `yes` is true, `0644` is octal, a later duplicate key wins.
//!
//! - [`parse()`] and [`parse_bytes`] turn a source into a [`Stream`] of [`Doc`]s; a syntax error costs its own document only.
//! - [`NodeRef`] walks a document; [`NodeRef::resolve`] gives a scalar go-yaml v2's type; [`NodeRef::merged_entries`] applies
//!   merge keys and duplicates as its decoder does.
//! - [`json`] is the view of `sigs.k8s.io/yaml`, which turns YAML into JSON first.
//! - `de` (feature `serde`) reads typed structs.
//! - `print_json` (feature `json`) prints a `serde_json::Value` as `sigs.k8s.io/yaml` does.
//! - [`emit`] prints values as `yaml.Marshal` of v2 and the indent-2 encoder of v3 do.
//!
//! It knows nothing of files, templates or Kubernetes.
//!
//! ```
//! let stream = plimsoll_yaml::parse("a: yes\n---\nb: [1, 0x10]\n", &plimsoll_yaml::Limits::default());
//! let b = stream.docs[1].root().get("b").unwrap();
//! assert_eq!(b.item(1).unwrap().resolve(), plimsoll_yaml::Scalar::Int(16));
//! assert_eq!(stream.docs[0].root().get("a").unwrap().as_bool(), Some(true));
//! ```

mod comment;
mod compose;
mod diagnose;
mod doc;
mod error;
mod event;
mod float;
mod input;
mod limits;
mod merge;
mod order;
mod queue;
mod scan;
mod span;
mod unicode;
#[cfg(feature = "json")]
mod value;

#[cfg(feature = "serde")]
pub mod de;
pub mod emit;
pub mod json;
pub mod resolve;

pub use comment::{Comment, Comments};
pub use compose::parse;
pub use doc::{Doc, DuplicateKey, Entries, Items, Kind, NodeRef, Stream, Style};
pub use error::{Cause, DecodeError, ErrorKind, SyntaxError};
pub use float::{format_float, format_float32};
pub use input::{before_cut_sequence, parse_bytes, reader_mistake};
pub use limits::Limits;
pub use merge::MergedEntries;
pub use order::{Key, cmp_key_strings, cmp_keys};
pub use resolve::Scalar;
pub use span::{LineIndex, Position, Span};
#[cfg(feature = "json")]
pub use value::print_json;
