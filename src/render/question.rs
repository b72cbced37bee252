//! What can be asked about a text that was rendered.

use crate::manifest::Step;

/// Which part of an entry is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meant {
    /// Its key, or the item of a list as a whole.
    Key,
    /// Its value.
    Value,
    /// What it should hold and does not.
    Missing,
}

/// A place in what a template printed. All offsets are bytes of the whole output.
#[derive(Debug, Clone)]
pub struct Question {
    /// Where it is.
    pub at: usize,
    /// How many bytes of it are meant.
    pub length: usize,
    /// Which part of the entry that is.
    pub meant: Meant,
    /// The key, or the value if it is a scalar, as YAML reads it.
    pub text: Option<String>,
    /// The entries and items that hold the place, from the outermost to its own.
    pub path: Vec<Point>,
    /// What it holds, first and last.
    pub inner: Vec<Inner>,
    /// What it lacks, if a key is missing.
    pub lacks: Option<Lack>,
}

/// A key that a mapping does not have.
#[derive(Debug, Clone)]
pub struct Lack {
    /// The key.
    pub key: String,
    /// Where the mapping ends.
    pub end: usize,
}

/// Something that a place holds: a key, or an item.
#[derive(Debug, Clone)]
pub struct Inner {
    /// Where it is.
    pub point: Point,
    /// The key, or the value of an item.
    pub meant: Meant,
    /// The key, or the item if it is a scalar.
    pub text: Option<String>,
}

/// An entry of a mapping or an item of a list in what was printed.
#[derive(Debug, Clone)]
pub struct Point {
    /// Where its key, or the item, begins.
    pub at: usize,
    /// Its key or index.
    pub step: Step,
    /// Where the items before it in its list begin.
    pub before: Vec<usize>,
}
