//! plimsoll: render, validate, lint and diff Kubernetes manifests.
//!
//! Data flows one way, through the modules in this order:
//!
//! 1. [`source`]: every text of the run, once; places in it are spans.
//! 2. [`finding`]: what a stage says when something is wrong. User mistakes are findings, never `Err`.
//! 3. [`input`]: what the user pointed at; [`revision`]: the same files at another commit.
//! 4. [`chart`]: a chart's files, from a directory or an archive.
//!    [`registry`]: charts that are not on this machine yet; the only one that touches the network, when asked to.
//! 5. [`values`]: the merged values; each leaf knows where it came from.
//! 6. [`render`]: templates to text, Go templates or Jinja.
//!    [`unused`]: which values no template reads.
//! 7. [`manifest`]: text to objects, and the fleet: all objects with their relations.
//! 8. [`schema`]: Kubernetes schemas and CRDs.
//! 9. [`admission`]: what the server refuses beyond its schemas.
//!    [`live`]: objects as a cluster has them, and as they would be.
//! 10. [`lint`]: what the server accepts and hurts later.
//!     [`suppress`]: what of it someone has accepted; [`origin`]: where what is rendered was written; [`fix`]: how it is
//!     mended there.
//!     [`config`]: what a project says of all that.
//!     [`forecast`]: how the cluster will replace pods.
//! 11. [`diff`]: two sets of objects to changes and their impact.
//! 12. [`report`]: what people and machines read; [`known`]: what of it they knew before.
//!
//! [`pipeline`] holds the whole flow, a function per command; [`cli`] turns arguments into its calls; [`catalog`] lists all rules.

pub mod source;

pub mod finding;

pub mod input;

pub mod revision;

pub mod chart;

pub mod values;

pub mod render;

pub mod unused;

pub mod registry;

pub mod manifest;

pub mod schema;

pub mod admission;

pub mod live;

pub mod lint;

pub mod suppress;

pub mod fix;

pub mod config;

pub mod origin;

pub mod forecast;

pub mod diff;

pub mod report;

pub mod known;

pub mod pipeline;

pub mod cli;

pub mod catalog;

pub mod suggest;
