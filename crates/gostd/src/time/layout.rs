//! Layouts: `Format` and `Parse` by the reference time.

use std::fmt;

use super::duration::leading_int;
use super::{DAYS, MONTHS, Time, Zone, days_from_civil, leap, month_name, weekday_name};

/// An element of a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    LongMonth,
    Month,
    NumMonth,
    ZeroMonth,
    LongWeekDay,
    WeekDay,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    UpperPm,
    LowerPm,
    ZoneName,
    /// A numeric offset: `Z` for UTC, colons, what it goes down to.
    Offset {
        iso: bool,
        colon: bool,
        parts: u8,
    },
    /// Digits of a second and the separator; `.999` trims zeros.
    Fraction {
        digits: usize,
        trim: bool,
        separator: u8,
    },
}

/// `nextStdChunk`: the text before the next element, the element, the rest.
fn next_element(layout: &[u8]) -> (&[u8], Option<(Element, &[u8])>) {
    let lower_follows = |at: usize| layout.get(at).is_some_and(u8::is_ascii_lowercase);
    for i in 0..layout.len() {
        let rest = &layout[i..];
        let found = match rest[0] {
            b'J' if rest.starts_with(b"January") => Some((Element::LongMonth, 7)),
            b'J' if rest.starts_with(b"Jan") && !lower_follows(i + 3) => Some((Element::Month, 3)),
            b'M' if rest.starts_with(b"Monday") => Some((Element::LongWeekDay, 6)),
            b'M' if rest.starts_with(b"Mon") && !lower_follows(i + 3) => Some((Element::WeekDay, 3)),
            b'M' if rest.starts_with(b"MST") => Some((Element::ZoneName, 3)),
            b'0' => match rest.get(1) {
                Some(b'1') => Some((Element::ZeroMonth, 2)),
                Some(b'2') => Some((Element::ZeroDay, 2)),
                Some(b'3') => Some((Element::ZeroHour12, 2)),
                Some(b'4') => Some((Element::ZeroMinute, 2)),
                Some(b'5') => Some((Element::ZeroSecond, 2)),
                Some(b'6') => Some((Element::Year, 2)),
                Some(b'0') if rest.get(2) == Some(&b'2') => Some((Element::ZeroYearDay, 3)),
                _ => None,
            },
            b'1' if rest.get(1) == Some(&b'5') => Some((Element::Hour, 2)),
            b'1' => Some((Element::NumMonth, 1)),
            b'2' if rest.starts_with(b"2006") => Some((Element::LongYear, 4)),
            b'2' => Some((Element::Day, 1)),
            // `_2006` is an underscore and a year.
            b'_' if rest.starts_with(b"_2006") => {
                return (&layout[..=i], Some((Element::LongYear, &rest[5..])));
            }
            b'_' if rest.starts_with(b"_2") => Some((Element::UnderDay, 2)),
            b'_' if rest.starts_with(b"__2") => Some((Element::UnderYearDay, 3)),
            b'3' => Some((Element::Hour12, 1)),
            b'4' => Some((Element::Minute, 1)),
            b'5' => Some((Element::Second, 1)),
            b'P' if rest.starts_with(b"PM") => Some((Element::UpperPm, 2)),
            b'p' if rest.starts_with(b"pm") => Some((Element::LowerPm, 2)),
            first @ (b'-' | b'Z') => [
                (&b"070000"[..], false, 3),
                (b"07:00:00", true, 3),
                (b"0700", false, 2),
                (b"07:00", true, 2),
                (b"07", false, 1),
            ]
            .into_iter()
            .find(|(text, ..)| rest[1..].starts_with(text))
            .map(|(text, colon, parts)| {
                let iso = first == b'Z';
                (Element::Offset { iso, colon, parts }, 1 + text.len())
            }),
            separator @ (b'.' | b',') => match rest.get(1) {
                Some(&digit @ (b'0' | b'9')) => {
                    let digits = rest[1..].iter().take_while(|&&b| b == digit).count();
                    let trim = digit == b'9';
                    (!rest.get(1 + digits).is_some_and(u8::is_ascii_digit)).then_some((
                        Element::Fraction {
                            digits,
                            trim,
                            separator,
                        },
                        1 + digits,
                    ))
                }
                _ => None,
            },
            _ => None,
        };
        if let Some((element, length)) = found {
            return (&layout[..i], Some((element, &rest[length..])));
        }
    }
    (layout, None)
}

