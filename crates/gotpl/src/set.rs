//! A set of templates that call each other by name: what Go calls associated templates.
//!
//! A set is `Send + Sync`; any number of threads may execute it. Nothing ever copies it: `tpl` lays its definitions
//! over it for as long as its text executes.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::error::Error;
use crate::func::Functions;
use crate::node::Tree;
use crate::parse;

/// What a missing key of a map gives: the option `missingkey`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MissingKey {
    /// `<no value>`; `missingkey=default` and `invalid`.
    #[default]
    Invalid,
    /// The zero value of the map's element type.
    Zero,
    /// An error.
    Error,
}

/// A text that was parsed once, for any number of sets.
#[derive(Debug, Clone)]
pub struct Parsed(pub(crate) Arc<[Arc<Tree>]>);

impl Parsed {
    /// Parses a text as the template `name`.
    ///
    /// # Errors
    /// As Go's.
    pub fn new(name: &str, text: Arc<[u8]>, functions: &Functions) -> Result<Self, Error> {
        let trees = parse::parse(name, text, functions)?;
        Ok(Self(trees.into_iter().map(Arc::new).collect()))
    }
}

/// A set of templates.
#[derive(Debug)]
pub struct TemplateSet {
    pub(crate) name: Arc<str>,
    pub(crate) functions: Arc<Functions>,
    pub(crate) missing_key: MissingKey,
    trees: HashMap<Arc<[u8]>, Arc<Tree>, RandomState>,
}

impl TemplateSet {
    /// An empty set. `name` is that of the root template in messages; Helm's is `gotpl`.
    pub fn new(name: &str, functions: Arc<Functions>, missing_key: MissingKey) -> Self {
        Self {
            name: name.into(),
            functions,
            missing_key,
            trees: HashMap::default(),
        }
    }

    /// Parses a text as the template `name`, and adds it and what it defines. What is already there is replaced,
    /// except that a template of nothing but space and comments replaces nothing.
    ///
    /// # Errors
    /// As Go's; the set is then unchanged.
    pub fn parse(&mut self, name: &str, text: &[u8]) -> Result<(), Error> {
        self.add(&Parsed::new(name, text.into(), &self.functions)?);
        Ok(())
    }

    /// Adds what a text defines, as [`TemplateSet::parse`] does. It must have been parsed with the functions of this
    /// set.
    pub fn add(&mut self, parsed: &Parsed) {
        for tree in &*parsed.0 {
            if !(tree.is_empty() && self.trees.contains_key(&tree.name)) {
                self.trees.insert(Arc::clone(&tree.name), Arc::clone(tree));
            }
        }
    }

    /// The template of that name.
    pub fn get(&self, name: &[u8]) -> Option<&Arc<Tree>> {
        self.trees.get(name)
    }

    /// Names of the templates, sorted.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.trees.values().map(|tree| tree.name()).collect();
        names.sort_unstable();
        names
    }
}
