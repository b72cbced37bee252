//! Standard output and standard error: color, buffering, errors of the call.

use std::io::{self, IsTerminal, Write as _};

/// When to use color.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum When {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl When {
    /// Whether standard output gets color.
    pub(super) fn on_stdout(self) -> bool {
        self.on(&io::stdout())
    }

    /// Whether standard error gets color.
    pub(super) fn on_stderr(self) -> bool {
        self.on(&io::stderr())
    }

    fn on(self, stream: &impl IsTerminal) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
                !set("NO_COLOR") && (set("CLICOLOR_FORCE") || stream.is_terminal())
            }
        }
    }
}

/// Standard output with a buffer: a report is written at once, not line by line.
pub(super) fn stdout() -> io::BufWriter<io::StdoutLock<'static>> {
    io::BufWriter::with_capacity(64 * 1024, io::stdout().lock())
}

/// Prints an error of the call, with its causes, to standard error.
pub(super) fn complain(error: &anyhow::Error) {
    // Nothing is left to be done when standard error itself is closed.
    let _ = writeln!(io::stderr(), "error: {error:#}");
}

/// Whether the reader of our output went away, as `head` does. That is no error.
pub(super) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|io| io.kind() == io::ErrorKind::BrokenPipe)
}
