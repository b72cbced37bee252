//! The control plane's own programs, where they run in pods: flags of the command line that open a cluster.
//!
//! Each row of a table is a rule. What is asked of them all is in `flags`.

pub(crate) mod apiserver;
pub(crate) mod controller_manager;
pub(crate) mod etcd;
mod flags;
pub(crate) mod kubelet;
pub(crate) mod removed_component_flag;
pub(crate) mod scheduler;
