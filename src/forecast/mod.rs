//! How the cluster will replace the pods of a workload, before it does: in figures that a person can check by hand.
//!
//! One controller, one file; each simulates what the controller's source does (`pkg/controller` of Kubernetes). A figure
//! says how it came to be, a step says who serves meanwhile, a risk says what to do. What nobody wrote down (nodes,
//! the time to pull an image, a program's own start) is no figure but an assumption, and said to be one.

mod argo;
mod budget;
mod colors;
mod cost;
mod daemon_set;
mod deployment;
mod hang;
mod job;
mod size;
mod stateful_set;
mod timing;
mod traffic;
mod words;

use crate::manifest::fleet::Fleet;
use crate::manifest::view::Workload;
use crate::manifest::{ManifestId, ObjectId};

/// In which way the pods are replaced, or the traffic goes elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// Step by step.
    RollingUpdate,
    /// All old ones stop before the new ones start.
    Recreate,
    /// Not until somebody deletes them.
    OnDelete,
    /// Not at all: the controller is told to wait.
    Paused,
    /// Not at all: the API server does not take the object.
    Refused,
    /// They run to their end.
    Job,
    /// They run at their times.
    CronJob,
    /// Two versions stand beside each other, and one serves.
    BlueGreen,
    /// Two versions serve, one of them few.
    Canary,
}

impl Strategy {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RollingUpdate => "rolling-update",
            Self::Recreate => "recreate",
            Self::OnDelete => "on-delete",
            Self::Paused => "paused",
            Self::Refused => "refused",
            Self::Job => "job",
            Self::CronJob => "cron-job",
            Self::BlueGreen => "blue-green",
            Self::Canary => "canary",
        }
    }
}

/// What a figure is of. The order is the order in which they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// Pods wanted, or nodes of a DaemonSet.
    Replicas,
    /// Pods beyond those wanted.
    Surge,
    /// Pods that may be missing.
    Unavailable,
    /// The most pods at once, without those that are shutting down.
    Peak,
    /// The fewest pods that serve at once.
    LeastAvailable,
    /// How often the controller waits for new pods.
    Waves,
    /// From a pod's start until it counts as available.
    ToAvailable,
    /// From the order to stop until a pod is gone, at the latest.
    ToStop,
    /// The whole rollout, at the latest.
    Longest,
    /// No pod serves for so long, at the latest.
    Downtime,
    /// Requests of CPU beyond those of every day.
    ExtraCpu,
    /// Requests of memory beyond those of every day.
    ExtraMemory,
}

impl Name {
    /// All, in their order.
    pub const ALL: [Self; 12] = [
        Self::Replicas,
        Self::Surge,
        Self::Unavailable,
        Self::Peak,
        Self::LeastAvailable,
        Self::Waves,
        Self::ToAvailable,
        Self::ToStop,
        Self::Longest,
        Self::Downtime,
        Self::ExtraCpu,
        Self::ExtraMemory,
    ];

    /// The key used in every output for machines.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Replicas => "replicas",
            Self::Surge => "surge",
            Self::Unavailable => "unavailable",
            Self::Peak => "peak",
            Self::LeastAvailable => "leastAvailable",
            Self::Waves => "waves",
            Self::ToAvailable => "secondsToAvailable",
            Self::ToStop => "secondsToStop",
            Self::Longest => "longestSeconds",
            Self::Downtime => "downtimeSeconds",
            Self::ExtraCpu => "extraCpu",
            Self::ExtraMemory => "extraMemory",
        }
    }

    /// The words for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Replicas => "pods wanted",
            Self::Surge => "extra pods allowed",
            Self::Unavailable => "may be missing",
            Self::Peak => "pods at peak",
            Self::LeastAvailable => "least available",
            Self::Waves => "waves",
            Self::ToAvailable => "a pod starts in",
            Self::ToStop => "a pod stops in",
            Self::Longest => "all takes at most",
            Self::Downtime => "nothing serves for",
            Self::ExtraCpu => "extra CPU",
            Self::ExtraMemory => "extra memory",
        }
    }
}

/// How much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amount {
    /// Pods, nodes or waves.
    Count(i64),
    /// Seconds.
    Seconds(i64),
    /// A quantity of CPU or memory, as Kubernetes writes it.
    Quantity(String),
}

/// A number, and how it came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What it is of.
    pub name: Name,
    /// How much.
    pub amount: Amount,
    /// The calculation, in words: `25% of 4`.
    pub because: String,
}

/// The pods after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pods {
    /// Of the version before.
    pub old: i64,
    /// Of the new version, available or not.
    pub new: i64,
    /// Of both, those that are available.
    pub available: i64,
}

/// Something that happens, in the order it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What happens, or what to do.
    pub text: String,
    /// The pods after it, where the step changes them.
    pub pods: Option<Pods>,
    /// Seconds from the begin of the rollout until it has happened, at the latest.
    pub by: Option<i64>,
}

