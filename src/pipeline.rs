//! The whole flow, top to bottom: one function a command.
