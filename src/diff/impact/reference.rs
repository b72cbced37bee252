//! ConfigMaps and Secrets whose content changes: which pods see it, and when. Most surprises of a deployment are here: nothing restarts.

use super::{Impact, Reason, Update, list};
use crate::manifest::uses::Way;
use crate::manifest::view::Workload;

pub(super) fn of(update: &Update<'_, '_>, reasons: &mut Vec<Reason>) {
    if !update.is("", &["ConfigMap", "Secret"]) {
        return;
    }
    let changes = ["data", "binaryData", "stringData"].map(|field| update.change(&[field]));
    let Some(change) = changes.into_iter().flatten().next() else {
        return;
    };
    let around = update.around;
    let (mut restarting, mut later) = (Vec::new(), Vec::new());
    let (mut frozen, mut parts, mut mounted) = (Vec::new(), Vec::new(), Vec::new());
    for (number, used) in around.readers(update.after) {
        let workload = &around.new.workloads()[*number];
        let group = if workload.runs_to_completion() {
            &mut later
        } else if around.is_restarting(workload.manifest.number) {
            &mut restarting
        } else {
            match used.way {
                Way::Environment => &mut frozen,
                Way::SubPath => &mut parts,
                Way::Volume => &mut mounted,
            }
        };
        let title = Workload::title(workload);
        if !group.contains(&title) {
            group.push(title);
        }
    }
    let groups = [&restarting, &later, &frozen, &parts, &mounted];
    if groups.iter().all(|group| group.is_empty()) {
        let message = "its content changes, and no workload here mounts it or has it in its environment";
        reasons.push(Reason::new(Impact::InPlace, message).at(Some(change)));
        return;
    }
    let remedy = "run `kubectl rollout restart`, or let a checksum annotation on the pods do so";
    let mut say = |names: &[String], sentence: String| {
        if !names.is_empty() {
            reasons.push(Reason::new(Impact::InPlace, sentence).at(Some(change)));
        }
    };
    say(
        &frozen,
        format!(
            "no pod restarts: it is read as environment variables by {}, and these keep the old values until the pods are replaced; {remedy}",
            list(&frozen)
        ),
    );
    say(
        &parts,
        format!(
            "no pod restarts: it is mounted with `subPath` by {}, and such files are never updated; {remedy}",
            list(&parts)
        ),
    );
    say(
        &mounted,
        format!(
            "no pod restarts: in the pods of {} the kubelet writes the mounted files anew, usually within 1 to 2 minutes; a program that reads them only once keeps the old content",
            list(&mounted)
        ),
    );
    say(
        &restarting,
        format!(
            "the pods of {} are replaced in the same change and read the new content",
            list(&restarting)
        ),
    );
    say(
        &later,
        format!("the new content is read by the next run of {}", list(&later)),
    );
}
