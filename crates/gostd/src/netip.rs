//! `netip.ParseAddr`: whether a text is an IP address, and Go's sentence about what is wrong with it.

use crate::strconv::quote;

/// What a text is when it is an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    V4,
    /// With or without a zone.
    V6,
}

/// The sentence, and the part of the text that it is about.
type Mistake<'t> = (&'static str, &'t [u8]);

/// `netip.ParseAddr`
///
/// # Errors
/// Go's sentence: `ParseAddr("x"): unable to parse IP`.
pub fn parse_addr(text: &[u8]) -> Result<Family, String> {
    let parsed = match text.iter().find(|b| matches!(b, b'.' | b':' | b'%')) {
        Some(b'.') => v4(text).map(|()| Family::V4),
        Some(b':') => v6(text).map(|()| Family::V6),
        Some(_) => Err(("missing IPv6 address", &b""[..])),
        None => Err(("unable to parse IP", &b""[..])),
    };
    parsed.map_err(|(sentence, at)| {
        let at = if at.is_empty() {
            String::new()
        } else {
            format!(" (at {})", quote(at))
        };
        format!("ParseAddr({}): {sentence}{at}", quote(text))
    })
}

/// `parseIPv4Fields`
fn v4(text: &[u8]) -> Result<(), Mistake<'_>> {
    let (mut value, mut fields, mut digits) = (0_u32, 0, 0);
    for (i, &byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                if digits == 1 && value == 0 {
                    return Err(("IPv4 field has octet with leading zero", b""));
                }
                value = value * 10 + u32::from(byte - b'0');
                digits += 1;
                if value > 255 {
                    return Err(("IPv4 field has value >255", b""));
                }
            }
            b'.' => {
                if i == 0 || i == text.len() - 1 || text[i - 1] == b'.' {
                    return Err(("IPv4 field must have at least one digit", &text[i..]));
                }
                if fields == 3 {
                    return Err(("IPv4 address too long", b""));
                }
                fields += 1;
                (value, digits) = (0, 0);
            }
            _ => return Err(("unexpected character", &text[i..])),
        }
    }
    if fields < 3 {
        return Err(("IPv4 address too short", b""));
    }
    Ok(())
}

/// `parseIPv6`
fn v6(text: &[u8]) -> Result<(), Mistake<'_>> {
    let mut rest = text;
    if let Some(zone) = memchr::memchr(b'%', text) {
        rest = &text[..zone];
        if zone + 1 == text.len() {
            return Err(("zone must be a non-empty string", b""));
        }
    }
    // Bytes of the address so far, of 16.
    let mut filled = 0;
    let mut ellipsis = false;
    if let Some(after) = rest.strip_prefix(b"::") {
        ellipsis = true;
        rest = after;
        if rest.is_empty() {
            return Ok(());
        }
    }
    while filled < 16 {
        let digits = rest.iter().take_while(|b| b.is_ascii_hexdigit()).count();
        if digits > 4 {
            return Err(("each group must have 4 or less digits", rest));
        }
        if digits == 0 {
            return Err(("each colon-separated field must have at least one digit", rest));
        }
        if rest.get(digits) == Some(&b'.') {
            if !ellipsis && filled != 12 {
                return Err((
                    "embedded IPv4 address must replace the final 2 fields of the address",
                    rest,
                ));
            }
            if filled + 4 > 16 {
                return Err((
                    "too many hex fields to fit an embedded IPv4 at the end of the address",
                    rest,
                ));
            }
            v4(rest)?;
            rest = b"";
            filled += 4;
            break;
        }
        filled += 2;
        rest = &rest[digits..];
        match rest {
            [] => break,
            [b':'] => return Err(("colon must be followed by more characters", rest)),
            [b':', after @ ..] => rest = after,
            _ => return Err(("unexpected character, want colon", rest)),
        }
        if let [b':', after @ ..] = rest {
            if ellipsis {
                return Err(("multiple :: in address", rest));
            }
            ellipsis = true;
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
    }
    if !rest.is_empty() {
        return Err(("trailing garbage after address", rest));
    }
    if filled < 16 && !ellipsis {
        return Err(("address string too short", b""));
    }
    if filled == 16 && ellipsis {
        return Err(("the :: must expand to at least one field of zeros", b""));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_addresses_as_netip() {
        assert_eq!(parse_addr(b"1.2.3.4"), Ok(Family::V4));
        for text in [
            "::",
            "::1",
            "1:2:3:4:5:6:7:8",
            "fe80::1%en0",
            "::ffff:1.2.3.4",
            "1::",
        ] {
            assert_eq!(parse_addr(text.as_bytes()), Ok(Family::V6), "{text}");
        }
        for (text, sentence) in [
            (
                ":1",
                "each colon-separated field must have at least one digit (at \":1\")",
            ),
            ("fe80:1%en0", "address string too short"),
            (
                "fe80::1.%en0",
                "IPv4 field must have at least one digit (at \".\")",
            ),
            (
                "1:2:3:4:5:6:7::8",
                "the :: must expand to at least one field of zeros",
            ),
            ("::1%", "zone must be a non-empty string"),
            ("%x", "missing IPv6 address"),
            ("1.2.3.256", "IPv4 field has value >255"),
        ] {
            assert_eq!(
                parse_addr(text.as_bytes()),
                Err(format!("ParseAddr({text:?}): {sentence}"))
            );
        }
    }
}
