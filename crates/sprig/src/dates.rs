//! Dates and durations: `now`, `date`, `dateModify`, `toDate`, `ago`, `duration` … (Helm 4's durations are in `helm`).
//!
//! `now` and the zone `Local` come from the environment.

use std::sync::LazyLock;

use plimsoll_gostd::strconv;
use plimsoll_gostd::time::{Duration, Time, Zone, month_name, weekday_name};
use plimsoll_gotpl::func::{FromArg, IntoValue, wrong_type};
use plimsoll_gotpl::value::IntKind;
use plimsoll_gotpl::{Context, FuncError, Functions, GoObject, Named, Object, Str, Type, Value};

use crate::{Env, Profile};

static TIME_METHODS: LazyLock<Functions> = LazyLock::new(time_methods);
static DURATION_METHODS: LazyLock<Functions> = LazyLock::new(duration_methods);
static MONTH_METHODS: LazyLock<Functions> = LazyLock::new(|| {
    let mut methods = Functions::new();
    methods.add("String", |month: Named64| month_name(month.value));
    methods
});
static WEEKDAY_METHODS: LazyLock<Functions> = LazyLock::new(|| {
    let mut methods = Functions::new();
    methods.add("String", |day: Named64| weekday_name(day.value));
    methods
});

static TIME: Type = Type::Named(&Named {
    name: "time.Time",
    underlying: Type::Struct(&[]),
    methods: Some(|| &TIME_METHODS),
});
/// `time.Duration`
pub(crate) const DURATION: &Type = &Type::Named(&Named {
    name: "time.Duration",
    underlying: Type::Int64,
    methods: Some(|| &DURATION_METHODS),
});
static MONTH: Type = Type::Named(&Named {
    name: "time.Month",
    underlying: Type::Int,
    methods: Some(|| &MONTH_METHODS),
});
static WEEKDAY: Type = Type::Named(&Named {
    name: "time.Weekday",
    underlying: Type::Int,
    methods: Some(|| &WEEKDAY_METHODS),
});

/// A `time.Time`.
#[derive(Clone)]
struct Instant(Time);

impl GoObject for Instant {
    fn ty(&self) -> &'static Type {
        &TIME
    }

    fn go_string(&self) -> Option<Str> {
        Some(self.0.to_string().into())
    }

    fn equal(&self, other: &dyn GoObject) -> bool {
        let other: &dyn std::any::Any = other;
        other.downcast_ref::<Self>().is_some_and(|other| {
            self.0.unix_nanos() == other.0.unix_nanos() && self.0.zone() == other.0.zone()
        })
    }
}

impl FromArg for Instant {
    const TYPE: &'static Type = &TIME;

    fn from_arg(value: Value) -> Result<Self, FuncError> {
        value
            .downcast::<Self>()
            .cloned()
            .ok_or_else(|| wrong_type(&TIME, &value))
    }
}

impl IntoValue for Instant {
    const GO_TYPE: &'static Type = &TIME;

    fn into_value(self) -> Value {
        Value::Object(Object::new(self))
    }
}

/// A value of a defined integer type: `time.Duration`, `time.Month`, `time.Weekday`.
#[derive(Clone, Copy)]
struct Named64 {
    ty: &'static Type,
    value: i64,
}

impl Named64 {
    fn value(ty: &'static Type, value: i64) -> Value {
        Value::Object(Object::new(Self { ty, value }))
    }
}

impl GoObject for Named64 {
    fn ty(&self) -> &'static Type {
        self.ty
    }

    fn go_string(&self) -> Option<Str> {
        Some(match self.ty {
            ty if ty == DURATION => Duration(self.value).to_string().into(),
            ty if *ty == MONTH => month_name(self.value).into(),
            _ => weekday_name(self.value).into(),
        })
    }

    fn basic(&self) -> Option<Value> {
        Some(if self.ty == DURATION {
            Value::Int(self.value, IntKind::Int64)
        } else {
            Value::int(self.value)
        })
    }

    fn equal(&self, other: &dyn GoObject) -> bool {
        let other: &dyn std::any::Any = other;
        other
            .downcast_ref::<Self>()
            .is_some_and(|other| self.ty == other.ty && self.value == other.value)
    }
}

impl FromArg for Named64 {
    const TYPE: &'static Type = &Type::Any;

    fn from_arg(value: Value) -> Result<Self, FuncError> {
        value
            .downcast::<Self>()
            .copied()
            .ok_or_else(|| wrong_type(DURATION, &value))
    }
}

/// A `time.Duration`.
struct Span(Duration);

impl FromArg for Span {
    const TYPE: &'static Type = DURATION;

