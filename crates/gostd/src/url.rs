//! Go's `net/url`, as far as Sprig and Helm show it: `Parse`, `String`, query escapes.

use std::fmt;

use crate::netip::{self, Family};
use crate::strconv::quote;

/// Why a text is not a URL; displays as Go's sentence, `parse "…": …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// User name and password, decoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Userinfo {
    pub username: Vec<u8>,
    pub password: Option<Vec<u8>>,
}

impl Userinfo {
    /// `Userinfo.String`: escaped again.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = escape(&self.username, Mode::User);
        if let Some(password) = &self.password {
            out.push(b':');
            out.extend_from_slice(&escape(password, Mode::User));
        }
        out
    }
}

/// A URL in its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Url {
    pub scheme: Vec<u8>,
    pub opaque: Vec<u8>,
    pub user: Option<Userinfo>,
    /// With the port.
    pub host: Vec<u8>,
    /// Decoded.
    pub path: Vec<u8>,
    /// As written, when that is not the default encoding of `path`.
    pub raw_path: Vec<u8>,
    pub raw_query: Vec<u8>,
    /// A `?` without a query.
    pub force_query: bool,
    /// `scheme:/path`: no authority.
    pub omit_host: bool,
    /// Decoded.
    pub fragment: Vec<u8>,
    /// As written, when that is not the default encoding of `fragment`.
    pub raw_fragment: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Path,
    User,
    Host,
    Zone,
    Query,
    Fragment,
}

fn must_escape(c: u8, mode: Mode) -> bool {
    if c.is_ascii_alphanumeric() {
        return false;
    }
    if matches!(mode, Mode::Host | Mode::Zone) && br#"!$&'()*+,;=:[]<>""#.contains(&c) {
        return false;
    }
    match c {
        b'-' | b'_' | b'.' | b'~' => false,
        b'$' | b'&' | b'+' | b',' | b'/' | b':' | b';' | b'=' | b'?' | b'@' => match mode {
            Mode::Path => c == b'?',
            Mode::User => matches!(c, b'@' | b'/' | b'?' | b':'),
            Mode::Query | Mode::Host | Mode::Zone => true,
            Mode::Fragment => false,
        },
        b'!' | b'(' | b')' | b'*' if mode == Mode::Fragment => false,
        _ => true,
    }
}

fn escape(text: &[u8], mode: Mode) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &c in text {
        if c == b' ' && mode == Mode::Query {
            out.push(b'+');
        } else if must_escape(c, mode) {
            out.extend_from_slice(format!("%{c:02X}").as_bytes());
        } else {
            out.push(c);
        }
    }
    out
}

/// `url.QueryEscape`
pub fn query_escape(text: &[u8]) -> Vec<u8> {
    escape(text, Mode::Query)
}

fn hex(text: &[u8]) -> Option<u8> {
    let digit = |b: u8| char::from(b).to_digit(16);
    match text {
        [high, low, ..] => u8::try_from(digit(*high)? * 16 + digit(*low)?).ok(),
        _ => None,
    }
}

fn unescape(text: &[u8], mode: Mode) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(text.len());
    let mut i = 0;
    while i < text.len() {
        let c = text[i];
        if c == b'%' {
            let escape_error = || {
                let sequence = &text[i..text.len().min(i + 3)];
                format!("invalid URL escape {}", quote(sequence))
            };
            let value = hex(&text[i + 1..]).ok_or_else(escape_error)?;
            let percent = &text[i..i + 3] == b"%25";
            if mode == Mode::Host && value < 0x80 && !percent
                || mode == Mode::Zone && !percent && value != b' ' && must_escape(value, Mode::Host)
            {
                return Err(escape_error());
            }
            out.push(value);
            i += 3;
            continue;
        }
        if c == b'+' && mode == Mode::Query {
            out.push(b' ');
        } else if matches!(mode, Mode::Host | Mode::Zone) && c < 0x80 && must_escape(c, mode) {
            return Err(format!("invalid character {} in host name", quote(&[c])));
        } else {
            out.push(c);
        }
        i += 1;
    }
    Ok(out)
}

fn cut(text: &[u8], at: u8) -> (&[u8], Option<&[u8]>) {
    match memchr::memchr(at, text) {
        Some(i) => (&text[..i], Some(&text[i + 1..])),
        None => (text, None),
    }
}

