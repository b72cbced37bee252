//! Go's `time`: instants in zones, layouts, durations.
//!
//! Zones come from the tz database (the system's, else the one in the binary). Instants beyond the years ±9999 keep
//! their arithmetic, but their zone is looked up at the nearest year that the database knows.

mod duration;
mod layout;

use std::fmt;

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

pub use duration::{Duration, DurationError};
pub use layout::ParseError;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

/// `time.Month.String`
pub fn month_name(month: i64) -> String {
    usize::try_from(month - 1)
        .ok()
        .and_then(|i| MONTHS.get(i))
        .map_or_else(|| format!("%!Month({month})"), |name| (*name).to_owned())
}

/// `time.Weekday.String`
pub fn weekday_name(day: i64) -> String {
    usize::try_from(day)
        .ok()
        .and_then(|i| DAYS.get(i))
        .map_or_else(|| format!("%!Weekday({day})"), |name| (*name).to_owned())
}

/// Whether `time.LoadLocation` knows a zone of that name, by the database that is built in: the same on every machine.
/// Names of Go are names of files: their case counts.
pub fn is_zone_name(name: &str) -> bool {
    name == "UTC"
        || TimeZoneDatabase::bundled()
            .get(name)
            .is_ok_and(|zone| zone.iana_name() == Some(name))
}

/// A location: how far from UTC, when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Zone {
    Utc,
    /// `time.FixedZone`
    Fixed {
        name: String,
        offset: i32,
    },
    Named(TimeZone),
}

impl Zone {
    /// `time.LoadLocation`, but for `Local`, which the caller knows. None when the database has no such zone.
    pub fn load(name: &[u8]) -> Option<Self> {
        if name.is_empty() || name == b"UTC" {
            return Some(Self::Utc);
        }
        let name = std::str::from_utf8(name).ok()?;
        if name.contains("..") || name.starts_with(['/', '\\']) {
            return None;
        }
        // Names of Go are names of files: their case counts, and some ways of writing a path are the same.
        let plain: Vec<&str> = name
            .split('/')
            .filter(|part| !matches!(*part, "" | "."))
            .collect();
        let plain = plain.join("/");
        let zone = TimeZone::get(&plain).ok()?;
        (zone.iana_name() == Some(&plain) && !name.ends_with(['/', '.'])).then_some(Self::Named(zone))
    }

    /// Offset from UTC in seconds at an instant, given in seconds since 1970.
    pub fn offset(&self, unix: i64) -> i32 {
        self.at(unix).0
    }

    /// Offset from UTC in seconds, and the abbreviation, at an instant.
    fn at(&self, unix: i64) -> (i32, String) {
        match self {
            Self::Utc => (0, "UTC".to_owned()),
            Self::Fixed { name, offset } => (*offset, name.clone()),
            Self::Named(zone) => {
                let unix = unix.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
                let Ok(timestamp) = Timestamp::from_second(unix) else {
                    return (0, "UTC".to_owned());
                };
                let info = zone.to_offset_info(timestamp);
                (info.offset().seconds(), info.abbreviation().to_owned())
            }
        }
    }

    /// `Location.lookupName`: the offset that an abbreviation stands for around an instant given in local time.
    fn offset_of(&self, name: &str, local: i64) -> Option<i32> {
        let zone = match self {
            Self::Utc => return (name == "UTC").then_some(0),
            Self::Fixed { name: own, offset } => return (name == own).then_some(*offset),
            Self::Named(zone) => zone,
        };
        let mut known: Vec<(String, i32)> = vec![{
            let (offset, name) = self.at(local);
            (name, offset)
        }];
        let around =
            Timestamp::from_second(local.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second()))
                .ok()?;
        for transition in zone
            .preceding(around)
            .take(8)
            .chain(zone.following(around).take(8))
        {
            known.push((
                transition.abbreviation().to_owned(),
                transition.offset().seconds(),
            ));
        }
        known.retain(|(abbreviation, _)| abbreviation == name);
        known
            .iter()
            .find(|(name, offset)| self.at(local - i64::from(*offset)).1 == *name)
            .or_else(|| known.first())
            .map(|(_, offset)| *offset)
    }
}

