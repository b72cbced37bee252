//! The string formats that the API server checks in custom resources; others it ignores.
//!
//! Upstream: `pkg/validation/strfmt` of k8s.io/kube-openapi, with the predicates of github.com/asaskevich/govalidator it
//! vendors. Formats come without dashes, as upstream normalizes them.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::OnceLock;

use plimsoll_gostd::regexp::Regexp;
use plimsoll_gostd::time::Duration;
use plimsoll_gostd::url::Url;

/// Whether a text has a format; `None` if the server does not check that format.
pub(crate) fn has_format(format: &str, text: &str) -> Option<bool> {
    Some(match format {
        "bsonobjectid" => text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "uri" => is_request_uri(text),
        "email" => is_email(text),
        "hostname" => is_hostname(text),
        "ipv4" => sloppy_ipv4(text).is_some() || text.contains('.') && text.parse::<Ipv6Addr>().is_ok(),
        "ipv6" => text.contains(':') && text.parse::<Ipv6Addr>().is_ok(),
        "cidr" => is_cidr(text),
        "mac" => is_mac(text),
        "uuid" => is_uuid(text, None, false),
        "uuid3" => is_uuid(text, Some('3'), false),
        "uuid4" => is_uuid(text, Some('4'), true),
        "uuid5" => is_uuid(text, Some('5'), true),
        "isbn" => is_isbn10(text) || is_isbn13(text),
        "isbn10" => is_isbn10(text),
        "isbn13" => is_isbn13(text),
        "creditcard" => is_credit_card(text),
        "ssn" => matches_expression(&SSN, r"^\d{3}[- ]?\d{2}[- ]?\d{4}$", text),
        "hexcolor" => matches_expression(&HEX, "^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$", text),
        "rgbcolor" => matches_expression(&RGB, RGB_EXPRESSION, text),
        "byte" => is_base64(text),
        "password" => true,
        "date" => is_date(text),
        "duration" => is_duration(text),
        "datetime" => is_date_time(text),
        "k8sshortname" => is_label(text) && text.len() <= 63,
        "k8slongname" => text.len() <= 253 && text.split('.').all(is_label),
        _ => return None,
    })
}

/// What a format looks like, for help.
pub(super) fn example(format: &str) -> Option<&'static str> {
    Some(match format {
        "uri" => "https://example.com/path",
        "email" => "someone@example.com",
        "hostname" => "shop.example.com",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "cidr" => "192.0.2.0/24",
        "mac" => "00:00:5e:00:53:01",
        "uuid" | "uuid4" => "f81d4fae-7dec-41d0-a765-00a0c91e6bf6",
        "byte" => "aGVsbG8=",
        "date" => "2026-01-31",
        "duration" => "1h30m",
        "datetime" => "2026-01-31T09:00:00Z",
        "k8sshortname" => "shop-1",
        "k8slongname" => "shop.example.com",
        _ => return None,
    })
}

static SSN: OnceLock<Option<Regexp>> = OnceLock::new();
static HEX: OnceLock<Option<Regexp>> = OnceLock::new();
static RGB: OnceLock<Option<Regexp>> = OnceLock::new();
static HOSTNAME: OnceLock<Option<Regexp>> = OnceLock::new();
static CARD: OnceLock<Option<Regexp>> = OnceLock::new();
static DURATION: OnceLock<Option<Regexp>> = OnceLock::new();
static TIME_OF_DAY: OnceLock<Option<Regexp>> = OnceLock::new();

const RGB_EXPRESSION: &str = r"^rgb\(\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*\)$";
const HOSTNAME_EXPRESSION: &str = r"^([a-zA-Z0-9\p{S}\p{L}]((-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?)|([a-zA-Z0-9\p{S}\p{L}](([a-zA-Z0-9-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?)(\.)){1,}([a-zA-Z\p{L}]){2,63})$";
const CARD_EXPRESSION: &str = r"^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|(222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11}|6[27][0-9]{14})$";

