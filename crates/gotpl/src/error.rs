//! Errors of parsing and executing templates: data first, Go's sentence in `Display`.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A bound that stopped an execution. Go has most of them not, so none of their sentences is Go's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Templates within templates (`Limits::depth`).
    Depth,
    /// Nodes executed and elements made (`Limits::steps`).
    Steps,
    /// Bytes written (`Limits::output`).
    Output,
    /// Nesting of the template text (`Limits::nesting`).
    Nesting,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Depth => "depth of template calls",
            Self::Steps => "steps",
            Self::Output => "output size",
            Self::Nesting => "nesting",
        })
    }
}

/// What sort of error it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The text is not a template.
    Parse,
    /// An action failed.
    Exec,
    /// The template to execute does not exist, or is empty.
    NoTemplate,
    /// A bound was met.
    Limit(Limit),
}

/// Where in a template an error is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Name of the text: a file's, which may define several templates.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: usize,
    /// Column in bytes, from 0, as Go prints it; none of parse errors, for which Go prints the line alone.
    pub column: Option<usize>,
    /// Bytes of the text that the node covers.
    pub span: Range<usize>,
}

/// An error of parsing or executing.
#[derive(Debug, Clone)]
pub struct Error {
    pub kind: ErrorKind,
    pub place: Option<Place>,
    /// The template that was executing: a file's or a `define`'s name.
    pub template: Arc<str>,
    /// The node that failed, as Go prints it.
    pub node: String,
    /// What went wrong, without the place; the texts of the causes are part of it, as in Go.
    pub message: String,
    /// The error inside a template that was included, when a function that executes templates failed.
    pub cause: Option<Box<Self>>,
}

impl Error {
    /// The errors from the outermost template call to the innermost.
    pub fn chain(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |error| error.cause.as_deref())
    }

    /// The innermost error: where it really happened.
    pub fn root(&self) -> &Self {
        let mut error = self;
        while let Some(cause) = error.cause.as_deref() {
            error = cause;
        }
        error
    }

    /// The bound that was met, here or in a cause.
    pub fn limit(&self) -> Option<Limit> {
        self.chain().find_map(|error| match error.kind {
            ErrorKind::Limit(limit) => Some(limit),
            _ => None,
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.place, self.kind) {
            (None, _) => write!(f, "template: {}", self.message),
            (Some(place), ErrorKind::Parse) => {
                write!(f, "template: {}:{}: {}", place.file, place.line, self.message)
            }
            (Some(place), _) => write!(
                f,
                "template: {}:{}:{}: executing {} at <{}>: {}",
                place.file,
                place.line,
                place.column.unwrap_or_default(),
                plimsoll_gostd::strconv::quote(self.template.as_bytes()),
                self.node,
                self.message
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}
