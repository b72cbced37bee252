//! Starting and stopping: hooks, grace periods, environment.

pub(crate) mod duplicate_env_var;
pub(crate) mod env_reference_order;
pub(crate) mod interactive_tty;
pub(crate) mod no_prestop_hook;
pub(crate) mod termination_grace_vs_prestop;
pub(crate) mod too_many_containers;
pub(crate) mod zero_grace_period;