fn matches_expression(cell: &OnceLock<Option<Regexp>>, expression: &str, text: &str) -> bool {
    cell.get_or_init(|| Regexp::new(expression.as_bytes()).ok())
        .as_ref()
        .is_some_and(|expression| expression.is_match(text.as_bytes()))
}

/// Go's `url.ParseRequestURI`: absolute, or a path from the root.
fn is_request_uri(text: &str) -> bool {
    if text.is_empty()
        || text.contains('#') && text.split_once('#').is_some_and(|(before, _)| before.is_empty())
    {
        return false;
    }
    let has_scheme = text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|char: char| char.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|char| char.is_ascii_alphanumeric() || matches!(char, '+' | '-' | '.'))
    });
    (has_scheme || text.starts_with('/') || text == "*") && Url::parse(text.as_bytes()).is_ok()
}

/// Go's `mail.ParseAddress` for what people write: `someone@host`, or a name before `<someone@host>`.
fn is_email(text: &str) -> bool {
    let text = text.trim_matches([' ', '\t']);
    let address = match text.strip_suffix('>') {
        Some(inner) => match inner.rsplit_once('<') {
            Some((name, address)) if !name.contains(['<', '>', '@', ',']) => address,
            _ => return false,
        },
        None => text,
    };
    let Some((local, domain)) = address.rsplit_once('@') else {
        return false;
    };
    let is_atom_char =
        |char: char| char.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(char) || !char.is_ascii();
    let is_dot_atom = |text: &str| {
        text.split('.')
            .all(|atom| !atom.is_empty() && atom.chars().all(is_atom_char))
    };
    let is_quoted = |text: &str| {
        text.len() >= 2
            && text
                .strip_prefix('"')
                .and_then(|rest| rest.strip_suffix('"'))
                .is_some_and(|inner| {
                    !inner.is_empty()
                        && !inner
                            .replace("\\\\", "")
                            .replace("\\\"", "")
                            .contains(['"', '\\'])
                })
    };
    let is_literal = domain
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .is_some_and(|inner| inner.parse::<std::net::IpAddr>().is_ok());
    (is_dot_atom(local) || is_quoted(local)) && (is_dot_atom(domain) || is_literal)
}

fn is_hostname(text: &str) -> bool {
    text.len() <= 255
        && text.split('.').all(|label| label.len() <= 63)
        && matches_expression(&HOSTNAME, HOSTNAME_EXPRESSION, text)
}

/// An IPv4 address as `ParseIPSloppy` takes it: leading zeros are allowed.
fn sloppy_ipv4(text: &str) -> Option<Ipv4Addr> {
    let mut octets = [0u8; 4];
    let mut parts = text.split('.');
    for octet in &mut octets {
        let part = parts.next()?;
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let digits = part.trim_start_matches('0');
        *octet = if digits.is_empty() {
            0
        } else {
            digits.parse().ok()?
        };
    }
    parts.next().is_none().then(|| Ipv4Addr::from(octets))
}

fn is_cidr(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else {
        return false;
    };
    let most = if sloppy_ipv4(address).is_some() {
        32
    } else if address.parse::<Ipv6Addr>().is_ok() {
        128
    } else {
        return false;
    };
    !length.is_empty()
        && length.len() <= 3
        && length.bytes().all(|byte| byte.is_ascii_digit())
        && length.parse::<u32>().is_ok_and(|length| length <= most)
}

/// Go's `net.ParseMAC`: 6, 8 or 20 octets with colons or dashes, or dotted groups of four digits.
fn is_mac(text: &str) -> bool {
    let is_hex =
        |part: &str, len: usize| part.len() == len && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let groups = |separator: char, len: usize, counts: [usize; 3]| {
        let parts: Vec<&str> = text.split(separator).collect();
        counts.contains(&parts.len()) && parts.iter().all(|part| is_hex(part, len))
    };
    groups(':', 2, [6, 8, 20]) || groups('-', 2, [6, 8, 20]) || groups('.', 4, [3, 4, 10])
}