/// `appendInt`: at least `width` digits, the sign before them.
fn append_int(out: &mut Vec<u8>, value: i64, width: usize) {
    if value < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(format!("{:0width$}", value.unsigned_abs()).as_bytes());
}

pub(super) fn format(time: &Time, mut layout: &[u8]) -> Vec<u8> {
    let civil = time.civil();
    let mut out = Vec::with_capacity(layout.len() + 10);
    loop {
        let (prefix, next) = next_element(layout);
        out.extend_from_slice(prefix);
        let Some((element, rest)) = next else { return out };
        layout = rest;
        let hour12 = match civil.hour % 12 {
            0 => 12,
            hour => hour,
        };
        match element {
            Element::Year => append_int(&mut out, civil.year.abs() % 100, 2),
            Element::LongYear => append_int(&mut out, civil.year, 4),
            Element::Month => out.extend_from_slice(&month_name(civil.month).as_bytes()[..3]),
            Element::LongMonth => out.extend_from_slice(month_name(civil.month).as_bytes()),
            Element::NumMonth => append_int(&mut out, civil.month, 0),
            Element::ZeroMonth => append_int(&mut out, civil.month, 2),
            Element::WeekDay => out.extend_from_slice(&weekday_name(civil.weekday).as_bytes()[..3]),
            Element::LongWeekDay => out.extend_from_slice(weekday_name(civil.weekday).as_bytes()),
            Element::Day => append_int(&mut out, civil.day, 0),
            Element::UnderDay => out.extend_from_slice(format!("{:2}", civil.day).as_bytes()),
            Element::ZeroDay => append_int(&mut out, civil.day, 2),
            Element::UnderYearDay => out.extend_from_slice(format!("{:3}", civil.year_day).as_bytes()),
            Element::ZeroYearDay => append_int(&mut out, civil.year_day, 3),
            Element::Hour => append_int(&mut out, civil.hour, 2),
            Element::Hour12 => append_int(&mut out, hour12, 0),
            Element::ZeroHour12 => append_int(&mut out, hour12, 2),
            Element::Minute => append_int(&mut out, civil.minute, 0),
            Element::ZeroMinute => append_int(&mut out, civil.minute, 2),
            Element::Second => append_int(&mut out, civil.second, 0),
            Element::ZeroSecond => append_int(&mut out, civil.second, 2),
            Element::UpperPm => out.extend_from_slice(if civil.hour >= 12 { b"PM" } else { b"AM" }),
            Element::LowerPm => out.extend_from_slice(if civil.hour >= 12 { b"pm" } else { b"am" }),
            Element::Offset { iso: true, .. } if civil.offset == 0 => out.push(b'Z'),
            Element::Offset { colon, parts, .. } => {
                append_offset(&mut out, civil.offset, colon, parts);
            }
            Element::ZoneName if civil.zone.is_empty() => append_offset(&mut out, civil.offset, false, 2),
            Element::ZoneName => out.extend_from_slice(civil.zone.as_bytes()),
            Element::Fraction {
                digits,
                trim,
                separator,
            } => {
                let all = format!("{:09}", civil.nanosecond);
                let mut shown = &all[..digits.min(9)];
                if trim {
                    shown = shown.trim_end_matches('0');
                }
                if !(trim && shown.is_empty()) {
                    out.push(separator);
                    out.extend_from_slice(shown.as_bytes());
                    // `.000` of more than nine digits pads.
                    if !trim {
                        out.resize(out.len() + digits.saturating_sub(9), b'0');
                    }
                }
            }
        }
    }
}

