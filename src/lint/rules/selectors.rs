//! Selectors, labels and what they reach.

pub(crate) mod dangling_service;
pub(crate) mod duplicate_service_selector;
pub(crate) mod mismatching_selector;
pub(crate) mod overlapping_selector;
pub(crate) mod service_port_mismatch;
pub(crate) mod service_unnamed_target_port;
