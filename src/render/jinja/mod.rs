//! Jinja templates, rendered with minijinja.

mod engine;
mod environment;
mod error;
#[cfg(test)]
mod examples;
mod files;
mod function;
mod limits;
mod mapping;
mod names;
mod nearest;
mod output;
mod pattern;
mod print;
mod rules;
mod scope;
mod sources;

pub use rules::RULES;
