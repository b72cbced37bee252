//! Jobs and CronJobs.

pub(crate) mod cronjob_concurrency;
pub(crate) mod cronjob_deadline_too_short;
pub(crate) mod cronjob_has_deadline;
pub(crate) mod cronjob_schedule_never;
pub(crate) mod cronjob_suspended;
pub(crate) mod job_backoff_and_deadline;
pub(crate) mod job_immutable_on_upgrade;
pub(crate) mod job_ttl_seconds_after_finished;