/// The scheme and what follows it.
fn scheme(text: &[u8]) -> Result<(&[u8], &[u8]), String> {
    for (i, c) in text.iter().enumerate() {
        match c {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if i > 0 => {}
            b':' if i == 0 => return Err("missing protocol scheme".to_owned()),
            b':' => return Ok((&text[..i], &text[i + 1..])),
            _ => break,
        }
    }
    Ok((b"", text))
}

fn valid_port(port: &[u8]) -> bool {
    match port.split_first() {
        None => true,
        Some((b':', digits)) => digits.iter().all(u8::is_ascii_digit),
        Some(_) => false,
    }
}

fn host(scheme: &[u8], host: &[u8]) -> Result<Vec<u8>, String> {
    let bad_port = |port: &[u8]| format!("invalid port {} after host", quote(port));
    match memchr::memrchr(b'[', host) {
        Some(0) => {}
        Some(_) => return Err("invalid IP-literal".to_owned()),
        None => {
            if let Some(first) = memchr::memchr(b':', host) {
                let last = memchr::memrchr(b':', host).unwrap_or(first);
                let strict = matches!(scheme, b"http" | b"https");
                let port = &host[if strict { first } else { last }..];
                if !valid_port(port) {
                    return Err(bad_port(port));
                }
            }
            return unescape(host, Mode::Host);
        }
    }
    let Some(close) = memchr::memrchr(b']', host) else {
        return Err("missing ']' in host".to_owned());
    };
    let port = &host[close + 1..];
    if !valid_port(port) {
        return Err(bad_port(port));
    }
    let name = &host[1..close];
    let name = match memchr::memmem::find(name, b"%25") {
        Some(zone) => [
            unescape(&name[..zone], Mode::Host)?,
            unescape(&name[zone..], Mode::Zone)?,
        ]
        .concat(),
        None => unescape(name, Mode::Host)?,
    };
    match netip::parse_addr(&name) {
        Ok(Family::V6) => {}
        Ok(Family::V4) => return Err("invalid IP-literal".to_owned()),
        Err(sentence) => return Err(format!("invalid host: {sentence}")),
    }
    Ok([b"[", &name[..], b"]", port].concat())
}

fn authority(scheme: &[u8], text: &[u8]) -> Result<(Option<Userinfo>, Vec<u8>), String> {
    let Some(at) = memchr::memrchr(b'@', text) else {
        return Ok((None, host(scheme, text)?));
    };
    let host = host(scheme, &text[at + 1..])?;
    let user = &text[..at];
    if !user
        .iter()
        .all(|b| b.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(b))
    {
        return Err("net/url: invalid userinfo".to_owned());
    }
    let (username, password) = cut(user, b':');
    let user = Userinfo {
        username: unescape(username, Mode::User)?,
        password: password
            .map(|password| unescape(password, Mode::User))
            .transpose()?,
    };
    Ok((Some(user), host))
}

impl Url {
    /// `url.Parse`
    ///
    /// # Errors
    /// It is not a URL.
    pub fn parse(text: &[u8]) -> Result<Self, Error> {
        let (before, fragment) = cut(text, b'#');
        let failed = |at: &[u8]| {
            let at = quote(at);
            move |message: String| Error(format!("parse {at}: {message}"))
        };
        let mut url = Self::without_fragment(before).map_err(failed(before))?;
        if let Some(fragment) = fragment {
            url.fragment = unescape(fragment, Mode::Fragment).map_err(failed(text))?;
            if escape(&url.fragment, Mode::Fragment) != fragment {
                url.raw_fragment = fragment.to_vec();
            }
        }
        Ok(url)
    }

    fn without_fragment(text: &[u8]) -> Result<Self, String> {
        if text.iter().any(|&b| b < b' ' || b == 0x7f) {
            return Err("net/url: invalid control character in URL".to_owned());
        }
        let mut url = Self::default();
        if text == b"*" {
            url.path = text.to_vec();
            return Ok(url);
        }
        let (scheme, mut rest) = scheme(text)?;
        url.scheme = scheme.to_ascii_lowercase();
        if rest.ends_with(b"?") && memchr::memchr_iter(b'?', rest).count() == 1 {
            url.force_query = true;
            rest = &rest[..rest.len() - 1];
        } else if let (path, Some(query)) = cut(rest, b'?') {
            url.raw_query = query.to_vec();
            rest = path;
        }
        if !rest.starts_with(b"/") {
            if !url.scheme.is_empty() {
                url.opaque = rest.to_vec();
                return Ok(url);
            }
            if cut(rest, b'/').0.contains(&b':') {
                return Err("first path segment in URL cannot contain colon".to_owned());
            }
        }
        if rest.starts_with(b"//") && (!url.scheme.is_empty() || !rest.starts_with(b"///")) {
            let after = &rest[2..];
            let end = memchr::memchr(b'/', after).unwrap_or(after.len());
            (url.user, url.host) = authority(&url.scheme, &after[..end])?;
            rest = &after[end..];
        } else if !url.scheme.is_empty() && rest.starts_with(b"/") {
            url.omit_host = true;
        }
        url.path = unescape(rest, Mode::Path)?;
        if escape(&url.path, Mode::Path) != rest {
            url.raw_path = rest.to_vec();
        }
        Ok(url)
    }

