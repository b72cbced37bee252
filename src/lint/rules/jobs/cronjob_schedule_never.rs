use crate::lint::prelude::*;

rule! {
    name: "cronjob-schedule-never",
    group: Jobs,
    severity: Warning,
    presets: [Default],
    peers: [],
    check: Kinds(&[("batch", "CronJob")], check),
}

fn check<'m>(_: &Fleet<'m>, job: &'m Manifest, out: &mut Sink<'_>) {
    let schedule = job.get("spec.schedule").map_or("", NodeRef::str);
    let fields: Vec<&str> = schedule
        .split_whitespace()
        .filter(|field| !field.contains('='))
        .collect();
    let [_, _, day, month, "*" | "?"] = fields.as_slice() else {
        return;
    };
    let last = match *month {
        "2" | "feb" | "FEB" | "Feb" => 29,
        "4" | "6" | "9" | "11" => 30,
        _ => return,
    };
    if day.parse::<u32>().is_ok_and(|day| day > last) {
        out.value(
            job.route("spec.schedule"),
            format!(
                "CronJob `{}` never runs: month {month} has no day {day}",
                job.id.name
            ),
            "correct the day or the month; the fields are minute, hour, day, month, day of the week",
        );
    }
}
