//! Schedules of CronJobs: `ParseStandard` of github.com/robfig/cron/v3, which the server and the controller call.

use plimsoll_gostd::strconv;
use plimsoll_gostd::time::Duration;

/// A field of a schedule.
struct Field {
    min: u64,
    max: u64,
    /// Words that stand for numbers from `min` on.
    words: &'static [&'static str],
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// Minute, hour, day of the month, month, day of the week.
const FIELDS: [Field; 5] = [
    Field {
        min: 0,
        max: 59,
        words: &[],
    },
    Field {
        min: 0,
        max: 23,
        words: &[],
    },
    Field {
        min: 1,
        max: 31,
        words: &[],
    },
    Field {
        min: 1,
        max: 12,
        words: &MONTHS,
    },
    Field {
        min: 0,
        max: 6,
        words: &DAYS,
    },
];

const DESCRIPTORS: [&str; 7] = [
    "@yearly",
    "@annually",
    "@monthly",
    "@weekly",
    "@daily",
    "@midnight",
    "@hourly",
];

/// What is wrong with a schedule, in the parser's words.
pub(super) fn check(schedule: &str) -> Result<(), String> {
    let mut spec = schedule;
    if spec.starts_with("TZ=") || spec.starts_with("CRON_TZ=") {
        let (zone, rest) = spec
            .split_once(' ')
            .ok_or("invalid schedule format: runtime error: slice bounds out of range [:-1]")?;
        let zone = zone.split_once('=').map_or(zone, |(_, zone)| zone);
        if !zone.is_empty() && zone != "Local" && !plimsoll_gostd::time::is_zone_name(zone) {
            return Err(format!("provided bad location {zone}: unknown time zone {zone}"));
        }
        spec = rest.trim();
    }
    if spec.starts_with('@') {
        return descriptor(spec);
    }
    let fields: Vec<&str> = spec.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return Err(format!(
            "expected exactly 5 fields, found {}: [{}]",
            fields.len(),
            fields.join(" ")
        ));
    }
    for (text, field) in fields.iter().zip(&FIELDS) {
        for expression in text.split(',').filter(|part| !part.is_empty()) {
            range(expression, field)?;
        }
    }
    Ok(())
}

fn descriptor(text: &str) -> Result<(), String> {
    if DESCRIPTORS.contains(&text) {
        return Ok(());
    }
    if let Some(every) = text.strip_prefix("@every ") {
        return Duration::parse(every.as_bytes())
            .map(|_| ())
            .map_err(|error| format!("failed to parse duration {text}: {error}"));
    }
    Err(format!("unrecognized descriptor: {text}"))
}

/// `getRange`: `number | number "-" number [ "/" number ]`.
fn range(expression: &str, field: &Field) -> Result<(), String> {
    let parts: Vec<&str> = expression.split('/').collect();
    let bounds: Vec<&str> = parts[0].split('-').collect();
    let (start, mut end) = if matches!(bounds[0], "*" | "?") {
        (field.min, field.max)
    } else {
        let start = number_or_word(bounds[0], field)?;
        match bounds.as_slice() {
            [_] => (start, start),
            [_, last] => (start, number_or_word(last, field)?),
            _ => return Err(format!("too many hyphens: {expression}")),
        }
    };
    let step = match parts.as_slice() {
        [_] => 1,
        [_, step] => {
            let step = number(step)?;
            // `N/step` means `N-max/step`.
            if bounds.len() == 1 {
                end = field.max;
            }
            step
        }
        _ => return Err(format!("too many slashes: {expression}")),
    };
    let (min, max) = (field.min, field.max);
    if start < min {
        return Err(format!(
            "beginning of range ({start}) below minimum ({min}): {expression}"
        ));
    }
    if end > max {
        return Err(format!(
            "end of range ({end}) above maximum ({max}): {expression}"
        ));
    }
    if start > end {
        return Err(format!(
            "beginning of range ({start}) beyond end of range ({end}): {expression}"
        ));
    }
    if step == 0 {
        return Err(format!("step of range should be a positive number: {expression}"));
    }
    Ok(())
}

fn number_or_word(text: &str, field: &Field) -> Result<u64, String> {
    let lower = text.to_lowercase();
    match field.words.iter().position(|word| *word == lower) {
        Some(position) => Ok(field.min + u64::try_from(position).unwrap_or_default()),
        None => number(text),
    }
}

/// `mustParseInt`.
fn number(text: &str) -> Result<u64, String> {
    let number = strconv::atoi(text.as_bytes())
        .map_err(|error| format!("failed to parse int from {text}: {error}"))?;
    u64::try_from(number).map_err(|_| format!("negative number ({number}) not allowed: {text}"))
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn what_the_parser_takes() {
        for schedule in [
            "* * * * *",
            "*/5 0-6 1,15 jan-MAR sun",
            "? ? ? ? ?",
            "@hourly",
            "@every 1h30m",
            "0 0 31 2 *",
            "5/15 * * * *",
            "+5 * * * *",
            "CRON_TZ=Europe/Berlin 0 0 * * *",
            ", * * * *",
        ] {
            assert_eq!(check(schedule), Ok(()), "{schedule}");
        }
    }

    #[test]
    fn what_the_parser_refuses() {
        for (schedule, what) in [
            ("* * * *", "expected exactly 5 fields, found 4: [* * * *]"),
            ("60 * * * *", "end of range (60) above maximum (59): 60"),
            ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
            ("* * * * 7", "end of range (7) above maximum (6): 7"),
            (
                "5-1 * * * *",
                "beginning of range (5) beyond end of range (1): 5-1",
            ),
            ("*/0 * * * *", "step of range should be a positive number: */0"),
            ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
            ("1/2/3 * * * *", "too many slashes: 1/2/3"),
            ("@sometimes", "unrecognized descriptor: @sometimes"),
            (
                "x * * * *",
                "failed to parse int from x: strconv.Atoi: parsing \"x\": invalid syntax",
            ),
        ] {
            assert_eq!(check(schedule), Err(what.to_owned()), "{schedule}");
        }
        assert!(check("TZ=0").is_err());
        assert!(check("TZ=No/Where * * * * *").is_err());
        assert!(check("@every soon").is_err());
    }
}
