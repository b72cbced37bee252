//! ResourceQuotas: `CheckRequest` of the plugin ResourceQuota (k8s.io/apiserver), for everything in the input in turn.
//!
//! What the input alone uses is known; what else is in the cluster is not. So only what is exceeded without anything
//! else is reported: other objects make it worse, never better.

use std::collections::{BTreeMap, BTreeSet};

use super::amounts::{Amount, Amounts};
use super::pods::PodResources;
use super::usage;
use crate::admission::at::At;
use crate::admission::quantity::Quantity;
use crate::manifest::{Manifest, Route};

/// A ResourceQuota of the input, and what of it is used so far.
#[derive(Debug, Clone)]
pub(super) struct Quota<'m> {
    pub(super) manifest: &'m Manifest,
    hard: Amounts,
    used: Amounts,
    scopes: Vec<Scope<'m>>,
}

/// A condition on pods.
#[derive(Debug, Clone)]
struct Scope<'m> {
    name: &'m str,
    operator: &'m str,
    values: Vec<&'m str>,
}

/// Things that are alike and use quotas.
#[derive(Debug)]
pub(super) struct Charge<'p, 'm> {
    /// What one of them uses.
    pub(super) usage: Amounts,
    /// How many there are to be.
    pub(super) count: i64,
    /// They end, and give back what they used.
    pub(super) is_passing: bool,
    /// The pod that they are, if they are pods: its `spec`, and what it asks for.
    pub(super) pod: Option<(&'p At<'m, 'p>, &'p PodResources)>,
}

/// What a quota refuses.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The server's sentence.
    pub(super) what: String,
    /// How many of those asked for are made; `None` if it is not a matter of how many.
    pub(super) made: Option<i64>,
    /// The limit, in the quota.
    pub(super) bound: Route,
}

/// What quotas want every container to ask for: `validationSet` of the plugin.
const REQUIRED: [&str; 6] = [
    "cpu",
    "memory",
    "requests.cpu",
    "requests.memory",
    "limits.cpu",
    "limits.memory",
];

impl<'m> Quota<'m> {
    pub(super) fn of(manifest: &'m Manifest) -> Self {
        let scopes = manifest
            .get("spec.scopes")
            .into_iter()
            .flat_map(plimsoll_yaml::NodeRef::items);
        let mut scopes: Vec<Scope<'m>> = scopes
            .map(|scope| Scope {
                name: scope.str(),
                operator: "Exists",
                values: Vec::new(),
            })
            .collect();
        let root = At::root(manifest.node());
        let spec = root.get("spec");
        for expression in spec.get("scopeSelector").get("matchExpressions").items() {
            scopes.push(Scope {
                name: expression.get("scopeName").str(),
                operator: expression.get("operator").str(),
                values: expression
                    .get("values")
                    .items()
                    .map(|value| value.str())
                    .collect(),
            });
        }
        Self {
            manifest,
            hard: Amounts::of(&spec.get("hard")),
            used: Amounts::default(),
            scopes,
        }
    }

    fn bound(&self, resource: &str) -> Route {
        Route::root().below("spec.hard").then(resource)
    }

    /// Whether the quota counts it at all: scopes are of pods.
    fn matches(&self, charge: &Charge<'_, '_>) -> bool {
        match charge.pod {
            Some((spec, pod)) => self.scopes.iter().all(|scope| scope.matches(spec, pod)),
            None => self.scopes.is_empty(),
        }
    }

