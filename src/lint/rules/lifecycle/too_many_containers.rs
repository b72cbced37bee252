use crate::lint::prelude::*;

rule! {
    name: "too-many-containers",
    group: Lifecycle,
    severity: Info,
    presets: [],
    parameters: [Number(AT_MOST)],
    peers: ["kyverno:limit-containers-per-pod"],
    check: Workload(check),
}

static AT_MOST: Number = Number {
    name: "at-most",
    about: "How many containers may run in a pod",
    least: 1,
    default: 4,
};

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let count = workload.running().count();
    if i64::try_from(count).unwrap_or(i64::MAX) > out.number(&AT_MOST) {
        out.value(
            workload.route("containers").then(0_usize),
            format!("pods of {} have {count} containers", workload.title()),
            "move what can stand alone into a workload of its own",
        );
    }
}
