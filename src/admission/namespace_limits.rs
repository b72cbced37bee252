//! LimitRanges and ResourceQuotas of the input, applied to the other objects of their namespace as the admission
//! plugins LimitRanger and ResourceQuota do.
//!
//! The plugins refuse pods and claims, not what makes them: of a template it is said that its pods are refused. Only
//! what is in the input is counted; a namespace may hold more, which uses the quota too.

mod amounts;
mod limit_range;
mod pods;
mod resource_quota;
mod usage;

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Anchor, Finding, Part, RuleMeta};
use crate::manifest::view::Workload;
use crate::manifest::{Manifest, ManifestId, ManifestSet, Route};

use super::at::At;
use super::rules::{LIMIT_RANGE, RESOURCE_QUOTA};
use super::templates;
pub use amounts::Amount;
use amounts::Amounts;
use limit_range::LimitRange;
use pods::PodResources;
use resource_quota::{Charge, Quota};

/// What holds in one namespace.
#[derive(Debug, Default)]
struct Limits<'m> {
    ranges: Vec<LimitRange<'m>>,
    quotas: Vec<Quota<'m>>,
}

/// Applies the LimitRanges and ResourceQuotas of a set to its other objects; `namespace` is where objects are that name
/// none.
pub fn apply(manifests: &ManifestSet, namespace: &str) -> Vec<Finding> {
    let of = |manifest| namespace_of(manifest, namespace);
    let mut findings = Vec::new();
    charge_all(manifests, of, &mut findings);
    findings
}

/// An object that keeps pods in a namespace with a quota that has no room for more of them.
#[derive(Debug)]
pub struct Full<'m> {
    /// The object.
    pub manifest: &'m Manifest,
    /// How many more pods fit.
    pub made: i64,
    /// What the quota would say to the next one.
    pub what: String,
    /// The limit, in the quota.
    pub bound: Anchor,
}

/// The objects whose pods fit into the quotas of the set, with all others, and of which not one more does.
pub fn full<'m>(manifests: &'m ManifestSet, namespace: &'m str) -> Vec<Full<'m>> {
    let room = Room::of(manifests, namespace);
    manifests
        .iter()
        .filter_map(|manifest| room.refuses(manifest, 1))
        .collect()
}

/// What the quotas of a set have left when everything in it is counted.
#[derive(Debug)]
pub struct Room<'m> {
    namespace: &'m str,
    limits: BTreeMap<&'m str, Limits<'m>>,
    /// Objects that do not fit as they are.
    refused: BTreeSet<ManifestId>,
}

impl<'m> Room<'m> {
    /// Counts all objects of a set; `namespace` is where objects are that name none.
    pub fn of(manifests: &'m ManifestSet, namespace: &'m str) -> Self {
        let mut findings = Vec::new();
        let limits = charge_all(
            manifests,
            |manifest| namespace_of(manifest, namespace),
            &mut findings,
        );
        let refused = findings.iter().filter_map(|finding| match finding.at {
            Anchor::Route(manifest, ..) => Some(manifest),
            Anchor::Text(_) | Anchor::File(_) => None,
        });
        Self {
            namespace,
            limits,
            refused: refused.collect(),
        }
    }

    /// What a quota says to so many more of the pods that an object keeps; nothing of an object that does not fit as
    /// it is.
    pub fn refuses<'o>(&self, manifest: &'o Manifest, more: i64) -> Option<Full<'o>> {
        if self.refused.contains(&manifest.number) {
            return None;
        }
        self.limits
            .get(namespace_of(manifest, self.namespace))?
            .refuses(manifest, more)
    }

    /// What one of the pods that an object keeps asks for, by resource, with the defaults of the LimitRanges and the
    /// overhead of its runtime class: what the scheduler looks for, and quotas count.
    pub fn requests(&self, manifest: &Manifest) -> BTreeMap<String, Amount> {
        let ranges = self
            .limits
            .get(namespace_of(manifest, self.namespace))
            .map_or(&[][..], |limits| &limits.ranges);
        let Some(pod) = templates::of(manifest).and_then(|template| manifest.at(&template)) else {
            return BTreeMap::new();
        };
        let pod = PodResources::read(&At::root(pod).get("spec"), ranges);
        let mut requests = pod.requests();
        requests.add(pod.overhead());
        requests.0
    }
}

