//! What a workload says about replacing its pods, and what its controller makes of it.
//!
//! One copy of the controllers' arithmetic, for rules and forecasts alike: `pkg/controller/deployment/util`,
//! `pkg/controller/statefulset` and `pkg/controller/daemon/util` of Kubernetes.

use k8s_openapi::Resource as _;
use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, StatefulSet};
use plimsoll_yaml::NodeRef;

use super::Route;
use super::quantity::{Amount, Rounding};
use super::view::{Workload, get};

/// The most pods that a field can ask for.
const MOST: i64 = i32::MAX as i64;

/// Who replaces the pods of a workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Controller {
    /// `apps/v1` Deployment.
    Deployment,
    /// `apps/v1` StatefulSet.
    StatefulSet,
    /// `apps/v1` DaemonSet.
    DaemonSet,
}

impl Controller {
    /// The controller of a workload; `None` for kinds whose pods are not replaced when their template changes.
    pub fn of(workload: &Workload<'_>) -> Option<Self> {
        match &*workload.manifest.id.kind {
            Deployment::KIND => Some(Self::Deployment),
            StatefulSet::KIND => Some(Self::StatefulSet),
            DaemonSet::KIND => Some(Self::DaemonSet),
            _ => None,
        }
    }

    /// The field of `spec` that says how.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Deployment => "strategy",
            Self::StatefulSet | Self::DaemonSet => "updateStrategy",
        }
    }
}

/// One bound of a rolling update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// How many pods.
    pub amount: Amount,
    /// Whether the object says so; the API server's default if not.
    pub is_written: bool,
}

impl Bound {
    /// Whether it is zero as it is written: validation looks no further (`getIntOrPercentValue`).
    pub fn is_zero(self) -> bool {
        matches!(self.amount, Amount::Count(0) | Amount::Percent(0))
    }
}

/// The two bounds of a rolling update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Whose they are: each rounds in its own way.
    pub controller: Controller,
    /// How many pods there may be beyond those wanted (`maxSurge`).
    pub surge: Bound,
    /// How many of those wanted may be missing (`maxUnavailable`).
    pub unavailable: Bound,
}

/// What bounds come to for a number of pods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fenceposts {
    /// Pods beyond those wanted.
    pub surge: i64,
    /// Pods that may be missing.
    pub unavailable: i64,
    /// Both came to 0, and the controller takes one pod away all the same, to get on.
    pub is_forced: bool,
}

impl Bounds {
    /// The bounds with the API server's defaults (`pkg/apis/apps/v1/defaults.go`); `None` without a rolling update, and
    /// when one cannot be read.
    pub fn of(workload: &Workload<'_>) -> Option<Self> {
        let controller = Controller::of(workload)?;
        let (surge, unavailable) = match controller {
            Controller::Deployment => (Amount::Percent(25), Amount::Percent(25)),
            Controller::StatefulSet | Controller::DaemonSet => (Amount::Count(0), Amount::Count(1)),
        };
        let strategy = workload.manifest.node().get("spec");
        let strategy = strategy.and_then(|spec| spec.get(controller.field()));
        let strategy = |path| get(strategy?, path);
        if strategy("type").is_some_and(|kind| kind.str() != "RollingUpdate") {
            return None;
        }
        let bound = |written: Option<NodeRef<'_>>, default| {
            Some(Bound {
                amount: written.map_or(Some(default), Amount::of)?,
                is_written: written.is_some(),
            })
        };
        Some(Self {
            controller,
            surge: bound(strategy("rollingUpdate.maxSurge"), surge)?,
            unavailable: bound(strategy("rollingUpdate.maxUnavailable"), unavailable)?,
        })
    }

    /// Where the bounds are written.
    pub fn route(&self) -> Route {
        Route::root()
            .then("spec")
            .then(self.controller.field())
            .then("rollingUpdate")
    }

    /// Which way a share of what may be unavailable goes when it is not whole.
    pub const fn unavailable_rounding(&self) -> Rounding {
        match self.controller {
            Controller::Deployment | Controller::StatefulSet => Rounding::Down,
            Controller::DaemonSet => Rounding::Up,
        }
    }

    /// What the controller allows itself with so many pods wanted: `MaxSurge` and `MaxUnavailable` of
    /// `deployment_util.go`, `getStatefulSetMaxUnavailable`, `updatedDesiredNodeCounts` of the DaemonSet controller.
    pub fn of_total(&self, pods: i64) -> Fenceposts {
        let surge = match self.controller {
            Controller::StatefulSet => 0,
            Controller::Deployment | Controller::DaemonSet => self.surge.amount.of_total(pods, Rounding::Up),
        };
        let unavailable = self
            .unavailable
            .amount
            .of_total(pods, self.unavailable_rounding());
        let is_forced = surge <= 0 && unavailable <= 0;
        Fenceposts {
            surge: surge.clamp(0, MOST),
            unavailable: if is_forced { 1 } else { unavailable }.clamp(0, pods.max(0)),
            is_forced,
        }
    }
}
