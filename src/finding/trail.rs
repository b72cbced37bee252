//! Where what a template printed was written: the lines a person can change.

use std::collections::HashMap;

use super::Anchor;
use crate::source::Span;

/// The way from a place in a template's output back to what was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trail {
    /// The value that was printed, or the key: in a values file, or in a flag.
    pub values: Option<Span>,
    /// What printed it, then what included that, innermost first.
    pub templates: Vec<Span>,
}

/// What a place is on the way from a finding back to what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A value, in a file or a flag.
    Values,
    /// The template that printed it.
    Template,
    /// Where that template was included.
    Include,
    /// What was printed.
    Rendered,
}

impl Role {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Values => "values",
            Self::Template => "template",
            Self::Include => "include",
            Self::Rendered => "rendered",
        }
    }

    /// What such a place has to do with a finding, beside another place.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Values => "the value is set here",
            Self::Template => "printed here",
            Self::Include => "included here",
            Self::Rendered => "rendered",
        }
    }
}

impl Trail {
    /// The places from the one to change first to the outermost include.
    pub fn places(&self) -> impl Iterator<Item = (Role, Span)> + '_ {
        let values = self.values.map(|span| (Role::Values, span));
        let roles = std::iter::once(Role::Template).chain(std::iter::repeat(Role::Include));
        values
            .into_iter()
            .chain(roles.zip(self.templates.iter().copied()))
    }
}

/// A place in what was printed, and the name of the rule that points at it: of one text, rules may blame different parts.
pub type Blamed = (Anchor, &'static str);

/// The trails of a run's findings.
pub type Trails = HashMap<Blamed, Trail>;