fn namespace_of<'m>(manifest: &'m Manifest, namespace: &'m str) -> &'m str {
    manifest.id.namespace.as_deref().unwrap_or(namespace)
}

/// Reads the limits of each namespace that has some, and applies them to all objects in turn.
fn charge_all<'m>(
    manifests: &'m ManifestSet,
    of: impl Fn(&'m Manifest) -> &'m str,
    findings: &mut Vec<Finding>,
) -> BTreeMap<&'m str, Limits<'m>> {
    let mut limits: BTreeMap<&str, Limits<'_>> = BTreeMap::new();
    for manifest in manifests {
        match (manifest.id.group(), &*manifest.id.kind) {
            ("", "LimitRange") => {
                let limits = limits.entry(of(manifest)).or_default();
                limits.ranges.push(LimitRange::of(manifest));
            }
            ("", "ResourceQuota") => {
                let limits = limits.entry(of(manifest)).or_default();
                limits.quotas.push(Quota::of(manifest));
            }
            _ => {}
        }
    }
    if limits.is_empty() {
        return limits;
    }
    for manifest in manifests {
        if let Some(limits) = limits.get_mut(of(manifest)) {
            limits.judge(manifest, findings);
        }
    }
    limits
}

impl Limits<'_> {
    fn judge(&mut self, manifest: &Manifest, findings: &mut Vec<Finding>) {
        if (manifest.id.group(), &*manifest.id.kind) == ("", "PersistentVolumeClaim") {
            self.judge_claim(manifest, findings);
        }
        let own = usage::of_object(manifest);
        // Namespaces and the like are in none, whatever they write; nothing counts them.
        self.charge(manifest, &Route::root(), &charge_of(own), findings);
        if let Some(template) = templates::of(manifest)
            && &*manifest.id.kind != "PodTemplate"
        {
            self.judge_pods(manifest, &template, findings);
        }
        let root = At::root(manifest.node());
        for claim in root.get("spec").get("volumeClaimTemplates").items() {
            let mut usage = usage::of_claim(&claim.get("spec"));
            usage
                .0
                .insert("count/persistentvolumeclaims".to_owned(), Amount::count(1));
            let charge = Charge {
                count: copies(manifest).0,
                ..charge_of(usage)
            };
            self.charge(manifest, &Route::root(), &charge, findings);
        }
    }

    /// What a quota says to so many more of the pods that an object keeps, after all others are counted.
    fn refuses<'o>(&self, manifest: &'o Manifest, more: i64) -> Option<Full<'o>> {
        if self.quotas.is_empty() {
            return None;
        }
        let template = templates::of(manifest)?;
        let root = At::root(manifest.at(&template)?);
        let spec = root.get("spec");
        let pod = PodResources::read(&spec, &self.ranges);
        let charge = Charge {
            usage: usage::of_pod(&pod),
            count: more,
            is_passing: true,
            pod: Some((&spec, &pod)),
        };
        let refusals = self.quotas.iter().filter_map(|quota| {
            let refusal = quota.clone().charge(&charge)?;
            Some((refusal, quota.manifest.number))
        });
        let (refusal, quota) = refusals.min_by_key(|(refusal, _)| refusal.made)?;
        Some(Full {
            manifest,
            made: refusal.made.unwrap_or(0),
            what: refusal.what,
            bound: Anchor::Route(quota, refusal.bound, Part::Value),
        })
    }

    fn judge_claim(&self, manifest: &Manifest, findings: &mut Vec<Finding>) {
        let root = At::root(manifest.node());
        let requests = Amounts::of(&root.get("spec").get("resources").get("requests"));
        for range in &self.ranges {
            for refusal in range.refusals_of_claim(&requests) {
                findings.push(limited(manifest, &Route::root(), range, refusal));
            }
        }
    }

    fn judge_pods(&mut self, manifest: &Manifest, template: &Route, findings: &mut Vec<Finding>) {
        let Some(node) = manifest.at(template) else {
            return;
        };
        let root = At::root(node);
        let spec = root.get("spec");
        let pod = PodResources::read(&spec, &self.ranges);
        for range in &self.ranges {
            for refusal in range.refusals_of_pod(&pod) {
                findings.push(limited(manifest, template, range, refusal));
            }
        }
        let (count, is_passing) = copies(manifest);
        let charge = Charge {
            usage: usage::of_pod(&pod),
            count,
            is_passing,
            pod: Some((&spec, &pod)),
        };
        self.charge(manifest, template, &charge, findings);
    }

    fn charge(
        &mut self,
        manifest: &Manifest,
        template: &Route,
        charge: &Charge<'_, '_>,
        findings: &mut Vec<Finding>,
    ) {
        for quota in &mut self.quotas {
            // A quota that counts quotas was there first.
            if quota.manifest.number == manifest.number {
                continue;
            }
            let Some(refusal) = quota.charge(charge) else {
                continue;
            };
            let kind = &manifest.id.kind;
            let (place, tail) = match refusal.made {
                Some(made) if charge.count > 1 => {
                    let what = if charge.pod.is_some() { "pods" } else { "claims" };
                    let tail = format!("; {made} of the {} {what} of the {kind} get room", charge.count);
                    (
                        Anchor::Route(manifest.number, replicas(manifest), Part::Value),
                        tail,
                    )
                }
                _ => {
                    let place = Route::root().then(if charge.pod.is_some() { "spec" } else { "kind" });
                    let tail = templates::fate(manifest, template);
                    (templates::anchor(manifest, template, &place), tail)
                }
            };
            let help = match refusal.made {
                Some(_) => {
                    "ask for less, or raise the quota; only objects of the input are counted, and whatever else \
                     is in the namespace uses it too"
                }
                None => {
                    "give each container the requests and limits that the quota counts, or the namespace a LimitRange with defaults"
                }
            };
            let bound = Anchor::Route(quota.manifest.number, refusal.bound, Part::Value);
            let finding = Finding::new(&RESOURCE_QUOTA, place, refusal.what + &tail)
                .help(help)
                .related(bound, "the quota");
            findings.push(finding);
        }
    }
}

