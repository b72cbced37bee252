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

    /// The template that was entered last ends; `output` is all that the current output holds by now.
    fn leave(&mut self, template: &Arc<Tree>, captured: bool, output: &[u8]) {
        let _ = (template, captured, output);
    }

    /// A node of the current template begins: text, an action, or the head of a block.
    fn node(&mut self, node: Range<usize>) {
        let _ = node;
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

    /// A loop came to an item of a list: the list's identity (`List::id`), the index, and the item.
    fn item(&mut self, list: usize, index: usize, value: &Value) {
        let _ = (list, index, value);
    }

    /// The dot or a variable was read as it is.
    fn value(&mut self, value: &Value) {
        let _ = value;
    }

    /// A function is called with these arguments.
    fn call<'v>(&mut self, args: impl Iterator<Item = &'v Value> + Clone) {
        let _ = args;
    }
}

/// Watches nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoTrace;

impl Trace for NoTrace {}
