//! `time.Duration`

use std::fmt;

use super::layout::quote;

/// Nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Duration(pub i64);

/// Why a text is not a duration; displays as Go's sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DurationError(String);

impl fmt::Display for DurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for DurationError {}

/// `leadingInt`: the number and the rest; none when it overflows.
pub(super) fn leading_int(text: &[u8]) -> Option<(u64, &[u8])> {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    let number = text[..digits].iter().try_fold(0_u64, |n, digit| {
        if n > (1 << 63) / 10 {
            return None;
        }
        let n = n * 10 + u64::from(digit - b'0');
        (n <= 1 << 63).then_some(n)
    })?;
    Some((number, &text[digits..]))
}

/// `leadingFraction`: digits beyond the precision are read and do not count.
fn leading_fraction(text: &[u8]) -> (u64, f64, &[u8]) {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    let (mut number, mut scale) = (0_u64, 1.0);
    for digit in &text[..digits] {
        if number > ((1 << 63) - 1) / 10 {
            break;
        }
        let next = number * 10 + u64::from(digit - b'0');
        if next > 1 << 63 {
            break;
        }
        number = next;
        scale *= 10.0;
    }
    (number, scale, &text[digits..])
}

impl Duration {
    pub const SECOND: i64 = 1_000_000_000;
    pub const MINUTE: i64 = 60 * Self::SECOND;
    pub const HOUR: i64 = 60 * Self::MINUTE;

    /// `time.ParseDuration`
    ///
    /// # Errors
    /// It is not a duration, or too long.
    pub fn parse(original: &[u8]) -> Result<Self, DurationError> {
        let fail = |message: &str| Err(DurationError(format!("time: {message} {}", quote(original))));
        let invalid = || fail("invalid duration");
        let (negative, mut text) = match original.split_first() {
            Some((b'-', rest)) => (true, rest),
            Some((b'+', rest)) => (false, rest),
            _ => (false, original),
        };
        if text == b"0" {
            return Ok(Self(0));
        }
        if text.is_empty() {
            return invalid();
        }
        let mut total = 0_u64;
        while !text.is_empty() {
            if text[0] != b'.' && !text[0].is_ascii_digit() {
                return invalid();
            }
            let Some((mut value, rest)) = leading_int(text) else {
                return invalid();
            };
            let before = rest.len() != text.len();
            text = rest;
            let (mut fraction, mut scale, mut after) = (0, 1.0, false);
            if let Some(rest) = text.strip_prefix(b".") {
                let (number, power, more) = leading_fraction(rest);
                (fraction, scale, after) = (number, power, more.len() != rest.len());
                text = more;
            }
            if !before && !after {
                return invalid();
            }
            let length = text
                .iter()
                .take_while(|&&b| b != b'.' && !b.is_ascii_digit())
                .count();
            if length == 0 {
                return fail("missing unit in duration");
            }
            let (name, rest) = text.split_at(length);
            text = rest;
            let unit: u64 = match name {
                b"ns" => 1,
                b"us" | b"\xc2\xb5s" | b"\xce\xbcs" => 1_000,
                b"ms" => 1_000_000,
                b"s" => 1_000_000_000,
                b"m" => 60_000_000_000,
                b"h" => 3_600_000_000_000,
                _ => return fail(&format!("unknown unit {} in duration", quote(name))),
            };
            if value > (1 << 63) / unit {
                return invalid();
            }
            value *= unit;
            if fraction > 0 {
                value += (fraction as f64 * (unit as f64 / scale)) as u64;
                if value > 1 << 63 {
                    return invalid();
                }
            }
            // Both may be 1 << 63, which Go lets overflow to 0.
            total = total.wrapping_add(value);
            if total > 1 << 63 {
                return invalid();
            }
        }
        if negative {
            return Ok(Self((total as i64).wrapping_neg()));
        }
        i64::try_from(total).map(Self).or_else(|_| invalid())
    }

    /// `Seconds`: whole and part are divided apart, as Go does.
    pub fn seconds(self) -> f64 {
        (self.0 / Self::SECOND) as f64 + (self.0 % Self::SECOND) as f64 / 1e9
    }