    fn from_arg(value: Value) -> Result<Self, FuncError> {
        match value.downcast::<Named64>() {
            Some(named) if named.ty == DURATION => Ok(Self(Duration(named.value))),
            _ => Err(wrong_type(DURATION, &value)),
        }
    }
}

impl IntoValue for Span {
    const GO_TYPE: &'static Type = DURATION;

    fn into_value(self) -> Value {
        Named64::value(DURATION, self.0.0)
    }
}

fn time_methods() -> Functions {
    let mut methods = Functions::new();
    methods.add("Format", |t: Instant, layout: Str| t.0.format(&layout));
    methods.add("String", |t: Instant| t.0.to_string());
    methods.add("Unix", |t: Instant| t.0.unix());
    methods.add("UnixNano", |t: Instant| t.0.unix_nanos() as i64);
    methods.add("UnixMilli", |t: Instant| {
        t.0.unix_nanos().div_euclid(1_000_000) as i64
    });
    methods.add("UnixMicro", |t: Instant| {
        t.0.unix_nanos().div_euclid(1_000) as i64
    });
    methods.add("Year", |t: Instant| t.0.civil().year as isize);
    methods.add("Month", |t: Instant| Named64::value(&MONTH, t.0.civil().month));
    methods.result_type("Month", &MONTH);
    methods.add("Day", |t: Instant| t.0.civil().day as isize);
    methods.add("Hour", |t: Instant| t.0.civil().hour as isize);
    methods.add("Minute", |t: Instant| t.0.civil().minute as isize);
    methods.add("Second", |t: Instant| t.0.civil().second as isize);
    methods.add("Nanosecond", |t: Instant| t.0.civil().nanosecond as isize);
    methods.add("Weekday", |t: Instant| {
        Named64::value(&WEEKDAY, t.0.civil().weekday)
    });
    methods.result_type("Weekday", &WEEKDAY);
    methods.add("YearDay", |t: Instant| t.0.civil().year_day as isize);
    methods.add("UTC", |t: Instant| Instant(t.0.in_zone(Zone::Utc)));
    methods.add("IsZero", |t: Instant| {
        t.0.unix_nanos() == Time::zero().unix_nanos()
    });
    methods.add("Add", |t: Instant, d: Span| Instant(t.0.add(d.0)));
    methods.add(
        "AddDate",
        |t: Instant, years: isize, months: isize, days: isize| {
            Instant(t.0.add_date(years as i64, months as i64, days as i64))
        },
    );
    methods.add("Sub", |t: Instant, other: Instant| Span(t.0.sub(&other.0)));
    methods.add("After", |t: Instant, other: Instant| {
        t.0.unix_nanos() > other.0.unix_nanos()
    });
    methods.add("Before", |t: Instant, other: Instant| {
        t.0.unix_nanos() < other.0.unix_nanos()
    });
    methods.add("Equal", |t: Instant, other: Instant| {
        t.0.unix_nanos() == other.0.unix_nanos()
    });
    methods
}

fn duration_methods() -> Functions {
    let mut methods = Functions::new();
    methods.add("String", |d: Span| d.0.to_string());
    methods.add("Seconds", |d: Span| d.0.seconds());
    methods.add("Minutes", |d: Span| d.0.minutes());
    methods.add("Hours", |d: Span| d.0.hours());
    methods.add("Milliseconds", |d: Span| d.0.0 / 1_000_000);
    methods.add("Microseconds", |d: Span| d.0.0 / 1_000);
    methods.add("Nanoseconds", |d: Span| d.0.0);
    methods.add("Abs", |d: Span| Span(Duration(d.0.0.saturating_abs())));
    methods.add("Round", |d: Span, to: Span| Span(d.0.round(to.0)));
    methods.add("Truncate", |d: Span, to: Span| Span(d.0.truncate(to.0)));
    methods
}

/// The zone that Go calls `Local`.
fn local(cx: &Context<'_>) -> Result<Zone, FuncError> {
    let name = Env::of(cx)?.clock.local_zone();
    Ok(Zone::load(name.as_bytes()).unwrap_or(Zone::Utc))
}

/// `now`: this moment, in the local zone.
fn now(cx: &mut Context<'_>) -> Result<Instant, FuncError> {
    let nanos = Env::of(cx)?.clock.unix_nanos();
    Ok(Instant(Time::from_unix_nanos(nanos, local(cx)?)))
}

/// What Sprig takes for a moment: a time, or seconds of a signed integer (`int32` only where `narrow`); else now.
fn moment(cx: &mut Context<'_>, value: &Value, narrow: bool) -> Result<Time, FuncError> {
    match value {
        Value::Int(seconds, IntKind::Int | IntKind::Int64) => Ok(Time::from_unix(*seconds, 0, local(cx)?)),
        Value::Int(seconds, IntKind::Int32) if narrow => Ok(Time::from_unix(*seconds, 0, local(cx)?)),
        other => match other.downcast::<Instant>() {
            Some(instant) => Ok(instant.0.clone()),
            None => now(cx).map(|instant| instant.0),
        },
    }
}

