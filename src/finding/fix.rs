//! What would mend a finding, said in routes: `fix` turns it into text.

use serde_json::Value;

use crate::manifest::Route;
use crate::source::Span;

/// Whether a fix may be applied by who has not thought about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Safety {
    /// What was meant is certain, and the program runs as before or as its author wanted it to.
    Safe,
    /// It may break a program, or is one of several ways: applied only when its rule is named.
    Unsafe,
}

impl Safety {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
        }
    }
}

/// A change of one object.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// The value at a route, which need not be there yet.
    Set(Route, Value),
    /// Another name for the last key of a route.
    Rename(Route, String),
    /// Take out what is at a route.
    Remove(Route),
    /// Take out the entry whose key stands here: it is repeated below, and nobody reads it.
    RemoveRepeated(Span),
}

/// What mends a finding: one edit, of the object the finding is in.
#[derive(Debug, Clone, PartialEq)]
pub struct Fix {
    /// Whether it may be applied without being asked for by name.
    pub safety: Safety,
    /// The change.
    pub edit: Edit,
}

impl Fix {
    /// A fix that is what was meant for certain.
    pub const fn safe(edit: Edit) -> Self {
        Self {
            safety: Safety::Safe,
            edit,
        }
    }

    /// A fix that needs somebody who knows the program.
    pub const fn risky(edit: Edit) -> Self {
        Self {
            safety: Safety::Unsafe,
            edit,
        }
    }
}
