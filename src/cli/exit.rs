//! The exit codes, all of them.

use std::process::ExitCode;

/// How a run ended, for scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: nothing at or above `--fail-on`; for `diff --exit-code`, no difference.
    Clean,
    /// 1: findings at or above `--fail-on`; for `diff --exit-code`, differences; for `render` and `template`, a chart
    /// that does not render.
    Findings,
    /// 2: the call is wrong: an unknown flag, a path that does not exist, a version or rule nobody knows.
    Usage,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Clean => Self::SUCCESS,
            Exit::Findings => Self::from(1),
            Exit::Usage => Self::from(2),
        }
    }
}