/// `dateInZone "2006-01-02" (now) "UTC"`; a zone that is not known counts as UTC.
fn date_in_zone(cx: &mut Context<'_>, layout: Str, date: Value, zone: Str) -> Result<Str, FuncError> {
    let time = moment(cx, &date, true)?;
    let zone = if zone == "Local" {
        local(cx)?
    } else {
        Zone::load(&zone).unwrap_or(Zone::Utc)
    };
    Ok(time.in_zone(zone).format(&layout).into())
}

/// `date "2006-01-02" (now)`
fn date(cx: &mut Context<'_>, layout: Str, date: Value) -> Result<Str, FuncError> {
    date_in_zone(cx, layout, date, Str::literal("Local"))
}

/// `htmlDate (now)`: as `2006-01-02`.
fn html_date(cx: &mut Context<'_>, value: Value) -> Result<Str, FuncError> {
    date(cx, Str::literal("2006-01-02"), value)
}

/// `htmlDateInZone (now) "UTC"`
fn html_date_in_zone(cx: &mut Context<'_>, date: Value, zone: Str) -> Result<Str, FuncError> {
    date_in_zone(cx, Str::literal("2006-01-02"), date, zone)
}

/// `dateModify "-1.5h" (now)`; what is no duration changes nothing.
fn date_modify(duration: Str, date: Instant) -> Instant {
    Duration::parse(&duration).map_or_else(|_| date.clone(), |duration| Instant(date.0.add(duration)))
}

/// `mustDateModify`: as `dateModify`, with the error.
fn must_date_modify(duration: Str, date: Instant) -> Result<Instant, FuncError> {
    match Duration::parse(&duration) {
        Ok(duration) => Ok(Instant(date.0.add(duration))),
        Err(error) => Err(FuncError::new(error.to_string())),
    }
}

/// `ago $time`: how long ago, in whole seconds.
fn ago(cx: &mut Context<'_>, date: Value) -> Result<String, FuncError> {
    let time = moment(cx, &date, false)?;
    let since = now(cx)?.0.sub(&time);
    Ok(since.round(Duration(Duration::SECOND)).to_string())
}

/// `duration "95"` is `1m35s`; seconds as text or `int64`, anything else counts as 0.
fn duration(seconds: Value) -> String {
    let seconds = match &seconds {
        Value::Str(text) => match strconv::parse_int(text, 10, 64) {
            Ok(seconds) => seconds,
            Err(error) => strconv::saturated_int(text, &error),
        },
        Value::Int(seconds, IntKind::Int64) => *seconds,
        _ => 0,
    };
    Duration(seconds.wrapping_mul(Duration::SECOND)).to_string()
}

/// `durationRound "2h10m5s"` is `2h`: the largest unit alone.
fn duration_round(cx: &mut Context<'_>, value: Value) -> Result<String, FuncError> {
    let nanos = match &value {
        Value::Str(text) => Duration::parse(text).map_or(0, |duration| duration.0),
        Value::Int(nanos, IntKind::Int64) => *nanos,
        other => match other.downcast::<Instant>() {
            Some(instant) => now(cx)?.0.sub(&instant.0).0,
            None => 0,
        },
    }
    .unsigned_abs();
    let hour = Duration::HOUR as u64;
    for (unit, name) in [
        (hour * 24 * 365, "y"),
        (hour * 24 * 30, "mo"),
        (hour * 24, "d"),
        (hour, "h"),
        (hour / 60, "m"),
        (hour / 3600, "s"),
    ] {
        if nanos > unit {
            return Ok(format!("{}{name}", nanos / unit));
        }
    }
    Ok("0s".to_owned())
}

/// `toDate "2006-01-02" "2017-12-31"`; the year 1 when it cannot be read.
fn to_date(cx: &mut Context<'_>, layout: Str, text: Str) -> Result<Instant, FuncError> {
    let zone = local(cx)?;
    Ok(Instant(
        Time::parse_in(&layout, &text, &zone).unwrap_or_else(|_| Time::zero()),
    ))
}

/// `mustToDate`: as `toDate`, with the error.
fn must_to_date(cx: &mut Context<'_>, layout: Str, text: Str) -> Result<Instant, FuncError> {
    let zone = local(cx)?;
    match Time::parse_in(&layout, &text, &zone) {
        Ok(time) => Ok(Instant(time)),
        Err(error) => Err(FuncError::new(error.to_string())),
    }
}