fn is_uuid(text: &str, version: Option<char>, variant: bool) -> bool {
    let mut digits = String::with_capacity(32);
    let mut rest = text;
    for (number, len) in [8, 4, 4, 4, 12].into_iter().enumerate() {
        if number > 0 {
            rest = rest.strip_prefix('-').unwrap_or(rest);
        }
        let Some((group, after)) = rest.split_at_checked(len) else {
            return false;
        };
        digits.push_str(group);
        rest = after;
    }
    let digit = |at: usize| {
        digits
            .as_bytes()
            .get(at)
            .map(|byte| byte.to_ascii_lowercase() as char)
    };
    rest.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        && version.is_none_or(|version| digit(12) == Some(version))
        && (!variant || digit(16).is_some_and(|digit| "89ab".contains(digit)))
}

fn digits_of(text: &str) -> Vec<u32> {
    text.chars().filter_map(|char| char.to_digit(10)).collect()
}

fn is_isbn10(text: &str) -> bool {
    let plain: String = text.chars().filter(|char| !matches!(char, '-' | ' ')).collect();
    let (Some(body), Some(last)) = (plain.get(..9), plain.get(9..)) else {
        return false;
    };
    let last = match last {
        "X" => 10,
        digit => match digit.parse::<u32>() {
            Ok(digit) if digit < 10 => digit,
            _ => return false,
        },
    };
    let digits = digits_of(body);
    let sum: u32 = digits
        .iter()
        .zip(1u32..)
        .map(|(digit, weight)| digit * weight)
        .sum();
    digits.len() == 9 && plain.len() == 10 && (sum + 10 * last).is_multiple_of(11)
}

fn is_isbn13(text: &str) -> bool {
    let plain: String = text.chars().filter(|char| !matches!(char, '-' | ' ')).collect();
    let digits = digits_of(&plain);
    let weights = [1u32, 3].into_iter().cycle();
    let sum: u32 = digits
        .iter()
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum();
    digits.len() == 13 && plain.len() == 13 && sum.is_multiple_of(10)
}