fn append_offset(out: &mut Vec<u8>, offset: i32, colon: bool, parts: u8) {
    // The sign is that of whole minutes, as in Go.
    let minutes = offset / 60;
    out.push(if minutes < 0 { b'-' } else { b'+' });
    let minutes = i64::from(minutes.abs());
    append_int(out, minutes / 60, 2);
    if colon {
        out.push(b':');
    }
    if parts >= 2 {
        append_int(out, minutes % 60, 2);
    }
    if parts >= 3 {
        if colon {
            out.push(b':');
        }
        let seconds = if offset / 60 < 0 { -offset } else { offset };
        append_int(out, i64::from(seconds % 60), 2);
    }
}

/// Why a text does not fit a layout; displays as Go's sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError(String);

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ParseError {}

/// `time.quote`: bytes beyond ASCII and control characters as `\x`.
pub(super) fn quote(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for &byte in text {
        match byte {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(char::from(byte));
            }
            b' '..=0x7f => out.push(char::from(byte)),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push('"');
    out
}

/// What stopped the reading of an element: it does not fit, or a part is out of range.
enum Bad {
    Text,
    Range(&'static str),
}

type Read<'v, T> = Result<(T, &'v [u8]), Bad>;

fn digit(text: &[u8], at: usize) -> Option<i64> {
    text.get(at)
        .filter(|b| b.is_ascii_digit())
        .map(|b| i64::from(b - b'0'))
}

fn get_number(text: &[u8], fixed: bool) -> Read<'_, i64> {
    match (digit(text, 0), digit(text, 1)) {
        (Some(tens), Some(ones)) => Ok((tens * 10 + ones, &text[2..])),
        (Some(one), None) if !fixed => Ok((one, &text[1..])),
        _ => Err(Bad::Text),
    }
}

fn in_range<'v>(read: Read<'v, i64>, range: std::ops::Range<i64>, name: &'static str) -> Read<'v, i64> {
    let (number, rest) = read?;
    if range.contains(&number) {
        Ok((number, rest))
    } else {
        Err(Bad::Range(name))
    }
}

/// `atoi`: with a sign, all of the text.
fn atoi(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    };
    match leading_int(digits)? {
        (number, b"") => Some(if negative {
            (number as i64).wrapping_neg()
        } else {
            number as i64
        }),
        _ => None,
    }
}

/// `lookup`: the index of the name that begins the text, whatever its case.
fn lookup<'v>(names: &[&str], short: bool, text: &'v [u8]) -> Read<'v, i64> {
    for (i, name) in names.iter().enumerate() {
        let name = if short {
            &name.as_bytes()[..3]
        } else {
            name.as_bytes()
        };
        if text.len() >= name.len() && text[..name.len()].eq_ignore_ascii_case(name) {
            return Ok((i as i64, &text[name.len()..]));
        }
    }
    Err(Bad::Text)
}

fn nanoseconds(text: &[u8]) -> Result<i64, Bad> {
    let text = &text[..text.len().min(10)];
    if !matches!(text.first(), Some(b'.' | b',')) {
        return Err(Bad::Text);
    }
    let number = atoi(&text[1..]).ok_or(Bad::Text)?;
    if number < 0 {
        return Err(Bad::Range("fractional second"));
    }
    Ok(number * 10_i64.pow(u32::try_from(10 - text.len()).unwrap_or(0)))
}

/// `parseTimeZone`: how long the abbreviation is that begins the text.
fn zone_name_length(text: &[u8]) -> Option<usize> {
    if text.len() < 3 {
        return None;
    }
    if text.starts_with(b"ChST") || text.starts_with(b"MeST") {
        return Some(4);
    }
    if text.starts_with(b"GMT") {
        return Some(3 + signed_offset_length(&text[3..]));
    }
    if matches!(text[0], b'+' | b'-') {
        return Some(signed_offset_length(text)).filter(|&n| n > 0);
    }
    let upper = text.iter().take(6).take_while(|b| b.is_ascii_uppercase()).count();
    match upper {
        5 if text[4] == b'T' => Some(5),
        4 if text[3] == b'T' || text.starts_with(b"WITA") => Some(4),
        3 => Some(3),
        _ => None,
    }
}

