//! Numbers in words.

use crate::manifest::quantity::{Amount, Rounding};

/// `1 pod`, `3 pods`.
pub(super) fn count(number: i64, word: &str) -> String {
    if number == 1 {
        format!("1 {word}")
    } else {
        format!("{number} {word}s")
    }
}

/// `73 s`, and from two minutes on in minutes too: `332 s (5 min 32 s)`.
pub(super) fn seconds(seconds: i64) -> String {
    let (minutes, rest) = (seconds / 60, seconds % 60);
    match (minutes, rest) {
        (..=1, _) => format!("{seconds} s"),
        (_, 0) => format!("{seconds} s ({minutes} min)"),
        _ => format!("{seconds} s ({minutes} min {rest} s)"),
    }
}

/// How a bound came to its number: `25% of 4`, `25% of 5 is 1.25, rounded up`.
pub(super) fn share(field: &str, amount: Amount, is_written: bool, total: i64, rounding: Rounding) -> String {
    let default = if is_written { "" } else { " (the default)" };
    let field = format!("`{field}: {amount}`{default}");
    let Amount::Percent(percent) = amount else {
        return field;
    };
    let hundredfold = percent.saturating_mul(total);
    let (whole, part) = (hundredfold / 100, hundredfold % 100);
    if part == 0 {
        return format!("{field} of {total}");
    }
    let fraction = format!("{part:02}");
    let fraction = fraction.trim_end_matches('0');
    let way = match rounding {
        Rounding::Up => "up",
        Rounding::Down => "down",
    };
    format!("{field} of {total} is {whole}.{fraction}, rounded {way}")
}

/// A part of a whole, in whole percents: `25%`; `under 1%` of what is there but less.
pub(super) fn percent(part: i64, whole: i64) -> String {
    let percent = part.saturating_mul(100).checked_div(whole).unwrap_or(0);
    if percent == 0 && part > 0 {
        return "under 1%".to_owned();
    }
    let about = if percent.saturating_mul(whole) == part.saturating_mul(100) {
        ""
    } else {
        "about "
    };
    format!("{about}{percent}%")
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{list, percent, seconds, share};
    use crate::manifest::quantity::{Amount, Rounding};

    #[test]
    fn shares_say_how_they_are_rounded() {
        let quarter = Amount::Percent(25);
        assert_eq!(
            share("maxSurge", quarter, true, 4, Rounding::Up),
            "`maxSurge: 25%` of 4"
        );
        assert_eq!(
            share("maxSurge", quarter, false, 5, Rounding::Up),
            "`maxSurge: 25%` (the default) of 5 is 1.25, rounded up"
        );
        assert_eq!(
            share("maxUnavailable", quarter, true, 6, Rounding::Down),
            "`maxUnavailable: 25%` of 6 is 1.5, rounded down"
        );
        assert_eq!(
            share("maxSurge", Amount::Count(2), true, 9, Rounding::Up),
            "`maxSurge: 2`"
        );
    }

    #[test]
    fn numbers_read_as_people_say_them() {
        assert_eq!(seconds(73), "73 s");
        assert_eq!(seconds(332), "332 s (5 min 32 s)");
        assert_eq!(percent(1, 10), "10%");
        assert_eq!(percent(1, 3), "about 33%");
        assert_eq!(percent(1, 1000), "under 1%");
        assert_eq!(percent(1, 0), "under 1%");
        assert_eq!(list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
    }
}
