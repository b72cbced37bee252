use k8s_openapi::Resource as _;
use k8s_openapi::api::apps::v1::{DaemonSet, Deployment};
use plimsoll_yaml::NodeRef;

use crate::finding::{Finding, Group, Part, RuleMeta, Severity, Stage};
use crate::lint::{Check, LintRule};
use crate::manifest::Route;
use crate::manifest::fleet::Fleet;
use crate::manifest::quantity::{Amount, Rounding};
use crate::manifest::view::Workload;

pub static RULE: LintRule = LintRule {
    meta: RuleMeta {
        name: "rollout-stalls",
        group: Group::Rollout,
        stage: Stage::Lint,
        severity: Severity::Warning,
        default: true,
        summary: "the bounds of a rolling update leave no way to go on, or take all pods down at once",
        peers: &[],
        page: include_str!("../../../../fixtures/rules/rollout-stalls.md"),
    },
    check: Check::Workload(check),
};

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Vec<Finding>) {
    let kind = &*workload.manifest.id.kind;
    if kind == Deployment::KIND {
        out.extend(Bounds::of(workload, "strategy", Amount::Percent(25), Amount::Percent(25)).and_then(deployment));
    } else if kind == DaemonSet::KIND {
        out.extend(Bounds::of(workload, "updateStrategy", Amount::Count(0), Amount::Count(1)).and_then(daemon_set));
    }
}

/// The two bounds of a rolling update, and where they are written.
struct Bounds<'a, 'm> {
    workload: &'a Workload<'m>,
    surge: Amount,
    unavailable: Amount,
    route: Route,
    surge_is_written: bool,
    unavailable_is_written: bool,
}

impl<'a, 'm> Bounds<'a, 'm> {
    /// The bounds with the API server's defaults; `None` when there is no rolling update or none is written.
    fn of(workload: &'a Workload<'m>, strategy: &str, surge: Amount, unavailable: Amount) -> Option<Self> {
        let node = workload.manifest.node().get("spec")?.get(strategy)?;
        if node.get("type").is_some_and(|kind| !kind.is_null() && kind.str() != "RollingUpdate") {
            return None;
        }
        let rolling = node.get("rollingUpdate")?;
        let written = |key| rolling.get(key).filter(|node: &NodeRef<'_>| !node.is_null());
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

    /// The bound to change: `maxUnavailable` if it is there.
    fn finding(&self, message: String) -> Finding {
        let route = match (self.unavailable_is_written, self.surge_is_written) {
            (true, _) => self.route.then("maxUnavailable"),
            (false, true) => self.route.then("maxSurge"),
            (false, false) => self.route.clone(),
        };
        let finding = Finding::new(&RULE.meta, self.workload.at(route, Part::Value), message);
        if self.unavailable_is_written && self.surge_is_written {
            return finding.related(self.workload.at(self.route.then("maxSurge"), Part::Key), "the other bound");
        }
        finding
    }

    /// Zero as it is written: the server looks no further.
    fn both_are_zero(&self) -> bool {
        let zero = |amount| matches!(amount, Amount::Count(0) | Amount::Percent(0));
        zero(self.surge) && zero(self.unavailable)
    }

    fn refused(&self) -> Finding {
        let title = self.workload.title();
        self.finding(format!("`maxSurge` and `maxUnavailable` of {title} are both 0: a rollout could neither add a pod nor take one away"))
            .severity(Severity::Error)
            .help("set `maxSurge: 1` to add before taking away, or `maxUnavailable: 1` to take away first; the API server refuses both at 0")
    }
}

fn deployment(bounds: Bounds<'_, '_>) -> Option<Finding> {
    if bounds.both_are_zero() {
        return Some(bounds.refused());
    }
    let title = bounds.workload.title();
    let replicas = bounds.workload.replicas()?;
    if replicas < 1 {
        return None;
    }
    let surge = bounds.surge.of_total(replicas, Rounding::Up);
    let unavailable = bounds.unavailable.of_total(replicas, Rounding::Down);
    let pods = if replicas == 1 { "1 replica".to_owned() } else { format!("{replicas} replicas") };
    if surge == 0 && unavailable == 0 {
        return Some(
            bounds
                .finding(format!(
                    "{} of {pods} rounds down to 0 unavailable pods and `maxSurge` is {}: the controller of {title} takes one pod away all the same",
                    bounds.unavailable, bounds.surge
                ))
                .help("write what you mean: `maxSurge: 1` keeps all pods serving, `maxUnavailable: 1` allows one less"),
        );
    }
    // One replica without surge is replaced in place: the usual choice for a volume that only one pod may hold.
    let replaced_in_place = replicas == 1 && surge == 0;
    if unavailable >= replicas && !replaced_in_place {
        return Some(
            bounds
                .finding(format!(
                    "`maxUnavailable: {}` of {pods} lets a rollout of {title} take all pods down at once",
                    bounds.unavailable
                ))
                .help(if replicas == 1 {
                    "set `maxUnavailable: 0` and `maxSurge: 1`: the new pod is ready before the old one goes".to_owned()
                } else {
                    format!("allow at most {} to be unavailable, or set `maxUnavailable: 0` and let `maxSurge` do the work", replicas - 1)
                }),
        );
    }
    None
}

fn daemon_set(bounds: Bounds<'_, '_>) -> Option<Finding> {
    if bounds.both_are_zero() {
        return Some(bounds.refused());
    }
    if matches!(bounds.unavailable, Amount::Percent(100..)) {
        let title = bounds.workload.title();
        return Some(
            bounds
                .finding(format!("`maxUnavailable: {}` lets a rollout of {title} take the pods of all nodes down at once", bounds.unavailable))
                .help("lower `maxUnavailable`, to `10%` say: the rollout then goes over the nodes in steps"),
        );
    }
    None
}
