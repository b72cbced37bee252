//! Versions that stand beside each other behind Services: blue and green, stable and canary.
//!
//! Both are found by what is there, not by names: workloads of one kind with the same containers from the same
//! images, of which a Service selects several (canary), or one by a label of which others have another value (blue-green).

use super::size;
use super::timing::Timing;
use super::traffic::{shares, version};
use super::words::{count, percent, seconds};
use super::{Amount, Certainty, Forecast, Name, Risk, Share, Step, Strategy};
use crate::manifest::fleet::{Fleet, service_selector};
use crate::manifest::image::Reference;
use crate::manifest::selector::{Requirement, Selector};
use crate::manifest::view::Workload;
use crate::manifest::{Manifest, ManifestId, json};

/// A Service and the two versions that it chooses between by one label.
struct Switch<'f, 'm> {
    service: &'m Manifest,
    /// The label.
    key: &'m str,
    serving: &'f Workload<'m>,
    standing_by: &'f Workload<'m>,
}

/// The forecast of a Service with two versions behind it, or one behind it and another beside; `None` of any other.
pub(super) fn standing<'m>(fleet: &Fleet<'m>, service: &'m Manifest) -> Option<Forecast> {
    canary(fleet, service).or_else(|| {
        let switch = Switch::of(fleet, service)?;
        let is_told = |earlier: &Manifest| {
            earlier.number < service.number
                && Switch::of(fleet, earlier).is_some_and(|other| other.is_same_pair(&switch))
        };
        if fleet.of_kind(("", "Service")).any(is_told) {
            return None;
        }
        blue_green(fleet, &switch)
    })
}

/// What a Service that goes over to another version does; `None` when it does not.
pub(super) fn switched(old: (&Fleet<'_>, ManifestId), new: (&Fleet<'_>, ManifestId)) -> Option<Forecast> {
    let before = Switch::of(old.0, old.0.manifests().get(old.1))?;
    let after = Switch::of(new.0, new.0.manifests().get(new.1))?;
    let id = |workload: &Workload<'_>| workload.manifest.id.name.clone();
    (id(before.serving) != id(after.serving)).then(|| over(old.0, new.0, &before, &after))?
}

/// Whether two workloads are versions of one: of one kind, with the same containers of the same images, tags aside.
fn are_alike(one: &Workload<'_>, other: &Workload<'_>) -> bool {
    let containers = |workload: &Workload<'_>| -> Vec<(String, String)> {
        let running = workload.running();
        running
            .map(|container| {
                let image = container.image().unwrap_or_default();
                (container.name().to_owned(), Reference::of(image).name.to_owned())
            })
            .collect()
    };
    one.manifest.number != other.manifest.number
        && one.manifest.id.group_kind() == other.manifest.id.group_kind()
        && containers(one) == containers(other)
}

impl<'f, 'm> Switch<'f, 'm> {
    fn of(fleet: &'f Fleet<'m>, service: &'m Manifest) -> Option<Self> {
        let selector = service_selector(service)?;
        let [serving] = fleet.behind(service)[..] else {
            return None;
        };
        let others = |key: &str| {
            let rest = selector
                .0
                .iter()
                .filter(|requirement| !matches!(requirement, Requirement::In(other, _) if *other == key));
            let rest = Selector(rest.cloned().collect());
            fleet.select(serving.namespace, &rest)
        };
        selector.exact().find_map(|(key, _)| {
            let standing_by = others(key)
                .into_iter()
                .map(|number| &fleet.workloads()[number])
                .find(|other| other.labels.contains_key(key) && are_alike(serving, other))?;
            Some(Self {
                service,
                key,
                serving,
                standing_by,
            })
        })
    }

    fn is_same_pair(&self, other: &Switch<'_, '_>) -> bool {
        let pair = |switch: &Switch<'_, '_>| {
            let mut pair = [switch.serving, switch.standing_by].map(|workload| workload.manifest.number);
            pair.sort_unstable();
            pair
        };
        self.key == other.key && pair(self) == pair(other)
    }