    /// `Minutes`
    pub fn minutes(self) -> f64 {
        (self.0 / Self::MINUTE) as f64 + (self.0 % Self::MINUTE) as f64 / (60.0 * 1e9)
    }

    /// `Hours`
    pub fn hours(self) -> f64 {
        (self.0 / Self::HOUR) as f64 + (self.0 % Self::HOUR) as f64 / (60.0 * 60.0 * 1e9)
    }

    /// `Truncate`: towards zero.
    #[must_use]
    pub fn truncate(self, to: Self) -> Self {
        if to.0 <= 0 {
            self
        } else {
            Self(self.0 - self.0 % to.0)
        }
    }

    /// `Round`: to the nearest multiple, halves away from zero, saturating.
    #[must_use]
    pub fn round(self, to: Self) -> Self {
        if to.0 <= 0 {
            return self;
        }
        let rest = self.0 % to.0;
        let more_than_half = |rest: i64| (rest as u64).wrapping_add(rest as u64) >= to.0 as u64;
        if self.0 < 0 {
            let rest = -rest;
            if !more_than_half(rest) {
                return Self(self.0 + rest);
            }
            return Self(self.0.checked_sub(to.0 - rest).unwrap_or(i64::MIN));
        }
        if !more_than_half(rest) {
            return Self(self.0 - rest);
        }
        Self(self.0.checked_add(to.0 - rest).unwrap_or(i64::MAX))
    }
}

impl fmt::Display for Duration {
    /// `Duration.String`: `1h2m3.5s`, `1.5ms`, `0s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.0.unsigned_abs();
        if self.0 < 0 {
            f.write_str("-")?;
        }
        let fraction = |f: &mut fmt::Formatter<'_>, value: u64, unit: u64, name: &str| {
            write!(f, "{}", value / unit)?;
            let rest = value % unit;
            if rest != 0 {
                let width = unit.ilog10() as usize;
                let digits = format!("{rest:0width$}");
                write!(f, ".{}", digits.trim_end_matches('0'))?;
            }
            f.write_str(name)
        };
        match total {
            0 => f.write_str("0s"),
            1..1_000 => write!(f, "{total}ns"),
            1_000..1_000_000 => fraction(f, total, 1_000, "µs"),
            1_000_000..1_000_000_000 => fraction(f, total, 1_000_000, "ms"),
            _ => {
                let (minutes, seconds) = (total / 60_000_000_000, total % 60_000_000_000);
                if minutes >= 60 {
                    write!(f, "{}h", minutes / 60)?;
                }
                if minutes > 0 {
                    write!(f, "{}m", minutes % 60)?;
                }
                fraction(f, seconds, 1_000_000_000, "s")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints_as_go() {
        for (text, printed) in [
            ("1h15m30.918s", "1h15m30.918s"),
            ("-1.5h", "-1h30m0s"),
            ("1500us", "1.5ms"),
            ("0", "0s"),
            ("100ms", "100ms"),
            ("1.0000000001s", "1s"),
            ("-9223372036854775808ns", "-2562047h47m16.854775808s"),
            (".5m", "30s"),
        ] {
            assert_eq!(
                Duration::parse(text.as_bytes()).unwrap().to_string(),
                printed,
                "{text}"
            );
        }
        for (text, message) in [
            ("", "time: invalid duration \"\""),
            ("3", "time: missing unit in duration \"3\""),
            ("1d", "time: unknown unit \"d\" in duration \"1d\""),
            (
                "9223372036854775808ns",
                "time: invalid duration \"9223372036854775808ns\"",
            ),
        ] {
            assert_eq!(Duration::parse(text.as_bytes()).unwrap_err().to_string(), message);
        }
        assert_eq!(
            Duration(1_500_000_000).round(Duration(1_000_000_000)).0,
            2_000_000_000
        );
        assert_eq!(Duration(i64::MIN).round(Duration(Duration::HOUR)).0, i64::MIN);
    }
}
