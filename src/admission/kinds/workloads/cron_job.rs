//! CronJob: `ValidateCronJobCreate` of pkg/apis/batch/validation.

use super::{cron_schedule, job};
use crate::admission::at::At;
use crate::admission::errors::Errors;

/// `validateCronJobSpec`, and the length of the name.
pub(super) fn check(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    schedule(&spec.get("schedule"), errors);
    errors.not_negative(&spec.get("startingDeadlineSeconds"));
    time_zone(&spec.get("timeZone"), errors);
    let template = spec.get("jobTemplate");
    let job = template.get("spec");
    job::check_spec(&job, errors);
    let selector = job.get("selector");
    if selector.is_given() {
        errors
            .invalid(&selector, "`selector` will be auto-generated")
            .help("remove the selector");
    }
    let manual = job.get("manualSelector");
    if manual.is_true() {
        errors.unsupported(&manual, &["nil", "false"]);
    }
    errors.not_negative(&spec.get("successfulJobsHistoryLimit"));
    errors.not_negative(&spec.get("failedJobsHistoryLimit"));
    let metadata = root.get("metadata");
    let name = metadata.get("name");
    if name.str().len() > 52 {
        errors
            .invalid(&name, "must be no more than 52 characters")
            .help("shorten the name: 11 characters are added for each Job");
    }
}

/// `validateScheduleFormat`.
fn schedule(schedule: &At<'_, '_>, errors: &mut Errors<'_>) {
    if schedule.is_blank() {
        errors.required(schedule, "");
    }
    if schedule.is_empty() {
        return;
    }
    if let Err(what) = cron_schedule::check(schedule.str()) {
        errors.invalid(schedule, what);
    }
    if schedule.str().contains("TZ") {
        errors.minors(29.., |errors| {
            errors
                .invalid(
                    schedule,
                    "cannot use TZ or CRON_TZ in schedule, use timeZone field instead",
                )
                .help("write the zone into `timeZone`");
        });
    }
}

/// `validateTimeZone`: a name of the IANA database.
fn time_zone(zone: &At<'_, '_>, errors: &mut Errors<'_>) {
    if !zone.is_given() {
        return;
    }
    let name = zone.str();
    if name.is_empty() {
        errors.invalid(zone, "timeZone must be nil or non-empty string");
        return;
    }
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_+".contains(&byte);
    let wrong = name.split('/').any(|part| {
        matches!(part, "." | "..")
            || part.starts_with('-')
            || !(1..=14).contains(&part.len())
            || !part.bytes().all(fits)
    });
    if wrong {
        errors.invalid(zone, format!("unknown time zone {name}"));
    } else if name.eq_ignore_ascii_case("Local") {
        errors.invalid(
            zone,
            "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones",
        );
    } else if !plimsoll_gostd::time::is_zone_name(name) {
        errors
            .invalid(zone, format!("unknown time zone {name}"))
            .help("use a name of the IANA database, such as `Europe/Berlin`; upper and lower case count");
    }
}