/// `unixEpoch (now)`: seconds since 1970.
fn unix_epoch(date: Instant) -> String {
    date.0.unix().to_string()
}

/// The nanoseconds of a `time.Duration`.
pub(crate) fn duration_of(value: &Value) -> Option<i64> {
    value
        .downcast::<Named64>()
        .filter(|named| named.ty == DURATION)
        .map(|named| named.value)
}

/// A `time.Duration` of so many nanoseconds.
pub(crate) fn duration_value(nanos: i64) -> Value {
    Named64::value(DURATION, nanos)
}

/// How `encoding/json` writes a `time.Time`; none when it refuses the year.
const RFC3339_NANO: &[u8] = b"2006-01-02T15:04:05.999999999Z07:00";
/// The zones in which BurntSushi's decoder keeps what has none.
const LOCAL_DATETIME: &str = "datetime-local";
const LOCAL_DATE: &str = "date-local";
const LOCAL_TIME: &str = "time-local";

pub(crate) fn rfc3339_nano(object: &Object) -> Option<Str> {
    let time = &object.downcast::<Instant>()?.0;
    let year = time.civil().year;
    (0..=9999)
        .contains(&year)
        .then(|| time.format(RFC3339_NANO).into())
}

/// `Format(time.RFC3339Nano)`, whatever the year.
pub(crate) fn timestamp(object: &Object) -> Option<Str> {
    let time = &object.downcast::<Instant>()?.0;
    Some(time.format(RFC3339_NANO).into())
}

/// A time as BurntSushi's encoder writes it: in the form in which its decoder read it.
pub(crate) fn toml_text(object: &Object) -> Option<Str> {
    let time = &object.downcast::<Instant>()?.0;
    let Zone::Fixed { name, .. } = time.zone() else {
        return timestamp(object);
    };
    let layout: &[u8] = match name.as_str() {
        LOCAL_DATETIME => b"2006-01-02T15:04:05.999999999",
        LOCAL_DATE => b"2006-01-02",
        LOCAL_TIME => b"15:04:05.999999999",
        _ => return timestamp(object),
    };
    Some(time.in_zone(Zone::Utc).format(layout).into())
}

/// The zone that this environment calls local, in which TOML's local times are read.
pub(crate) fn local_zone(cx: &Context<'_>) -> Result<Zone, FuncError> {
    local(cx)
}

/// A date or time of TOML, as BurntSushi's decoder reads it: local ones in zones that say so.
pub(crate) fn toml_datetime(text: &str, local: &Zone, now: i64) -> Option<Value> {
    // One offset for the whole of time: the present one.
    let offset = local.offset(now);
    let fixed = |name: &str| Zone::Fixed {
        name: name.to_owned(),
        offset,
    };
    let (layout, time) = [
        (RFC3339_NANO, local.clone()),
        (b"2006-01-02T15:04:05.999999999", fixed(LOCAL_DATETIME)),
        (b"2006-01-02", fixed(LOCAL_DATE)),
        (b"15:04:05.999999999", fixed(LOCAL_TIME)),
        (b"2006-01-02T15:04Z07:00", local.clone()),
        (b"2006-01-02T15:04", fixed(LOCAL_DATETIME)),
        (b"15:04", fixed(LOCAL_TIME)),
    ]
    .into_iter()
    .find_map(|(layout, zone): (&[u8], Zone)| {
        Some((layout, Time::parse_in(layout, text.as_bytes(), &zone).ok()?))
    })?;
    // Go reads numbers of one digit, TOML has none: the separators must stand where the layout has them.
    let fits = layout
        .iter()
        .zip(text.bytes())
        .take_while(|(of_layout, _)| !matches!(of_layout, b'.' | b'Z'))
        .all(|(of_layout, byte)| of_layout.is_ascii_digit() || *of_layout == byte);
    fits.then(|| Instant(time).into_value())
}

pub(crate) fn add(functions: &mut Functions, _: Profile) {
    functions.add_with_context("now", now);
    functions.add_with_context("date", date);
    functions.add_with_context("htmlDate", html_date);
    functions.add_with_context("htmlDateInZone", html_date_in_zone);
    for name in ["dateInZone", "date_in_zone"] {
        functions.add_with_context(name, date_in_zone);
    }
    for name in ["dateModify", "date_modify"] {
        functions.add(name, date_modify);
    }
    for name in ["mustDateModify", "must_date_modify"] {
        functions.add(name, must_date_modify);
    }
    functions.add_with_context("ago", ago);
    functions.add("duration", duration);
    functions.add_with_context("durationRound", duration_round);
    functions.add_with_context("toDate", to_date);
    functions.add_with_context("mustToDate", must_to_date);
    functions.add("unixEpoch", unix_epoch);
}