fn signed_offset_length(text: &[u8]) -> usize {
    if !matches!(text.first(), Some(b'+' | b'-')) {
        return 0;
    }
    match leading_int(&text[1..]) {
        Some((hours, rest)) if hours <= 23 && rest.len() < text.len() - 1 => text.len() - rest.len(),
        _ => 0,
    }
}

/// `skip`: the value after a literal part of the layout; runs of spaces match each other.
fn skip<'v>(mut value: &'v [u8], mut prefix: &[u8]) -> Result<&'v [u8], &'v [u8]> {
    fn trim(mut text: &[u8]) -> &[u8] {
        while let Some(rest) = text.strip_prefix(b" ") {
            text = rest;
        }
        text
    }
    while let Some((&first, rest)) = prefix.split_first() {
        if first == b' ' {
            if value.first().is_some_and(|&b| b != b' ') {
                return Err(value);
            }
            prefix = trim(prefix);
            value = trim(value);
            continue;
        }
        if value.first() != Some(&first) {
            return Err(value);
        }
        prefix = rest;
        value = &value[1..];
    }
    Ok(value)
}

#[derive(Default)]
struct Parts {
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    year_day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanos: i64,
    pm: bool,
    am: bool,
    utc: bool,
    offset: Option<i32>,
    zone: String,
}

