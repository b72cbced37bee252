//! Update strategies and their arithmetic.

pub mod rollout_stalls;
