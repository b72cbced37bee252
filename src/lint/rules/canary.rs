//! Two versions side by side: blue and green, stable and canary.

pub(crate) mod canary_differs;
pub(crate) mod canary_share;
mod pair;
pub(crate) mod service_selects_both_colors;