fn element<'v>(parts: &mut Parts, element: Element, value: &'v [u8], layout: &[u8]) -> Result<&'v [u8], Bad> {
    match element {
        Element::Year => {
            let text = value.get(..2).ok_or(Bad::Text)?;
            let year = atoi(text).ok_or(Bad::Text)?;
            parts.year = year + if year >= 69 { 1900 } else { 2000 };
            Ok(&value[2..])
        }
        Element::LongYear => {
            let text = value
                .get(..4)
                .filter(|t| t[0].is_ascii_digit())
                .ok_or(Bad::Text)?;
            parts.year = atoi(text).ok_or(Bad::Text)?;
            Ok(&value[4..])
        }
        Element::Month | Element::LongMonth => {
            let (month, rest) = lookup(&MONTHS, element == Element::Month, value)?;
            parts.month = Some(month + 1);
            Ok(rest)
        }
        Element::NumMonth | Element::ZeroMonth => {
            let read = get_number(value, element == Element::ZeroMonth);
            let (month, rest) = in_range(read, 1..13, "month")?;
            parts.month = Some(month);
            Ok(rest)
        }
        Element::WeekDay | Element::LongWeekDay => Ok(lookup(&DAYS, element == Element::WeekDay, value)?.1),
        Element::Day | Element::UnderDay | Element::ZeroDay => {
            let value = match element {
                Element::UnderDay => value.strip_prefix(b" ").unwrap_or(value),
                _ => value,
            };
            let (day, rest) = get_number(value, element == Element::ZeroDay)?;
            parts.day = Some(day);
            Ok(rest)
        }
        Element::UnderYearDay | Element::ZeroYearDay => {
            let mut value = value;
            if element == Element::UnderYearDay {
                for _ in 0..2 {
                    value = value.strip_prefix(b" ").unwrap_or(value);
                }
            }
            let digits = value.iter().take(3).take_while(|b| b.is_ascii_digit()).count();
            if digits == 0 || element == Element::ZeroYearDay && digits != 3 {
                return Err(Bad::Text);
            }
            parts.year_day = atoi(&value[..digits]);
            Ok(&value[digits..])
        }
        Element::Hour => {
            let (hour, rest) = in_range(get_number(value, false), 0..24, "hour")?;
            parts.hour = hour;
            Ok(rest)
        }
        Element::Hour12 | Element::ZeroHour12 => {
            let (hour, rest) = in_range(get_number(value, element == Element::ZeroHour12), 0..13, "hour")?;
            parts.hour = hour;
            Ok(rest)
        }
        Element::Minute | Element::ZeroMinute => {
            let (minute, rest) =
                in_range(get_number(value, element == Element::ZeroMinute), 0..60, "minute")?;
            parts.minute = minute;
            Ok(rest)
        }
        Element::Second | Element::ZeroSecond => {
            let (second, rest) =
                in_range(get_number(value, element == Element::ZeroSecond), 0..60, "second")?;
            parts.second = second;
            // A fraction is accepted even where the layout has none.
            if matches!(rest.first(), Some(b'.' | b',')) && digit(rest, 1).is_some() {
                let next = next_element(layout).1;
                if matches!(next, Some((Element::Fraction { .. }, _))) {
                    return Ok(rest);
                }
                let length = 1 + rest[1..].iter().take_while(|b| b.is_ascii_digit()).count();
                parts.nanos = nanoseconds(&rest[..length])?;
                return Ok(&rest[length..]);
            }
            Ok(rest)
        }
        Element::UpperPm | Element::LowerPm => {
            let text = value.get(..2).ok_or(Bad::Text)?;
            match (element, text) {
                (Element::UpperPm, b"PM") | (Element::LowerPm, b"pm") => parts.pm = true,
                (Element::UpperPm, b"AM") | (Element::LowerPm, b"am") => parts.am = true,
                _ => return Err(Bad::Text),
            }
            Ok(&value[2..])
        }
        Element::Offset { iso: true, .. } if value.first() == Some(&b'Z') => {
            parts.utc = true;
            Ok(&value[1..])
        }
        Element::Offset {
            colon, parts: count, ..
        } => {
            let step = if colon { 3 } else { 2 };
            let length = 3 + step * (usize::from(count) - 1);
            let text = value.get(..length).ok_or(Bad::Text)?;
            let starts = || (0..usize::from(count)).map(|i| 1 + step * i);
            if colon && starts().skip(1).any(|at| text[at - 1] != b':') {
                return Err(Bad::Text);
            }
            let mut numbers = [0_i64; 3];
            let mut readable = true;
            for (number, at) in numbers.iter_mut().zip(starts()) {
                match get_number(&text[at..at + 2], true) {
                    Ok((read, _)) => *number = read,
                    Err(_) => {
                        readable = false;
                        break;
                    }
                }
            }
            // As in Go, a part out of range is told before one that is no number, and of several the last.
            let [hours, minutes, seconds] = numbers;
            if seconds > 60 {
                return Err(Bad::Range("time zone offset second"));
            }
            if minutes > 60 {
                return Err(Bad::Range("time zone offset minute"));
            }
            if hours > 24 {
                return Err(Bad::Range("time zone offset hour"));
            }
            if !readable {
                return Err(Bad::Text);
            }
            let offset = i32::try_from((hours * 60 + minutes) * 60 + seconds).unwrap_or(0);
            parts.offset = Some(match text[0] {
                b'+' => offset,
                b'-' => -offset,
                _ => return Err(Bad::Text),
            });
            Ok(&value[length..])
        }
        Element::ZoneName => {
            if let Some(rest) = value.strip_prefix(b"UTC") {
                parts.utc = true;
                return Ok(rest);
            }
            let length = zone_name_length(value).ok_or(Bad::Text)?;
            parts.zone = String::from_utf8_lossy(&value[..length]).into_owned();
            Ok(&value[length..])
        }
        Element::Fraction {
            digits, trim: false, ..
        } => {
            let text = value.get(..=digits).ok_or(Bad::Text)?;
            parts.nanos = nanoseconds(text)?;
            Ok(&value[digits + 1..])
        }
        Element::Fraction { .. } => {
            if value.len() < 2 || !matches!(value[0], b'.' | b',') || !value[1].is_ascii_digit() {
                return Ok(value);
            }
            let length = 1 + value[1..].iter().take_while(|b| b.is_ascii_digit()).count();
            parts.nanos = nanoseconds(&value[..length])?;
            Ok(&value[length..])
        }
    }
}