    /// `` `color: blue` ``.
    fn color(&self, workload: &Workload<'_>) -> String {
        color(self.key, workload)
    }
}

fn color(key: &str, workload: &Workload<'_>) -> String {
    format!(
        "`{key}: {}`",
        workload.labels.get(key).copied().unwrap_or_default()
    )
}

fn rollout_status(workload: &Workload<'_>) -> String {
    let id = &workload.manifest.id;
    format!(
        "kubectl -n {} rollout status {}/{}",
        workload.namespace,
        id.kind.to_lowercase(),
        id.name
    )
}

fn share(workload: &Workload<'_>, pods: i64, of: i64) -> Share {
    Share {
        workload: workload.manifest.id.clone(),
        pods,
        of,
    }
}

/// Blue and green as they stand: who serves, and how to go over.
fn blue_green(fleet: &Fleet<'_>, switch: &Switch<'_, '_>) -> Option<Forecast> {
    let (serving, idle) = (switch.serving, switch.standing_by);
    let (pods, waiting) = (size::pods(fleet, serving)?, size::pods(fleet, idle)?);
    let (live, next) = (switch.color(serving), switch.color(idle));
    let service = &switch.service.id.name;
    let mut forecast = Forecast::of(&switch.service.id, Strategy::BlueGreen);
    forecast.summary = format!(
        "{live} serves with {} of {}; {next} stands by with {} of {}",
        count(pods, "pod"),
        version(serving),
        count(waiting, "pod"),
        version(idle)
    );
    forecast.figure(
        Name::Replicas,
        Amount::Count(pods),
        format!("pods of {live}: only they get the traffic of Service `{service}`"),
    );
    forecast.figure(
        Name::Peak,
        Amount::Count(pods.saturating_add(waiting)),
        format!("{pods} + {waiting}: both versions run, all the time"),
    );
    forecast.figure(
        Name::LeastAvailable,
        Amount::Count(pods.min(waiting)),
        "the switch takes no pod away: the fewer pods of both versions",
    );
    forecast.shares = vec![share(serving, pods, pods), share(idle, 0, pods)];
    forecast.steps = steps(fleet, switch);
    forecast.meanwhile.push(
        "both versions do not serve at once, but for connections that are open at the switch: they stay where they are until they end".to_owned(),
    );
    if waiting == 0 {
        forecast.risks.push(empty(&next, service, Certainty::Possible));
    } else if waiting < pods {
        forecast.risks.push(Risk {
            name: "fewer-pods",
            certainty: Certainty::Possible,
            message: format!(
                "{next} has {}, and {pods} serve now: after the switch each gets {} of the traffic in place of {}",
                count(waiting, "pod"),
                percent(1, waiting),
                percent(1, pods)
            ),
            remedy: format!("give {next} as many replicas before the switch"),
        });
    }
    forecast.rollback = format!(
        "put {live} back into the selector of Service `{service}`: its {} still run{}, so it takes as long as the switch, seconds; this holds until {live} is changed or scaled down",
        count(pods, "pod"),
        if pods == 1 { "s" } else { "" }
    );
    forecast.assumptions = vec![
        "how fast each node learns of new endpoints is not known; seconds, most often".to_owned(),
        "both versions get on with what they share, such as a database".to_owned(),
    ];
    Some(forecast)
}

fn steps(fleet: &Fleet<'_>, switch: &Switch<'_, '_>) -> Vec<Step> {
    let (serving, idle) = (switch.serving, switch.standing_by);
    let next = switch.color(idle);
    let timing = Timing::of(idle);
    let preview = fleet
        .services_of(idle)
        .find(|service| service.number != switch.service.number)
        .map_or_else(
            || {
                let id = &idle.manifest.id;
                let port = idle.running().flat_map(|container| &container.ports).next();
                format!(
                    "`kubectl -n {} port-forward {}/{} 8080:{}`",
                    idle.namespace,
                    id.kind.to_lowercase(),
                    id.name,
                    port.map_or_else(|| "PORT".to_owned(), |port| port.number.to_string())
                )
            },
            |service| format!("Service `{}`", service.id.name),
        );
    vec![
        Step::of(format!(
            "give {next} the new version, apply, and wait until it is there: `{}`; its forecast says how long that takes, and each of its pods starts within {}",
            rollout_status(idle),
            seconds(timing.available())
        )),
        Step::of(format!("try it through {preview}: nobody else sees it yet")),
        Step::of(format!(
            "put {next} in place of {} into the selector of Service `{}`, and apply: within seconds all new connections go to {next}",
            switch.color(serving),
            switch.service.id.name
        )),
        Step::of(format!(
            "keep {} running until you are sure: it is the way back",
            switch.color(serving)
        )),
    ]
}