/// Name of the zone that this machine is set to: of `TZ`, else of the system, else `UTC`.
pub fn system_zone_name() -> String {
    match std::env::var("TZ") {
        Ok(name) if name.is_empty() => return "UTC".to_owned(),
        Ok(name) => return name.trim_start_matches(':').to_owned(),
        Err(_) => {}
    }
    TimeZone::try_system()
        .ok()
        .and_then(|zone| zone.iana_name().map(str::to_owned))
        .unwrap_or_else(|| "UTC".to_owned())
}

/// An instant with nanoseconds, seen in a zone.
#[derive(Debug, Clone)]
pub struct Time {
    /// Seconds since 1970-01-01T00:00:00Z.
    unix: i64,
    nanos: u32,
    zone: Zone,
}

/// Date and clock of an instant in its zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Civil {
    pub year: i64,
    /// From 1.
    pub month: i64,
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
    pub nanosecond: u32,
    /// 0 is Sunday.
    pub weekday: i64,
    /// From 1.
    pub year_day: i64,
    /// Seconds east of UTC.
    pub offset: i32,
    /// Abbreviation of the zone.
    pub zone: String,
}

/// Days from 1970-01-01 to a date; months beyond 1 to 12 count on.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = year + (month - 1).div_euclid(12);
    let month = (month - 1).rem_euclid(12) + 1;
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (
        yoe + era * 400 + i64::from(month <= 2),
        month,
        doy - (153 * mp + 2) / 5 + 1,
    )
}

fn leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Seconds that stay far from overflowing in every step here: more than the age of the universe.
const BOUND: i64 = 1 << 58;

impl Time {
    /// `time.Unix(seconds, nanos).In(zone)`
    pub fn from_unix(seconds: i64, nanos: i64, zone: Zone) -> Self {
        let carry = nanos.div_euclid(1_000_000_000);
        Self {
            unix: seconds.saturating_add(carry).clamp(-BOUND, BOUND),
            nanos: u32::try_from(nanos.rem_euclid(1_000_000_000)).unwrap_or(0),
            zone,
        }
    }

    /// From nanoseconds since 1970.
    pub fn from_unix_nanos(nanos: i128, zone: Zone) -> Self {
        let seconds =
            i64::try_from(nanos.div_euclid(1_000_000_000)).unwrap_or(if nanos < 0 { -BOUND } else { BOUND });
        let rest = i64::try_from(nanos.rem_euclid(1_000_000_000)).unwrap_or(0);
        Self::from_unix(seconds, rest, zone)
    }

    /// `time.Time{}`: the first second of the year 1, UTC.
    pub fn zero() -> Self {
        Self::from_unix(-62_135_596_800, 0, Zone::Utc)
    }

    /// `time.Date`; parts out of their range count on.
    pub fn date(year: i64, month: i64, day: i64, seconds: i64, nanos: i64, zone: Zone) -> Self {
        let clamp = |n: i64| n.clamp(-1 << 40, 1 << 40);
        let local = days_from_civil(year.clamp(-1 << 33, 1 << 33), clamp(month), clamp(day))
            .saturating_mul(86_400)
            .saturating_add(seconds);
        let guess = zone.at(local).0;
        let unix = match guess {
            0 => local,
            _ => local.saturating_sub(i64::from(zone.at(local.saturating_sub(i64::from(guess))).0)),
        };
        Self::from_unix(unix, nanos, zone)
    }

    /// `time.Parse` with `local` for both the zone of what names none and the zone whose abbreviations count.
    ///
    /// # Errors
    /// The value does not fit the layout.
    pub fn parse_in(layout: &[u8], value: &[u8], local: &Zone) -> Result<Self, ParseError> {
        layout::parse(layout, value, local)
    }

    /// `Format`
    pub fn format(&self, layout: &[u8]) -> Vec<u8> {
        layout::format(self, layout)
    }

