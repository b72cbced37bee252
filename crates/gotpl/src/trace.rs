//! Hooks for who wants to know where output came from.
//!
//! The executor is generic over the tracer, and `NoTrace` does nothing, so an execution without one pays nothing.

use std::ops::Range;
use std::sync::Arc;

use crate::node::Tree;
use crate::value::Value;

/// Watches an execution. Every hook does nothing unless implemented.
pub trait Trace {
    /// A template begins. `captured`: its output becomes the result of a function (`include`, `tpl`), and output
    /// ranges count from 0 again until it leaves; else it goes where the caller's goes.
    fn enter(&mut self, template: &Arc<Tree>, captured: bool) {
        let _ = (template, captured);
    }

    /// The template that was entered last ends.
    fn leave(&mut self, template: &Arc<Tree>, captured: bool) {
        let _ = (template, captured);
    }

    /// Bytes `output` of the current output came from the bytes `node` of the template's text: plain text, or the
    /// pipeline of an action.
    fn write(&mut self, template: &Arc<Tree>, node: Range<usize>, output: Range<usize>) {
        let _ = (template, node, output);
    }

    /// A key of a map was read: the map's identity (`Map::id`), the key, and what was there.
    fn field(&mut self, map: usize, key: &str, value: &Value) {
        let _ = (map, key, value);
    }
}

/// Watches nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoTrace;

impl Trace for NoTrace {}
