//! LimitRanges: plugin/pkg/admission/limitranger of k8s.io/kubernetes.

use super::amounts::{Amount, Amounts};
use super::pods::PodResources;
use crate::admission::at::At;
use crate::manifest::{Manifest, Route};

/// A LimitRange of the input.
#[derive(Debug)]
pub(super) struct LimitRange<'m> {
    pub(super) manifest: &'m Manifest,
    limits: Vec<Limit>,
    /// What containers get that do not say.
    pub(super) default_limits: Amounts,
    pub(super) default_requests: Amounts,
}

#[derive(Debug)]
struct Limit {
    kind: String,
    min: Amounts,
    max: Amounts,
    ratio: Amounts,
    /// The item in its object.
    route: Route,
}

/// What a LimitRange refuses.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The server's sentence.
    pub(super) what: String,
    /// The list of resources, from the pod or claim, and the resource.
    pub(super) place: Route,
    /// The bound, in the LimitRange.
    pub(super) bound: Route,
    pub(super) help: String,
}

/// Requests, limits, and the route of the `resources` that they are of.
struct Asked<'a> {
    requests: &'a Amounts,
    limits: &'a Amounts,
    route: &'a Route,
}

impl<'m> LimitRange<'m> {
    /// Reads a LimitRange, with the defaults of `SetDefaults_LimitRangeItem`.
    pub(super) fn of(manifest: &'m Manifest) -> Self {
        let root = At::root(manifest.node());
        let spec = root.get("spec");
        let (mut default_limits, mut default_requests) = (Amounts::default(), Amounts::default());
        let mut limits = Vec::new();
        for item in spec.get("limits").items() {
            let list = |name: &str| Amounts::of(&item.get(name));
            let limit = Limit {
                kind: item.get("type").str().to_owned(),
                min: list("min"),
                max: list("max"),
                ratio: list("maxLimitRequestRatio"),
                route: item.route(),
            };
            if limit.kind == "Container" {
                let mut default = list("default");
                default.default_to(&limit.max);
                let mut request = list("defaultRequest");
                request.default_to(&default);
                request.default_to(&limit.min);
                default_limits.default_to(&default);
                default_requests.default_to(&request);
            }
            limits.push(limit);
        }
        Self {
            manifest,
            limits,
            default_limits,
            default_requests,
        }
    }

    /// Requests that are more than the limit which this LimitRange gives: the pod is refused before anything else is
    /// looked at (`ValidateContainerResourceRequirements`).
    fn requests_above_defaults(&self, pod: &PodResources) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        for container in &pod.containers {
            for (name, request) in &container.requests.0 {
                let default = self.default_limits.get(name);
                let Some(limit) = default.filter(|_| container.written.get(name).is_none()) else {
                    continue;
                };
                if request.quantity > limit.quantity {
                    refusals.push(Refusal {
                        what: format!(
                            "Invalid value: \"{request}\": must be less than or equal to {name} limit of {limit}"
                        ),
                        place: container.route.then("requests").then(name.as_str()),
                        bound: Route::root().below("spec.limits"),
                        help: format!("set a limit for {name}; without one, the LimitRange gives {limit}"),
                    });
                }
            }
        }
        refusals
    }

    /// `PodValidateLimitFunc`.
    pub(super) fn refusals_of_pod(&self, pod: &PodResources) -> Vec<Refusal> {
        let mut refusals = self.requests_above_defaults(pod);
        if !refusals.is_empty() {
            return refusals;
        }
        for limit in &self.limits {
            match &*limit.kind {
                "Container" => {
                    for container in &pod.containers {
                        let asked = Asked {
                            requests: &container.requests,
                            limits: &container.limits,
                            route: &container.route,
                        };
                        limit.judge(&asked, &mut refusals);
                    }
                }
                "Pod" => {
                    let (requests, limits) = (pod.requests(), pod.limits());
                    let route = Route::root().then("spec");
                    let asked = Asked {
                        requests: &requests,
                        limits: &limits,
                        route: &route,
                    };
                    limit.judge(&asked, &mut refusals);
                }
                _ => {}
            }
        }
        refusals
    }

    /// `PersistentVolumeClaimValidateLimitFunc`; `spec` is where the claim's is.
    pub(super) fn refusals_of_claim(&self, requests: &Amounts) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        let route = Route::root().below("spec.resources");
        let asked = Asked {
            requests,
            limits: &Amounts::default(),
            route: &route,
        };
        for limit in self
            .limits
            .iter()
            .filter(|limit| limit.kind == "PersistentVolumeClaim")
        {
            for (name, bound) in &limit.min.0 {
                refusals.extend(limit.below_min(name, *bound, &asked));
            }
            for (name, bound) in &limit.max.0 {
                let what = match requests.get(name) {
                    None => ".  No request is specified".to_owned(),
                    Some(amount) if amount.quantity > bound.quantity => format!(", but request is {amount}"),
                    Some(_) => continue,
                };
                let what = format!("maximum {name} usage per {} is {bound}{what}", limit.kind);
                let help = format!("ask for no more than {bound}");
                refusals.push(limit.refusal(what, help, &asked, "requests", "max", name));
            }
        }
        refusals
    }
}

