//! Update strategies and their arithmetic.

pub(crate) mod rollout_stalls;