impl Forecast {
    /// Nothing known yet.
    fn of(object: &ObjectId, strategy: Strategy) -> Self {
        Self {
            object: object.clone(),
            strategy,
            summary: String::new(),
            figures: Vec::new(),
            at_most: Vec::new(),
            steps: Vec::new(),
            shares: Vec::new(),
            meanwhile: Vec::new(),
            risks: Vec::new(),
            rollback: String::new(),
            assumptions: Vec::new(),
        }
    }

    fn figure(&mut self, name: Name, amount: Amount, because: impl Into<String>) {
        let because = because.into();
        self.figures.push(Figure {
            name,
            amount,
            because,
        });
    }
}

impl Step {
    fn of(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            pods: None,
            by: None,
        }
    }
}

/// The part of a Service's traffic that the pods of one workload get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The workload.
    pub workload: ObjectId,
    /// Its pods, when all are ready.
    pub pods: i64,
    /// The pods of all workloads behind the Service; each ready pod gets the same share. 0 of one that gets nothing.
    pub of: i64,
}

/// Whether a risk is one at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// It will happen.
    Certain,
    /// It happens when what is said comes together.
    Possible,
}

impl Certainty {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Possible => "possible",
        }
    }
}

/// What can go wrong, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Risk {
    /// Its name, which stays.
    pub name: &'static str,
    /// Whether it will.
    pub certainty: Certainty,
    /// What goes wrong and why, in a sentence without a period.
    pub message: String,
    /// What to do, in the imperative.
    pub remedy: String,
}

/// How one object's pods will be replaced, or its traffic will move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// The object.
    pub object: ObjectId,
    /// In which way.
    pub strategy: Strategy,
    /// All of it, in a sentence without a period.
    pub summary: String,
    /// The figures, in the order of their names.
    pub figures: Vec<Figure>,
    /// The figures that an autoscaler's upper bound makes others, likewise.
    pub at_most: Vec<Figure>,
    /// What happens, in order.
    pub steps: Vec<Step>,
    /// Who gets the traffic of a Service, for [`Strategy::BlueGreen`] and [`Strategy::Canary`].
    pub shares: Vec<Share>,
    /// What others do meanwhile: Services, budgets, autoscalers.
    pub meanwhile: Vec<String>,
    /// What can go wrong, certain things first.
    pub risks: Vec<Risk>,
    /// What the way back takes.
    pub rollback: String,
    /// What the figures take for granted.
    pub assumptions: Vec<String>,
}

/// What a forecast may know beside the objects.
#[derive(Debug, Clone, Copy, Default)]
pub struct Circumstances {
    /// How many nodes a DaemonSet runs on; an example is given without it.
    pub nodes: Option<i64>,
}

/// Forecasts for all objects of a fleet that have one, in reading order: what an update of each would do.
pub fn forecast(fleet: &Fleet<'_>, circumstances: Circumstances) -> Vec<Forecast> {
    let quotas = cost::Quotas::of(fleet);
    let of = |manifest| {
        fleet.workload(manifest).map_or_else(
            || colors::standing(fleet, fleet.manifests().get(manifest)),
            |workload| update(fleet, workload, &quotas, circumstances),
        )
    };
    let numbers = fleet.manifests().iter().map(|manifest| manifest.number);
    numbers.filter_map(of).collect()
}

/// The forecast of one change, an object of both sides: how its pods are replaced, or that its traffic goes over to
/// another version. `None` of one that does neither.
pub fn of_change(old: (&Fleet<'_>, ManifestId), new: (&Fleet<'_>, ManifestId)) -> Option<Forecast> {
    let Some(workload) = new.0.workload(new.1) else {
        return colors::switched(old, new);
    };
    update(
        new.0,
        workload,
        &cost::Quotas::of(new.0),
        Circumstances::default(),
    )
}

/// What replacing the pods of one workload does; `None` of one that nothing replaces.
fn update<'m>(
    fleet: &Fleet<'m>,
    workload: &Workload<'m>,
    quotas: &cost::Quotas<'m>,
    circumstances: Circumstances,
) -> Option<Forecast> {
    let scene = Scene {
        fleet,
        workload,
        quotas,
        circumstances,
    };
    let mut forecast = deployment::of(&scene)
        .or_else(|| stateful_set::of(&scene))
        .or_else(|| daemon_set::of(&scene))
        .or_else(|| argo::of(&scene))
        .or_else(|| job::of(&scene))?;
    forecast.figures.sort_by_key(|figure| figure.name);
    forecast.at_most.sort_by_key(|figure| figure.name);
    forecast.risks.sort_by_key(|risk| risk.certainty);
    Some(forecast)
}

/// A workload whose pods are replaced, and what is around it.
struct Scene<'a, 'm> {
    fleet: &'a Fleet<'m>,
    workload: &'a Workload<'m>,
    quotas: &'a cost::Quotas<'m>,
    circumstances: Circumstances,
}

impl Scene<'_, '_> {
    /// A command of kubectl about the workload: `kubectl -n shop rollout status deployment/web`.
    fn kubectl(&self, command: &str) -> String {
        let id = &self.workload.manifest.id;
        format!(
            "kubectl -n {} {command} {}/{}",
            self.workload.namespace,
            id.kind.to_lowercase(),
            id.name
        )
    }
}
