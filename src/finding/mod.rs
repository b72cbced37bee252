//! What is wrong, where, why, and what to do: the one type every stage reports in.
//!
//! A stage says *where* by an [`Anchor`]; only [`locate`] turns anchors into lines.

pub mod environments;
mod excerpt;
mod fingerprint;
mod fix;
pub mod judge;
pub mod locate;
mod rule;
pub(crate) mod secret;
pub mod trail;

use crate::manifest::{ManifestId, Route};
use crate::source::Span;

pub use excerpt::Excerpt;
pub use fingerprint::ItemKeys;
pub use fix::{Edit, Fix, Safety};
pub use rule::{Group, RuleMeta, Stage};

/// How bad a finding is. The order is the order of weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing breaks.
    Info,
    /// It will be accepted, and hurt later.
    Warning,
    /// It is refused, or broken for certain.
    Error,
}

impl Severity {
    /// The word used in every output and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Which part of a place is meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Part {
    /// The value found at the route.
    Value,
    /// The key that leads to it: unknown fields, misspellings.
    Key,
    /// Something that should be below the route and is not: points at the route's own key.
    Missing,
    /// The key that stands where this one was meant: `apiVersoin`. The missing one is what the finding is about.
    Instead(RootKey),
}

impl Part {
    /// The field that a finding at a route is about, as the API server writes it; empty for the object itself.
    pub fn field(&self, route: &Route) -> String {
        match self {
            Self::Instead(meant) => meant.as_str().to_owned(),
            Self::Value | Self::Key | Self::Missing => route.to_string(),
        }
    }
}

/// A key that every object has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RootKey {
    /// `apiVersion`.
    ApiVersion,
    /// `kind`.
    Kind,
}

impl RootKey {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ApiVersion => "apiVersion",
            Self::Kind => "kind",
        }
    }
}

/// Where a finding is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Anchor {
    /// A place inside an object.
    Route(ManifestId, Route, Part),
    /// A place in a text.
    Text(Span),
    /// A file as a whole (it cannot be read, it is not text), by the path the user knows.
    File(String),
}

/// A second place that explains the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub at: Anchor,
    /// What that place has to do with the finding.
    pub message: String,
}

/// One thing that is wrong.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static RuleMeta,
    /// How bad; the rule's own unless the rule or the configuration says otherwise.
    pub severity: Severity,
    /// The primary place.
    pub at: Anchor,
    /// What is wrong: one sentence without a period.
    pub message: String,
    /// What to do, in the imperative.
    pub help: Option<Box<str>>,
    /// Other places that explain it.
    pub related: Vec<Related>,
    /// What would mend it, where that is known.
    pub fix: Option<Box<Fix>>,
}

impl Finding {
    /// A finding with the rule's own severity and nothing but a message.
    pub fn new(rule: &'static RuleMeta, at: Anchor, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity: rule.severity,
            at,
            message: message.into(),
            help: None,
            related: Vec::new(),
            fix: None,
        }
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into().into_boxed_str());
        self
    }

    /// Says how it could be mended.
    pub fn mend(&mut self, fix: Fix) {
        self.fix = Some(Box::new(fix));
    }

    /// Overrides the severity.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Adds a place that explains.
    #[must_use]
    pub fn related(mut self, at: Anchor, message: impl Into<String>) -> Self {
        self.related.push(Related {
            at,
            message: message.into(),
        });
        self
    }
}