    /// Counts things, and says which are refused.
    pub(super) fn charge(&mut self, charge: &Charge<'_, '_>) -> Option<Refusal> {
        if !self.matches(charge) {
            return None;
        }
        if let Some(refusal) = charge.pod.and_then(|(_, pod)| self.unspecified(pod)) {
            return Some(refusal);
        }
        let relevant: Vec<(&String, Amount, Amount)> = charge
            .usage
            .0
            .iter()
            .filter(|(_, one)| one.quantity > Quantity::ZERO)
            .filter_map(|(name, one)| Some((name, *one, self.hard.get(name)?)))
            .collect();
        let used = |name: &str| self.used.get(name).unwrap_or(Amount::count(0));
        let room = relevant
            .iter()
            .map(|(name, one, hard)| hard.quantity.how_often(used(name).quantity, one.quantity))
            .min()
            .unwrap_or(i64::MAX);
        let made = charge.count.min(room);
        let mut after = self.used.clone();
        after.add(&charge.usage.times(made));
        let refusal = (made < charge.count).then(|| {
            let used = |name: &str| after.get(name).unwrap_or(Amount::count(0));
            let exceeded: Vec<_> = relevant
                .iter()
                .filter(|(name, one, hard)| hard.quantity.how_often(used(name).quantity, one.quantity) < 1)
                .collect();
            let list = |of: &dyn Fn(&str, Amount, Amount) -> Amount| {
                let all: Vec<String> = exceeded
                    .iter()
                    .map(|(name, one, hard)| format!("{name}={}", of(name, *one, *hard)))
                    .collect();
                all.join(",")
            };
            Refusal {
                what: format!(
                    "exceeded quota: {}, requested: {}, used: {}, limited: {}",
                    self.manifest.id.name,
                    list(&|_, one, _| one),
                    list(&|name, _, _| used(name)),
                    list(&|_, _, hard| hard),
                ),
                made: Some(made),
                bound: self.bound(exceeded.first().map_or("", |(name, ..)| name)),
            }
        });
        if !charge.is_passing {
            self.used = after;
        }
        refusal
    }

    /// `Constraints`: where CPU or memory is limited, every container has to say how much it wants.
    fn unspecified(&self, pod: &PodResources) -> Option<Refusal> {
        if pod.has_own() {
            return None;
        }
        let mut missing: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for container in &pod.containers {
            let usage = usage::of_lists(&container.requests, &container.limits);
            for name in REQUIRED {
                if self.hard.get(name).is_some() && usage.get(name).is_none() {
                    missing.entry(name).or_default().insert(&container.name);
                }
            }
        }
        let first = *missing.keys().next()?;
        let list: Vec<String> = missing
            .iter()
            .map(|(name, of)| {
                let of: Vec<&str> = of.iter().copied().collect();
                format!("{name} for: {}", of.join(","))
            })
            .collect();
        Some(Refusal {
            what: format!(
                "failed quota: {}: must specify {}",
                self.manifest.id.name,
                list.join("; ")
            ),
            made: None,
            bound: self.bound(first),
        })
    }
}

impl Scope<'_> {
    /// `podMatchesScopeFunc`.
    fn matches(&self, spec: &At<'_, '_>, pod: &PodResources) -> bool {
        let ends = spec
            .get("activeDeadlineSeconds")
            .int()
            .is_some_and(|seconds| seconds >= 0);
        let class = spec.get("priorityClassName").str();
        match (self.name, self.operator) {
            ("Terminating", _) => ends,
            ("NotTerminating", _) => !ends,
            ("BestEffort", _) => pod.is_best_effort(),
            ("NotBestEffort", _) => !pod.is_best_effort(),
            ("PriorityClass", "Exists") => !class.is_empty(),
            ("PriorityClass", "DoesNotExist") => class.is_empty(),
            ("PriorityClass", "In") => self.values.contains(&class),
            ("PriorityClass", "NotIn") => !self.values.contains(&class),
            ("CrossNamespacePodAffinity", _) => crosses_namespaces(spec),
            _ => false,
        }
    }
}

/// `usesCrossNamespacePodAffinity`.
fn crosses_namespaces(spec: &At<'_, '_>) -> bool {
    let crosses =
        |term: &At<'_, '_>| !term.get("namespaces").is_empty() || term.get("namespaceSelector").is_given();
    let affinity = spec.get("affinity");
    ["podAffinity", "podAntiAffinity"].into_iter().any(|kind| {
        let rules = affinity.get(kind);
        let required = rules.get("requiredDuringSchedulingIgnoredDuringExecution");
        let preferred = rules.get("preferredDuringSchedulingIgnoredDuringExecution");
        required.items().any(|term| crosses(&term))
            || preferred
                .items()
                .any(|term| crosses(&term.get("podAffinityTerm")))
    })
}