fn is_credit_card(text: &str) -> bool {
    let plain: String = text.chars().filter(char::is_ascii_digit).collect();
    if !matches_expression(&CARD, CARD_EXPRESSION, &plain) {
        return false;
    }
    let digits = digits_of(&plain);
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| match (place % 2, digit * 2) {
            (0, _) => digit,
            (_, doubled) if doubled > 9 => doubled - 9,
            (_, doubled) => doubled,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Padded standard base64 without line breaks; the empty text is none.
fn is_base64(text: &str) -> bool {
    let body = text
        .strip_suffix("==")
        .or_else(|| text.strip_suffix('='))
        .unwrap_or(text);
    !text.is_empty()
        && text.len().is_multiple_of(4)
        && body
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && super::scalar::is_time(&format!("{text}T00:00:00Z"), false)
}

fn is_date_time(text: &str) -> bool {
    let lower = text.to_lowercase();
    let mut parts = lower.split('t');
    let (Some(date), Some(time)) = (parts.next(), parts.next()) else {
        return false;
    };
    let field = |at: usize, most: &str| time.get(at..at + 2).is_some_and(|field| field <= most);
    is_date(date)
        && matches_expression(
            &TIME_OF_DAY,
            r"^([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))$",
            time,
        )
        && field(0, "23")
        && field(3, "59")
        && field(6, "59")
}

/// `time.ParseDuration`, or any text that holds a number with a unit: `3 weeks`.
fn is_duration(text: &str) -> bool {
    const SHORT: [&str; 12] = ["ns", "us", "µs", "ms", "s", "m", "h", "hr", "d", "w", "wk", "sec"];
    const LONG: [&str; 8] = ["nano", "micro", "milli", "sec", "min", "hour", "day", "week"];
    if Duration::parse(text.as_bytes()).is_ok() {
        return true;
    }
    let expression = DURATION.get_or_init(|| Regexp::new(r"((\d+)\s*([A-Za-zµ]+))".as_bytes()).ok());
    let Some(expression) = expression else {
        return false;
    };
    let mut known = false;
    for found in expression.captures_all(text.as_bytes()) {
        let part = |number: usize| found.get(number).and_then(|text| std::str::from_utf8(text).ok());
        let (Some(number), Some(unit)) = (part(2), part(3)) else {
            continue;
        };
        if number.parse::<i64>().is_err() {
            return false;
        }
        let unit = unit.to_lowercase();
        known |= SHORT.contains(&&*unit) || LONG.iter().any(|long| unit.starts_with(long));
    }
    known
}

fn is_label(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    !text.is_empty()
        && text.bytes().all(|byte| is_inner(byte) || byte == b'-')
        && text.bytes().next().is_some_and(is_inner)
        && text.bytes().next_back().is_some_and(is_inner)
}

#[cfg(test)]
mod tests {
    use super::has_format;

    #[test]
    fn formats_as_the_server_checks_them() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            (
                "uri",
                &["https://a/b", "/a", "urn:x", "*"],
                &["", "a/b", "#a", "http://a b"],
            ),
            (
                "email",
                &["a@b", "A <a@b.example>", "\"a b\"@c"],
                &["a", "@b", "a@", "a b@c"],
            ),
            (
                "hostname",
                &["a", "a-b.example", "1.example"],
                &["", "-a", "a_b", "a..b"],
            ),
            (
                "ipv4",
                &["192.0.2.1", "010.0.0.1", "::ffff:1.2.3.4"],
                &["1.2.3", "256.0.0.1", "::1"],
            ),
            ("ipv6", &["::1", "2001:db8::1"], &["1.2.3.4", "::g"]),
            (
                "cidr",
                &["10.0.0.0/8", "::/0", "10.1.2.3/08"],
                &["10.0.0.0", "10.0.0.0/33", "10.0.0.0/"],
            ),
            (
                "mac",
                &["00:00:5e:00:53:01", "0000.5e00.5301"],
                &["00:00:5e:00:53", "00-00:5e:00:53:01"],
            ),
            (
                "uuid",
                &["F81D4FAE7DEC41D0A76500A0C91E6BF6"],
                &["f81d4fae", "f81d4fae-7dec-41d0-a765-00a0c91e6bfx"],
            ),
            (
                "uuid4",
                &["f81d4fae-7dec-41d0-a765-00a0c91e6bf6"],
                &["f81d4fae-7dec-11d0-a765-00a0c91e6bf6"],
            ),
            ("isbn", &["0321751043", "978-0321751041"], &["0321751044", "978"]),
            ("creditcard", &["4111 1111 1111 1111"], &["4111 1111 1111 1112"]),
            ("hexcolor", &["#fff", "C0FFEE"], &["#ff", "red"]),
            ("rgbcolor", &["rgb(1, 2,3)"], &["rgb(256,0,0)"]),
            ("byte", &["YQ==", "YWJj"], &["", "YQ", "Y=Q="]),
            ("date", &["2026-02-28"], &["2026-02-30", "2026-2-3"]),
            (
                "datetime",
                &["2026-02-28t10:00:00z", "2026-02-28T10:00:00+01:00"],
                &["2026-02-28", "2026-02-28T24:00:00Z"],
            ),
            (
                "duration",
                &["1h30m", "3 weeks", "-1.5s", "0"],
                &["", "fast", "10"],
            ),
            ("k8sshortname", &["a-1"], &["A", "-a", "a.b", ""]),
        ];
        for (format, good, bad) in cases {
            for text in *good {
                assert_eq!(has_format(format, text), Some(true), "{format} {text}");
            }
            for text in *bad {
                assert_eq!(has_format(format, text), Some(false), "{format} {text}");
            }
        }
        assert_eq!(has_format("semver", "x"), None);
    }
}
