//! The bounds of a rolling update, with the defaults of `k8s.io/kubernetes/pkg/apis/apps/v1/defaults.go`.

use k8s_openapi::Resource as _;
use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, StatefulSet};

use crate::lint::prelude::*;
use crate::manifest::quantity::{Amount, Rounding};

/// The two bounds of a rolling update, and where they are written.
pub(super) struct Bounds<'a, 'm> {
    pub(super) workload: &'a Workload<'m>,
    pub(super) surge: Amount,
    pub(super) unavailable: Amount,
    pub(super) route: Route,
    pub(super) surge_is_written: bool,
    pub(super) unavailable_is_written: bool,
}

impl<'a, 'm> Bounds<'a, 'm> {
    pub(super) fn of_deployment(workload: &'a Workload<'m>) -> Option<Self> {
        let quarter = Amount::Percent(25);
        Self::of(workload, Deployment::KIND, "strategy", quarter, quarter)
    }

    pub(super) fn of_daemon_set(workload: &'a Workload<'m>) -> Option<Self> {
        let (surge, unavailable) = (Amount::Count(0), Amount::Count(1));
        Self::of(workload, DaemonSet::KIND, "updateStrategy", surge, unavailable)
    }

    pub(super) fn of_stateful_set(workload: &'a Workload<'m>) -> Option<Self> {
        let (surge, unavailable) = (Amount::Count(0), Amount::Count(1));
        Self::of(workload, StatefulSet::KIND, "updateStrategy", surge, unavailable)
    }

    /// `None` for another kind, when there is no rolling update, and when a bound cannot be read.
    fn of(
        workload: &'a Workload<'m>,
        kind: &str,
        strategy: &str,
        surge: Amount,
        unavailable: Amount,
    ) -> Option<Self> {
        if &*workload.manifest.id.kind != kind {
            return None;
        }
        let node = workload.manifest.node().get("spec")?.get(strategy);
        let field = |key| node.and_then(|node| node.get(key)).filter(|node| !node.is_null());
        if field("type").is_some_and(|kind| kind.str() != "RollingUpdate") {
            return None;
        }
        let rolling = field("rollingUpdate");
        let written = |key| {
            rolling
                .and_then(|rolling| rolling.get(key))
                .filter(|node| !node.is_null())
        };
        let amount = |key, default| written(key).map_or(Some(default), Amount::of);
        Some(Self {
            workload,
            surge: amount("maxSurge", surge)?,
            unavailable: amount("maxUnavailable", unavailable)?,
            route: Route::root().then("spec").then(strategy).then("rollingUpdate"),
            surge_is_written: written("maxSurge").is_some(),
            unavailable_is_written: written("maxUnavailable").is_some(),
        })
    }

    /// How many pods a Deployment's rollout may start beyond its replicas and have missing, as `ResolveFenceposts`
    /// computes it: a share of the surge rounds up, one that may be missing down, and not both are 0.
    pub(super) fn pods(&self, replicas: i64) -> (i64, i64) {
        let surge = self.surge.of_total(replicas, Rounding::Up);
        let unavailable = self.unavailable.of_total(replicas, Rounding::Down);
        if surge == 0 && unavailable == 0 {
            (0, 1)
        } else {
            (surge, unavailable)
        }
    }
}

/// Zero as it is written: validation looks no further (`getIntOrPercentValue`).
pub(super) fn is_zero(amount: Amount) -> bool {
    matches!(amount, Amount::Count(0) | Amount::Percent(0))
}
