//! How long pods take to start and to stop, by what they say of it: probes, `minReadySeconds`, the grace period.
//!
//! What nobody writes down is not counted: pulling images, init containers, a program without a startup probe.
//! Source of the arithmetic: `pkg/kubelet/prober/worker.go`.

use plimsoll_yaml::NodeRef;

use super::view::{Container, Role, Workload};

/// The grace period of pods that do not say.
const GRACE: i64 = 30;

/// Part of the time that a pod takes to be available, in the order it is spent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wait<'m> {
    /// A container's startup probe may fail that often until the container is killed.
    Startup(Tries<'m>),
    /// A container's readiness probe does not begin before.
    Delay {
        /// Whose probe.
        container: &'m str,
        /// What is left of `initialDelaySeconds`.
        seconds: i64,
    },
    /// A container's readiness probe has to succeed that often.
    Readiness(Tries<'m>),
    /// The pod has to stay ready (`minReadySeconds`).
    MinReady(i64),
}

/// Calls of a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tries<'m> {
    /// Whose probe.
    pub container: &'m str,
    /// `initialDelaySeconds`; 0 where [`Wait::Delay`] tells it.
    pub delay: i64,
    /// How many calls.
    pub count: i64,
    /// Seconds from one to the next.
    pub period: i64,
}

impl Tries<'_> {
    /// All calls together, in seconds.
    pub const fn seconds(&self) -> i64 {
        self.delay.saturating_add(self.count.saturating_mul(self.period))
    }
}

impl Wait<'_> {
    /// How long, in seconds.
    pub const fn seconds(&self) -> i64 {
        match self {
            Self::Startup(tries) | Self::Readiness(tries) => tries.seconds(),
            Self::Delay { seconds, .. } | Self::MinReady(seconds) => *seconds,
        }
    }
}

/// How a pod gets to be available.
#[derive(Debug, Clone, Default)]
pub struct Start<'m> {
    /// What is waited for, one after the other: by the slowest container.
    pub waits: Vec<Wait<'m>>,
    /// Containers that run as long as the pod and have no readiness probe: they count as ready once they run.
    pub unprobed: Vec<&'m str>,
    /// Containers with a readiness probe and no startup probe: nothing says how long they may take.
    pub unbounded: Vec<&'m str>,
}

impl<'m> Start<'m> {
    /// How a pod of the workload starts, at the latest, if its program is ready by the first readiness probe after its
    /// startup probe succeeds, or after its delay.
    pub fn of(workload: &Workload<'m>) -> Self {
        let mut start = Self::default();
        let mut sidecars: Vec<Wait<'m>> = Vec::new();
        for container in workload.running() {
            let (mut waits, is_probed) = waits(container);
            if !is_probed {
                start.unprobed.push(container.name());
            } else if container.get("startupProbe").is_none() {
                start.unbounded.push(container.name());
            }
            let before = sidecars.clone();
            // A sidecar's startup probe has to succeed before the next container starts.
            if container.role == Role::Sidecar
                && let Some(Wait::Startup(_)) = waits.first()
            {
                sidecars.push(waits[0].clone());
            }
            waits.splice(0..0, before);
            if seconds(&waits) > seconds(&start.waits) {
                start.waits = waits;
            }
        }
        let min_ready = workload.manifest.get("spec.minReadySeconds");
        if let Some(seconds) = min_ready.and_then(NodeRef::as_i64).filter(|seconds| *seconds > 0) {
            start.waits.push(Wait::MinReady(seconds));
        }
        start
    }

    /// Seconds until the pod is available.
    pub fn available(&self) -> i64 {
        seconds(&self.waits)
    }

    /// Seconds until the pod is ready, which is when Services send traffic.
    pub fn ready(&self) -> i64 {
        let waits = self
            .waits
            .iter()
            .filter(|wait| !matches!(wait, Wait::MinReady(_)));
        waits.fold(0, |sum, wait| sum.saturating_add(wait.seconds()))
    }
}

fn seconds(waits: &[Wait<'_>]) -> i64 {
    waits
        .iter()
        .fold(0, |sum, wait| sum.saturating_add(wait.seconds()))
}

/// What one container is waited for, and whether it has a readiness probe.
fn waits<'m>(container: &Container<'m>) -> (Vec<Wait<'m>>, bool) {
    let number = |path: &str, default| {
        let written = container.get(path).and_then(NodeRef::as_i64);
        written.filter(|number| *number > 0).unwrap_or(default)
    };
    let tries = |probe: &str, count: i64| {
        let of = |field: &str, default| number(&format!("{probe}.{field}"), default);
        Tries {
            container: container.name(),
            delay: of("initialDelaySeconds", 0),
            count,
            // A call that takes longer than the period delays the next one.
            period: of("periodSeconds", 10).max(of("timeoutSeconds", 1)),
        }
    };
    let mut waits = Vec::new();
    if container.get("startupProbe").is_some() {
        let count = number("startupProbe.failureThreshold", 3);
        waits.push(Wait::Startup(tries("startupProbe", count)));
    }
    let is_probed = container.get("readinessProbe").is_some();
    if is_probed {
        let readiness = tries("readinessProbe", number("readinessProbe.successThreshold", 1));
        // The delay counts from the container's start, beside the startup probe.
        let left = readiness.delay.saturating_sub(seconds(&waits));
        if left > 0 {
            waits.push(Wait::Delay {
                container: container.name(),
                seconds: left,
            });
        }
        waits.push(Wait::Readiness(Tries {
            delay: 0,
            ..readiness
        }));
    }
    (waits, is_probed)
}

/// Seconds that the pods of a workload have to stop in, their `preStop` hooks included; then they are killed.
pub fn grace_period(workload: &Workload<'_>) -> i64 {
    workload
        .get("terminationGracePeriodSeconds")
        .and_then(NodeRef::as_i64)
        .unwrap_or(GRACE)
}

/// How long a container's `preStop` hook sleeps, and where it says so, if that is all it does.
pub fn pre_stop_sleep(container: &Container<'_>) -> Option<(&'static str, i64)> {
    if let Some(seconds) = container.get("lifecycle.preStop.sleep.seconds") {
        return Some(("lifecycle.preStop.sleep.seconds", seconds.as_i64()?));
    }
    let path = "lifecycle.preStop.exec.command";
    let words: Vec<&str> = container.get(path)?.items().map(NodeRef::str).collect();
    let text = match words.as_slice() {
        [program, seconds] if program.rsplit('/').next() == Some("sleep") => seconds,
        [shell, "-c", script] if matches!(shell.rsplit('/').next(), Some("sh" | "bash")) => {
            script.trim().strip_prefix("sleep ")?
        }
        _ => return None,
    };
    let text = text.trim();
    let seconds = text.strip_suffix('s').unwrap_or(text).parse().ok()?;
    Some((path, seconds))
}
