//! Prints values as go-yaml does: `yaml.Marshal` of v2, or the indent-2 encoder of v3.
//!
//! The [`Emitter`] is told values one by one and keeps no tree.

/// Whose output to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// go-yaml v2 `yaml.Marshal`: what Helm's `toYaml` and kubectl print.
    V2,
    /// go-yaml v3 with `SetIndent(2)`: what Helm's `toYamlPretty` prints.
    V3,
}

/// Prints one document.
#[derive(Debug)]
pub struct Emitter {
    dialect: Dialect,
    out: String,
}
