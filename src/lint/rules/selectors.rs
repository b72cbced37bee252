//! Selectors, labels and what they reach.

pub mod dangling_service;
pub mod mismatching_selector;
pub mod overlapping_selector;
pub mod service_port_mismatch;
