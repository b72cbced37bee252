//! What makes pods, and what scales and protects them.

use super::{KindRules, anything};
use crate::admission::names;

mod amount;
mod autoscaler;
mod autoscaler_metrics;
mod budget;
mod controller_revision;
mod cron_job;
mod cron_schedule;
mod daemon_set;
mod deployment;
mod indexes;
mod job;
mod job_policies;
mod job_update;
mod replica_set;
mod stateful_set;
mod template;

pub(super) static KINDS: &[KindRules] = &[
    KindRules {
        group: "apps",
        kind: "Deployment",
        name: names::subdomain_name,
        create: deployment::check,
        update: deployment::check_update,
    },
    KindRules {
        group: "apps",
        kind: "ReplicaSet",
        name: names::subdomain_name,
        create: replica_set::check,
        update: replica_set::check_update,
    },
    KindRules {
        group: "",
        kind: "ReplicationController",
        name: names::subdomain_name,
        create: replica_set::check_controller,
        update: anything,
    },
    KindRules {
        group: "apps",
        kind: "StatefulSet",
        name: names::label_name,
        create: stateful_set::check,
        update: stateful_set::check_update,
    },
    KindRules {
        group: "apps",
        kind: "DaemonSet",
        name: names::subdomain_name,
        create: daemon_set::check,
        update: daemon_set::check_update,
    },
    KindRules {
        group: "apps",
        kind: "ControllerRevision",
        name: names::subdomain_name,
        create: controller_revision::check,
        update: controller_revision::check_update,
    },
    KindRules {
        group: "batch",
        kind: "Job",
        name: names::subdomain_name,
        create: job::check,
        update: job_update::check,
    },
    KindRules {
        group: "batch",
        kind: "CronJob",
        name: names::subdomain_name,
        create: cron_job::check,
        update: anything,
    },
    KindRules {
        group: "autoscaling",
        kind: "HorizontalPodAutoscaler",
        name: names::subdomain_name,
        create: autoscaler::check,
        update: anything,
    },
    KindRules {
        group: "policy",
        kind: "PodDisruptionBudget",
        // Its strategy leaves the name to what is asked of all (`ValidateCreate` of apiserver).
        name: names::path_segment_name,
        create: budget::check,
        update: anything,
    },
];