    /// The same instant in another zone.
    #[must_use]
    pub fn in_zone(&self, zone: Zone) -> Self {
        Self { zone, ..self.clone() }
    }

    /// `Unix`
    pub fn unix(&self) -> i64 {
        self.unix
    }

    /// Nanoseconds since 1970.
    pub fn unix_nanos(&self) -> i128 {
        i128::from(self.unix) * 1_000_000_000 + i128::from(self.nanos)
    }

    /// The zone.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// `Add`
    #[must_use]
    pub fn add(&self, duration: Duration) -> Self {
        Self::from_unix_nanos(self.unix_nanos() + i128::from(duration.0), self.zone.clone())
    }

    /// `AddDate`
    #[must_use]
    pub fn add_date(&self, years: i64, months: i64, days: i64) -> Self {
        let civil = self.civil();
        Self::date(
            civil.year.saturating_add(years),
            civil.month.saturating_add(months),
            civil.day.saturating_add(days),
            civil.hour * 3600 + civil.minute * 60 + civil.second,
            i64::from(self.nanos),
            self.zone.clone(),
        )
    }

    /// `Sub`, saturating as in Go.
    pub fn sub(&self, other: &Self) -> Duration {
        let nanos = self.unix_nanos() - other.unix_nanos();
        Duration(i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX }))
    }

    /// Date and clock in the zone.
    pub fn civil(&self) -> Civil {
        let (offset, zone) = self.zone.at(self.unix);
        let local = self.unix + i64::from(offset);
        let days = local.div_euclid(86_400);
        let clock = local.rem_euclid(86_400);
        let (year, month, day) = civil_from_days(days);
        Civil {
            year,
            month,
            day,
            hour: clock / 3600,
            minute: clock / 60 % 60,
            second: clock % 60,
            nanosecond: self.nanos,
            weekday: (days + 4).rem_euclid(7),
            year_day: days - days_from_civil(year, 1, 1) + 1,
            offset,
            zone,
        }
    }
}

impl fmt::Display for Time {
    /// `Time.String`, without the reading of the monotonic clock that Go adds to what `time.Now` gave.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(
            &self.format(b"2006-01-02 15:04:05.999999999 -0700 MST"),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> Zone {
        Zone::load(b"Europe/Berlin").unwrap()
    }

    #[test]
    fn formats_as_go() {
        let time = Time::from_unix(1_700_000_000, 120_000_000, berlin());
        for (layout, text) in [
            ("2006-01-02T15:04:05Z07:00", "2023-11-14T23:13:20+01:00"),
            ("Mon Jan _2 3:04PM MST 06", "Tue Nov 14 11:13PM CET 23"),
            ("Monday January 002 .000 ,999", "Tuesday November 318 .120 ,12"),
            ("Januaryx Janx", "Novemberx Janx"),
            ("20060102", "20231114"),
        ] {
            assert_eq!(
                String::from_utf8(time.format(layout.as_bytes())).unwrap(),
                text,
                "{layout}"
            );
        }
        assert_eq!(Time::zero().to_string(), "0001-01-01 00:00:00 +0000 UTC");
    }

    #[test]
    fn parses_as_go() {
        let parse =
            |layout: &str, value: &str| Time::parse_in(layout.as_bytes(), value.as_bytes(), &Zone::Utc);
        assert_eq!(parse("2006-01-02", "2024-02-29").unwrap().unix(), 1_709_164_800);
        assert_eq!(
            parse("2006-01-02", "2023-02-29").unwrap_err().to_string(),
            "parsing time \"2023-02-29\": day out of range"
        );
        assert_eq!(
            parse("2006-01-02", "x").unwrap_err().to_string(),
            "parsing time \"x\" as \"2006-01-02\": cannot parse \"x\" as \"2006\""
        );
        assert_eq!(parse("15:04 -0700", "10:00 +0200").unwrap().civil().offset, 7200);
        let summer = Time::parse_in(b"2006-01-02 15:04", b"2024-07-01 12:00", &berlin()).unwrap();
        assert_eq!(summer.civil().zone, "CEST");
    }
}