    /// `Hostname`: without port and brackets.
    pub fn hostname(&self) -> &[u8] {
        let mut host = &self.host[..];
        if let Some(colon) = memchr::memrchr(b':', host)
            && valid_port(&host[colon..])
        {
            host = &host[..colon];
        }
        host.strip_prefix(b"[")
            .and_then(|h| h.strip_suffix(b"]"))
            .unwrap_or(host)
    }

    /// `String`
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if !self.scheme.is_empty() {
            out.extend_from_slice(&self.scheme);
            out.push(b':');
        }
        if self.opaque.is_empty() {
            let authority = !self.scheme.is_empty() || !self.host.is_empty() || self.user.is_some();
            let bare = self.omit_host && self.host.is_empty() && self.user.is_none();
            if authority && !bare {
                if !self.host.is_empty() || !self.path.is_empty() || self.user.is_some() {
                    out.extend_from_slice(b"//");
                }
                if let Some(user) = &self.user {
                    out.extend_from_slice(&user.to_bytes());
                    out.push(b'@');
                }
                out.extend_from_slice(&escape(&self.host, Mode::Host));
            }
            let path = encoded(&self.path, &self.raw_path, Mode::Path);
            if !path.is_empty() && path[0] != b'/' && !self.host.is_empty() {
                out.push(b'/');
            }
            if out.is_empty() && cut(&path, b'/').0.contains(&b':') {
                out.extend_from_slice(b"./");
            }
            out.extend_from_slice(&path);
        } else {
            out.extend_from_slice(&self.opaque);
        }
        if self.force_query || !self.raw_query.is_empty() {
            out.push(b'?');
            out.extend_from_slice(&self.raw_query);
        }
        if !self.fragment.is_empty() {
            out.push(b'#');
            out.extend_from_slice(&encoded(&self.fragment, &self.raw_fragment, Mode::Fragment));
        }
        out
    }
}

/// The raw form where it is a valid encoding of the decoded one.
fn encoded(decoded: &[u8], raw: &[u8], mode: Mode) -> Vec<u8> {
    let valid = |c: &u8| b"!$&'()*+,;=:@[]%".contains(c) || !must_escape(*c, mode);
    if !raw.is_empty() && raw.iter().all(valid) && unescape(raw, mode).is_ok_and(|text| text == decoded) {
        return raw.to_vec();
    }
    if mode == Mode::Path && decoded == b"*" {
        return b"*".to_vec();
    }
    escape(decoded, mode)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_as_in_go() {
        for (text, printed) in [
            (
                "http://user:p%40ss@h:80/a%2fb?q=1#f%20g",
                "http://user:p%40ss@h:80/a%2fb?q=1#f%20g",
            ),
            ("HTTP://h/ä", "http://h/%C3%A4"),
            ("mailto:a@b", "mailto:a@b"),
            ("http://[::1]:80/", "http://[::1]:80/"),
            ("//h/p?", "//h/p?"),
            ("a/b:c", "a/b:c"),
        ] {
            let url = Url::parse(text.as_bytes()).unwrap();
            assert_eq!(String::from_utf8_lossy(&url.to_bytes()), printed);
        }
        for (text, message) in [
            (
                "http://a b/",
                "parse \"http://a b/\": invalid character \" \" in host name",
            ),
            (":x", "parse \":x\": missing protocol scheme"),
            ("a:b:c/%zz", ""),
            ("/%zz", "parse \"/%zz\": invalid URL escape \"%zz\""),
            (
                "http://h:x/",
                "parse \"http://h:x/\": invalid port \":x\" after host",
            ),
        ] {
            let error = Url::parse(text.as_bytes()).map_or_else(|e| e.to_string(), |_| String::new());
            assert_eq!(error, message);
        }
        assert_eq!(Url::parse(b"http://[::1]:80/").unwrap().hostname(), b"::1");
        assert_eq!(query_escape(b"a b&c"), b"a+b%26c");
    }
}