/// One thing that is no pod and stays.
fn charge_of<'p, 'm>(usage: Amounts) -> Charge<'p, 'm> {
    Charge {
        usage,
        count: 1,
        is_passing: false,
        pod: None,
    }
}

/// How many pods an object keeps at least, and whether they end by themselves.
fn copies(manifest: &Manifest) -> (i64, bool) {
    let spec = |path: &str| manifest.get(path).and_then(plimsoll_yaml::NodeRef::as_i64);
    match &*manifest.id.kind {
        "Job" => (
            spec("spec.parallelism")
                .unwrap_or(1)
                .min(spec("spec.completions").unwrap_or(i64::MAX)),
            true,
        ),
        "CronJob" => (1, true),
        _ => {
            let workload = Workload::of(manifest, "");
            // One on each node, and how many nodes there are is not known.
            (
                workload.and_then(|workload| workload.replicas()).unwrap_or(1),
                false,
            )
        }
    }
}

/// Where an object says how many pods it keeps, or the nearest place above.
fn replicas(manifest: &Manifest) -> Route {
    let routes = ["spec.replicas", "spec.parallelism"].map(|path| Route::root().below(path));
    routes
        .into_iter()
        .find(|route| manifest.at(route).is_some())
        .unwrap_or_else(|| Route::root().then("spec"))
}

fn limited(
    manifest: &Manifest,
    template: &Route,
    range: &LimitRange<'_>,
    refusal: limit_range::Refusal,
) -> Finding {
    let rule: &'static RuleMeta = &LIMIT_RANGE;
    let place = templates::anchor(manifest, template, &refusal.place);
    let message = refusal.what + &templates::fate(manifest, template);
    let bound = Anchor::Route(range.manifest.number, refusal.bound, Part::Value);
    Finding::new(rule, place, message)
        .help(refusal.help)
        .related(bound, "the LimitRange")
}