impl Limit {
    fn refusal(
        &self,
        what: String,
        help: String,
        asked: &Asked<'_>,
        list: &str,
        bound: &str,
        name: &str,
    ) -> Refusal {
        Refusal {
            what,
            place: asked.route.then(list).then(name),
            bound: self.route.then(bound).then(name),
            help,
        }
    }

    fn judge(&self, asked: &Asked<'_>, refusals: &mut Vec<Refusal>) {
        for (name, bound) in &self.min.0 {
            refusals.extend(self.below_min(name, *bound, asked));
        }
        for (name, bound) in &self.max.0 {
            refusals.extend(self.above_max(name, *bound, asked));
        }
        for (name, bound) in &self.ratio.0 {
            refusals.extend(self.above_ratio(name, *bound, asked));
        }
    }

    /// `minConstraint`.
    fn below_min(&self, name: &str, bound: Amount, asked: &Asked<'_>) -> Option<Refusal> {
        let (request, limit) = (asked.requests.get(name), asked.limits.get(name));
        let (what, list) = match (request, limit) {
            (None, _) => (".  No request is specified".to_owned(), "requests"),
            (Some(request), _) if request.quantity < bound.quantity => {
                (format!(", but request is {request}"), "requests")
            }
            (_, Some(limit)) if limit.quantity < bound.quantity => {
                (format!(", but limit is {limit}"), "limits")
            }
            _ => return None,
        };
        let what = format!("minimum {name} usage per {} is {bound}{what}", self.kind);
        let help = format!("ask for at least {bound} of {name}");
        Some(self.refusal(what, help, asked, list, "min", name))
    }

    /// `maxConstraint`.
    fn above_max(&self, name: &str, bound: Amount, asked: &Asked<'_>) -> Option<Refusal> {
        let (request, limit) = (asked.requests.get(name), asked.limits.get(name));
        let (what, list) = match (request, limit) {
            (_, None) => (".  No limit is specified".to_owned(), "limits"),
            (_, Some(limit)) if limit.quantity > bound.quantity => {
                (format!(", but limit is {limit}"), "limits")
            }
            (Some(request), _) if request.quantity > bound.quantity => {
                (format!(", but request is {request}"), "requests")
            }
            _ => return None,
        };
        let what = format!("maximum {name} usage per {} is {bound}{what}", self.kind);
        let help = format!("set a limit for {name} of at most {bound}");
        Some(self.refusal(what, help, asked, list, "max", name))
    }

    /// `limitRequestRatioConstraint`.
    fn above_ratio(&self, name: &str, bound: Amount, asked: &Asked<'_>) -> Option<Refusal> {
        let number = |amount: Option<Amount>| amount.map_or(0.0, |amount| amount.quantity.approximate());
        let (request, limit) = (number(asked.requests.get(name)), number(asked.limits.get(name)));
        let (what, list) = if request == 0.0 {
            (
                "but no request is specified or request is 0".to_owned(),
                "requests",
            )
        } else if limit == 0.0 {
            ("but no limit is specified or limit is 0".to_owned(), "limits")
        } else {
            let ratio = limit / request;
            if ratio <= bound.quantity.approximate() {
                return None;
            }
            (format!("but provided ratio is {ratio:.6}"), "limits")
        };
        let what = format!(
            "{name} max limit to request ratio per {} is {bound}, {what}",
            self.kind
        );
        let help = format!("bring limit and request of {name} closer to each other");
        Some(self.refusal(what, help, asked, list, "maxLimitRequestRatio", name))
    }
}
