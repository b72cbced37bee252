//! Jobs and CronJobs: what runs to its end.

use k8s_openapi::Resource as _;
use k8s_openapi::api::batch::v1::{CronJob, Job};
use plimsoll_yaml::NodeRef;

use super::timing::Timing;
use super::words::{count, seconds};
use super::{Amount, Certainty, Figure, Forecast, Name, Risk, Scene, Step, Strategy, cost};

/// The forecast of a Job or a CronJob.
pub(super) fn of(scene: &Scene<'_, '_>) -> Option<Forecast> {
    let (strategy, spec) = match &*scene.workload.manifest.id.kind {
        Job::KIND => (Strategy::Job, "spec"),
        CronJob::KIND => (Strategy::CronJob, "spec.jobTemplate.spec"),
        _ => return None,
    };
    let manifest = scene.workload.manifest;
    let number = |field: &str| manifest.get(&format!("{spec}.{field}")).and_then(NodeRef::as_i64);
    let parallel = number("parallelism").unwrap_or(1).max(0);
    let completions = number("completions").map(|completions| completions.max(0));
    let timing = Timing::of(scene.workload);
    let mut figures = vec![Figure {
        name: Name::Peak,
        amount: Amount::Count(parallel.min(completions.unwrap_or(i64::MAX))),
        because: match (number("parallelism"), completions) {
            (None, None) => "neither `parallelism` nor `completions` is written: 1".to_owned(),
            (_, Some(completions)) if completions < parallel => "`completions`".to_owned(),
            (None, _) => "`parallelism` is not written: 1".to_owned(),
            (Some(_), _) => "`parallelism`".to_owned(),
        },
    }];
    let [_, to_stop] = timing.figures();
    figures.push(to_stop);
    if let Some(deadline) = number("activeDeadlineSeconds").filter(|deadline| *deadline >= 0) {
        figures.push(Figure {
            name: Name::Longest,
            amount: Amount::Seconds(deadline),
            because: "`activeDeadlineSeconds`: then it is ended, and has failed".to_owned(),
        });
    }
    figures.extend(cost::figures(scene, parallel));
    let mut forecast = Forecast::of(&manifest.id, strategy);
    forecast.figures = figures;
    "apply the manifests of before; what a run has done it has done".clone_into(&mut forecast.rollback);
    forecast
        .assumptions
        .push("how long the program runs is not known".to_owned());
    let retries = number("backoffLimit").unwrap_or(6);
    let failing = match number("backoffLimitPerIndex") {
        Some(limit) => format!("each index is tried again {}", times(limit)),
        None => format!("failed pods are tried again {}", times(retries)),
    };
    if strategy == Strategy::Job {
        forecast.summary = format!(
            "{} in all, {failing}; a change to the pods is refused, for a Job is not replaced",
            count(completions.unwrap_or(parallel), "run")
        );
        forecast.steps = vec![
            Step::of(format!(
                "apply: it starts at once; watch `kubectl -n {} wait --for=condition=complete job/{}`",
                scene.workload.namespace, manifest.id.name
            )),
            Step::of("for a change of its pods, delete the Job and make it again, or give it another name"),
        ];
    } else {
        cron(scene, &failing, &mut forecast);
    }
    if number("activeDeadlineSeconds").is_none() {
        forecast.risks.push(Risk {
            name: "no-deadline",
            certainty: Certainty::Possible,
            message: "a run that hangs is never ended: `activeDeadlineSeconds` is not written".to_owned(),
            remedy: "set it well above the longest run you have seen".to_owned(),
        });
    }
    Some(forecast)
}

fn times(number: i64) -> String {
    match number {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        number => format!("up to {number} times"),
    }
}

fn cron(scene: &Scene<'_, '_>, failing: &str, forecast: &mut Forecast) {
    let manifest = scene.workload.manifest;
    let text = |field| manifest.get(field).map(NodeRef::str);
    let schedule = text("spec.schedule").unwrap_or("?");
    let zone = text("spec.timeZone").unwrap_or("the time zone of the controller manager");
    if manifest
        .get("spec.suspend")
        .is_some_and(|node| node.as_bool() == Some(true))
    {
        forecast.strategy = Strategy::Paused;
        forecast.summary = format!("suspended: no run of `{schedule}` begins until `suspend` is removed");
        return;
    }
    forecast.summary = format!("runs at `{schedule}` in {zone}; {failing}");
    forecast.steps = vec![
        Step::of("apply the change: a run that is under way goes on as it began"),
        Step::of("from the next run on the change holds"),
        Step::of(format!(
            "do not wait for it: `kubectl -n {} create job --from=cronjob/{} trial`",
            scene.workload.namespace, manifest.id.name
        )),
    ];
    forecast.meanwhile.push(
        match text("spec.concurrencyPolicy").unwrap_or("Allow") {
            "Forbid" => {
                "a run that is due while the last one is under way is left out (`concurrencyPolicy: Forbid`)"
            }
            "Replace" => {
                "a run that is due while the last one is under way ends that one (`concurrencyPolicy: Replace`)"
            }
            _ => "a run that is due begins beside the last one if that is still under way (`concurrencyPolicy: Allow`)",
        }
        .to_owned(),
    );
    if let Some(late) = manifest
        .get("spec.startingDeadlineSeconds")
        .and_then(NodeRef::as_i64)
    {
        forecast.meanwhile.push(format!(
            "a run that cannot begin within {} of its time is left out (`startingDeadlineSeconds`)",
            seconds(late)
        ));
    }
}