fn empty(next: &str, service: &str, certainty: Certainty) -> Risk {
    Risk {
        name: "no-endpoints",
        certainty,
        message: format!("{next} has no pods: once Service `{service}` selects it, connections fail"),
        remedy: format!("scale {next} up and wait until it is ready before the switch"),
    }
}

/// A Service that goes over from one color to the other in one change.
fn over(
    old: &Fleet<'_>,
    new: &Fleet<'_>,
    before: &Switch<'_, '_>,
    after: &Switch<'_, '_>,
) -> Option<Forecast> {
    let service = &after.service.id.name;
    let (from, to) = (before.color(before.serving), after.color(after.serving));
    let (had, has) = (size::pods(old, before.serving)?, size::pods(new, after.serving)?);
    let mut forecast = Forecast::of(&after.service.id, Strategy::BlueGreen);
    forecast.summary = format!(
        "all traffic goes over at once: from {from} ({} of {}) to {to} ({} of {})",
        count(had, "pod"),
        version(before.serving),
        count(has, "pod"),
        version(after.serving)
    );
    forecast.figure(
        Name::Replicas,
        Amount::Count(has),
        format!("pods of {to}, which serve from now on; before, {had} of {from}"),
    );
    forecast.shares = vec![share(after.serving, has, has), share(before.serving, 0, has)];
    forecast.steps = vec![
        Step::of(format!(
            "before: see that {to} is ready: `{}`",
            rollout_status(after.serving)
        )),
        Step::of(format!(
            "apply: within seconds all new connections to Service `{service}` go to {to}; open ones stay with {from} until they end"
        )),
        Step::of(format!(
            "keep {from} running until you are sure: it is the way back"
        )),
    ];
    forecast.meanwhile.push(
        "both versions do not serve at once, but for connections that are open at the switch".to_owned(),
    );
    if has == 0 {
        forecast.risks.push(empty(&to, service, Certainty::Certain));
    } else if changes(old, new, after.serving) {
        forecast.risks.push(Risk {
            name: "switch-before-ready",
            certainty: Certainty::Possible,
            message: format!(
                "the pods of {to} change in the same apply: the Service goes over at once, to pods that are still the old ones, or not there yet"
            ),
            remedy: format!(
                "apply in two steps: {} first, then, when `{}` says so, the Service",
                after.serving.title(),
                rollout_status(after.serving)
            ),
        });
    }
    let stays = new.object(
        before.serving.manifest.id.group_kind(),
        Some(before.serving.namespace),
        &before.serving.manifest.id.name,
    );
    let stays = stays
        .and_then(|manifest| new.workload(manifest.number))
        .filter(|workload| size::pods(new, workload).is_some_and(|pods| pods > 0))
        .filter(|workload| !changes(old, new, workload));
    let start = Timing::of(before.serving).available();
    forecast.rollback = if stays.is_some() {
        format!("put {from} back: its pods still run as they were, so it takes seconds")
    } else {
        format!(
            "{from} changes or goes in the same apply: the way back is a start of its pods, up to {} and more if nodes have to be found",
            seconds(start)
        )
    };
    forecast.assumptions = vec![
        format!("{to} is ready when the change is applied"),
        "both versions get on with what they share, such as a database".to_owned(),
    ];
    Some(forecast)
}