pub(super) fn parse(whole_layout: &[u8], whole: &[u8], local: &Zone) -> Result<Time, ParseError> {
    let cannot = |value: &[u8], element: &[u8]| {
        ParseError(format!(
            "parsing time {} as {}: cannot parse {} as {}",
            quote(whole),
            quote(whole_layout),
            quote(value),
            quote(element)
        ))
    };
    let message = |text: &str| ParseError(format!("parsing time {}: {text}", quote(whole)));
    let (mut layout, mut value) = (whole_layout, whole);
    let mut parts = Parts::default();
    loop {
        let (prefix, next) = next_element(layout);
        value = skip(value, prefix).map_err(|at| cannot(at, prefix))?;
        let Some((next, rest)) = next else {
            if !value.is_empty() {
                return Err(message(&format!("extra text: {}", quote(value))));
            }
            break;
        };
        let text = &layout[prefix.len()..layout.len() - rest.len()];
        layout = rest;
        value = element(&mut parts, next, value, layout).map_err(|bad| match bad {
            Bad::Text => cannot(value, text),
            Bad::Range(name) => message(&format!("{name} out of range")),
        })?;
    }
    if parts.pm && parts.hour < 12 {
        parts.hour += 12;
    } else if parts.am && parts.hour == 12 {
        parts.hour = 0;
    }
    let (month, day) = match parts.year_day {
        None => (parts.month.unwrap_or(1), parts.day.unwrap_or(1)),
        Some(year_day) => {
            if year_day < 1 || year_day > 365 + i64::from(leap(parts.year)) {
                return Err(message("day-of-year out of range"));
            }
            let days = days_from_civil(parts.year, 1, 1) + year_day - 1;
            let (_, month, day) = super::civil_from_days(days);
            if parts.month.is_some_and(|m| m != month) {
                return Err(message("day-of-year does not match month"));
            }
            if parts.day.is_some_and(|d| d != day) {
                return Err(message("day-of-year does not match day"));
            }
            (month, day)
        }
    };
    let days_in_month = days_from_civil(parts.year, month + 1, 1) - days_from_civil(parts.year, month, 1);
    if !(1..=days_in_month).contains(&day) {
        return Err(message("day out of range"));
    }
    let clock = parts.hour * 3600 + parts.minute * 60 + parts.second;
    let date = |zone: Zone| Time::date(parts.year, month, day, clock, parts.nanos, zone);
    if parts.utc {
        return Ok(date(Zone::Utc));
    }
    let shifted = |offset: i32, zone: Zone| {
        let utc = date(Zone::Utc);
        Time::from_unix(utc.unix() - i64::from(offset), parts.nanos, zone)
    };
    if let Some(offset) = parts.offset {
        let (at, name) = local.at(date(Zone::Utc).unix() - i64::from(offset));
        if at == offset && (parts.zone.is_empty() || name == parts.zone) {
            return Ok(shifted(offset, local.clone()));
        }
        let name = parts.zone.clone();
        return Ok(shifted(offset, Zone::Fixed { name, offset }));
    }
    if !parts.zone.is_empty() {
        let utc = date(Zone::Utc).unix();
        if let Some(offset) = local.offset_of(&parts.zone, utc) {
            return Ok(shifted(offset, local.clone()));
        }
        // An abbreviation that is not known counts as UTC, but `GMT+3` says its offset.
        let hours = parts
            .zone
            .strip_prefix("GMT")
            .and_then(|hours| atoi(hours.as_bytes()))
            .unwrap_or(0);
        let offset = i32::try_from(hours * 3600).unwrap_or(0);
        let name = parts.zone.clone();
        let utc = date(Zone::Utc);
        return Ok(utc.in_zone(Zone::Fixed { name, offset }));
    }
    Ok(date(local.clone()))
}
