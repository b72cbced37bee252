//! The `plimsoll` binary: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    plimsoll::cli::main().into()
}