/// Whether a workload of the new side has other pods than on the old side, or had none there.
fn changes(old: &Fleet<'_>, new: &Fleet<'_>, workload: &Workload<'_>) -> bool {
    let id = &workload.manifest.id;
    let Some(before) = old
        .object(id.group_kind(), Some(workload.namespace), &id.name)
        .and_then(|manifest| old.workload(manifest.number))
    else {
        return true;
    };
    let template = |workload: &Workload<'_>| workload.manifest.at(&workload.template).map(json::of);
    template(before) != template(workload) || size::pods(old, before) < size::pods(new, workload)
}

/// Several versions behind one Service: each pod gets the same share.
fn canary<'m>(fleet: &Fleet<'m>, service: &'m Manifest) -> Option<Forecast> {
    let mut behind: Vec<(&Workload<'_>, i64)> = fleet
        .behind(service)
        .into_iter()
        .map(|workload| Some((workload, size::pods(fleet, workload)?)))
        .collect::<Option<_>>()?;
    // The fewest pods are the canary's; of equals the one that is named last.
    behind.sort_by(|(one, pods), (other, more)| {
        (more, &one.manifest.id.name).cmp(&(pods, &other.manifest.id.name))
    });
    let [(stable, many), .., (few, fewest)] = behind.as_slice() else {
        return None;
    };
    let (many, fewest) = (*many, *fewest);
    if behind.windows(2).any(|pair| !are_alike(pair[0].0, pair[1].0)) || many == 0 {
        return None;
    }
    let all: i64 = behind.iter().map(|(_, pods)| pods).sum();
    let name = &service.id.name;
    let (stable_name, few_name) = (&stable.manifest.id.name, &few.manifest.id.name);
    let mut forecast = Forecast::of(&service.id, Strategy::Canary);
    forecast.summary = format!("{}; both versions serve at once", shares(&behind));
    forecast.figure(
        Name::Replicas,
        Amount::Count(all),
        format!("all pods that Service `{name}` selects; each ready one gets the same share"),
    );
    forecast.shares = behind
        .iter()
        .map(|(workload, pods)| share(workload, *pods, all))
        .collect();
    let more = (fewest + 1).max(1);
    forecast.steps = vec![
        Step::of(format!(
            "give `{few_name}` the new version, apply, and wait: `{}`",
            rollout_status(few)
        )),
        Step::of(format!(
            "watch it: {} of the connections meet {}, the others {}",
            percent(fewest, all),
            version(few),
            version(stable)
        )),
        Step::of(format!(
            "for more of the traffic, raise the replicas of `{few_name}`: {more} beside {many} are {}; to keep {all} in all, lower those of `{stable_name}` by as many",
            percent(more, many + more)
        )),
        Step::of(format!(
            "when you are sure, give `{stable_name}` the new version, wait for its rollout, and set the replicas of `{few_name}` to 0"
        )),
    ];
    forecast.meanwhile.push(format!(
        "the share is of connections, not of users: a client may meet both versions, one after the other (`sessionAffinity` of Service `{name}` keeps it with one pod)"
    ));
    if fewest == 0 {
        forecast
            .meanwhile
            .push(format!("`{few_name}` has no pods now, and gets nothing"));
    }
    if fewest * 2 >= all {
        forecast.risks.push(Risk {
            name: "large-share",
            certainty: Certainty::Certain,
            message: format!(
                "the smallest part is {} of the traffic: a fault in it meets that many",
                percent(fewest, all)
            ),
            remedy: "keep few pods of the version that is to be tried out beside many of the other"
                .to_owned(),
        });
    }
    let stop = Timing::of(few).grace;
    forecast.rollback = format!(
        "set the replicas of `{few_name}` to 0: its pods get no new connections from then on, and are gone within {}; {} of `{stable_name}` go on serving",
        seconds(stop),
        count(many, "pod")
    );
    forecast.assumptions = vec![
        "all pods are ready: one that is not gets nothing, and the others get its share".to_owned(),
        "connections are alike: long ones, such as HTTP/2 or gRPC, stay with the pod they began with"
            .to_owned(),
        "both versions get on with what they share, such as a database".to_owned(),
    ];
    Some(forecast)
}
