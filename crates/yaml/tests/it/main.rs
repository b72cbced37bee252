//! Tests of the crate from outside, in one binary.

mod compare;
mod errors;
mod goldens;
mod notation;
mod tree;
