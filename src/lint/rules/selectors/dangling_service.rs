use crate::finding::{Anchor, Finding, Group, Part, RuleMeta, Severity, Stage};
use crate::lint::{Check, LintRule};
use crate::manifest::fleet::{Fleet, likeness, service_selector};
use crate::manifest::selector::Requirement;
use crate::manifest::view::Workload;
use crate::manifest::{Manifest, Route};

pub static RULE: LintRule = LintRule {
    meta: RuleMeta {
        name: "dangling-service",
        group: Group::Selectors,
        stage: Stage::Lint,
        severity: Severity::Warning,
        default: true,
        summary: "a Service selects no pod of its namespace",
        peers: &["kube-linter:dangling-service", "kube-score:service-targets-pod", "popeye:POP-1100"],
        page: include_str!("../../../../fixtures/rules/dangling-service.md"),
    },
    check: Check::Object(check),
};

fn check<'m>(fleet: &Fleet<'m>, service: &'m Manifest, out: &mut Vec<Finding>) {
    if &*service.id.kind != "Service" {
        return;
    }
    let Some(selector) = service_selector(service) else { return };
    let namespace = fleet.namespace(service);
    // Without any pods of the namespace in the input, nothing can be said: they may be applied from elsewhere.
    if fleet.workloads_in(namespace).next().is_none() || !fleet.select(namespace, &selector).is_empty() {
        return;
    }
    let nearest = fleet
        .workloads_in(namespace)
        .map(|workload| (likeness(&selector, &workload.labels), workload))
        .filter(|(alike, _)| *alike > 0)
        .max_by_key(|(alike, workload)| (*alike, std::cmp::Reverse(workload.manifest.number)))
        .map(|(_, workload)| workload);
    let route = Route::root().then("spec").then("selector");
    let message =
        format!("Service `{}` selects `{selector}`, and no pod in namespace `{namespace}` has these labels", service.id.name);
    let anchor = Anchor::Route(service.number, route, Part::Key);
    let finding = Finding::new(&RULE.meta, anchor, message);
    out.push(match nearest {
        Some(workload) => {
            let labels = workload.template.then("metadata").then("labels");
            finding.help(difference(&selector.0, workload)).related(
                workload.at(labels, Part::Key),
                format!("the nearest: the pods of {}", workload.title()),
            )
        }
        None => finding.help("copy the labels under `spec.template.metadata.labels` of the workload it should serve"),
    });
}

fn difference(requirements: &[Requirement<'_>], workload: &Workload<'_>) -> String {
    let wrong: Vec<String> = requirements
        .iter()
        .filter_map(|requirement| match requirement {
            Requirement::In(key, values) => match workload.labels.get(key) {
                Some(value) if values.contains(value) => None,
                Some(value) => Some(format!("`{key}` is `{value}` there, not `{}`", values.join(","))),
                None => Some(format!("there is no label `{key}`")),
            },
            _ => None,
        })
        .collect();
    format!("nearest are the pods of {}: {}", workload.title(), wrong.join("; "))
}
