//! Masterminds semver v3.5: versions that may be coerced, and constraints.
//!
//! Follows `version.go` and `constraints.go`; Cargo's and npm's rules differ. Bounds are upstream's: 256 bytes of a
//! version, 512 of a constraint, 32 groups.

use std::cmp::Ordering;
use std::fmt;

use crate::strconv;

/// Why a version or constraint was refused; displays as upstream's sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

fn error<T>(message: impl Into<String>) -> Result<T, Error> {
    Err(Error(message.into()))
}

const MAX_VERSION: usize = 256;
const MAX_CONSTRAINT: usize = 512;
const MAX_GROUPS: usize = 32;

/// A version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Version {
    pub major: u64,
    pub minor: u64,
    pub patch: u64,
    /// Without the `-`; empty for a release.
    pub prerelease: String,
    /// Build metadata without the `+`.
    pub metadata: String,
    /// As it was written.
    pub original: String,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.prerelease.is_empty() {
            write!(f, "-{}", self.prerelease)?;
        }
        if !self.metadata.is_empty() {
            write!(f, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

impl Version {
    /// `NewVersion`: `v1`, `1.2` and leading zeros are accepted.
    ///
    /// # Errors
    /// Upstream's.
    pub fn new(text: &[u8]) -> Result<Self, Error> {
        if text.len() > MAX_VERSION {
            return error("version string is too long (max 256 bytes)");
        }
        let Some((loose, [])) = Loose::scan(text, false) else {
            return error("invalid semantic version");
        };
        let segment = |digits: &[u8]| {
            if digits.is_empty() {
                return Ok(0);
            }
            strconv::parse_uint(digits, 10, 64)
                .map_err(|e| Error(format!("error parsing version segment: {e}")))
        };
        let version = Self {
            major: segment(loose.numbers[0])?,
            minor: segment(loose.numbers[1])?,
            patch: segment(loose.numbers[2])?,
            prerelease: String::from_utf8_lossy(loose.prerelease).into_owned(),
            metadata: String::from_utf8_lossy(loose.metadata).into_owned(),
            original: String::from_utf8_lossy(text).into_owned(),
        };
        if !version.prerelease.is_empty() {
            validate_prerelease(&version.prerelease)?;
        }
        Ok(version)
    }

    /// `StrictNewVersion`: the whole `MAJOR.MINOR.PATCH` of the specification.
    ///
    /// # Errors
    /// Upstream's.
    pub fn strict(text: &str) -> Result<Self, Error> {
        if text.is_empty() {
            return error("version string empty");
        }
        if text.len() > MAX_VERSION {
            return error("version string is too long (max 256 bytes)");
        }
        let parts: Vec<&str> = text.splitn(3, '.').collect();
        let &[major, minor, rest] = parts.as_slice() else {
            return error("invalid semantic version");
        };
        let (rest, metadata) = rest.split_once('+').map_or((rest, None), |(r, m)| (r, Some(m)));
        if let Some(metadata) = metadata
            && !metadata
                .split('.')
                .all(|part| !part.is_empty() && identifier(part))
        {
            return error("invalid metadata string");
        }
        let (patch, prerelease) = rest.split_once('-').map_or((rest, None), |(r, p)| (r, Some(p)));
        if let Some(prerelease) = prerelease {
            validate_prerelease(prerelease)?;
        }
        for part in [major, minor, patch] {
            if !part.bytes().all(|b| b.is_ascii_digit()) {
                return error("invalid characters in version");
            }
            if part.len() > 1 && part.starts_with('0') {
                return error("version segment starts with 0");
            }
        }
        let segment =
            |part: &str| strconv::parse_uint(part.as_bytes(), 10, 64).map_err(|e| Error(e.to_string()));
        Ok(Self {
            major: segment(major)?,
            minor: segment(minor)?,
            patch: segment(patch)?,
            prerelease: prerelease.unwrap_or_default().to_owned(),
            metadata: metadata.unwrap_or_default().to_owned(),
            original: text.to_owned(),
        })
    }

    /// Precedence; metadata does not count.
    pub fn compare(&self, other: &Self) -> Ordering {
        (self.major, self.minor, self.patch)
            .cmp(&(other.major, other.minor, other.patch))
            .then_with(|| match (self.prerelease.as_str(), other.prerelease.as_str()) {
                ("", "") => Ordering::Equal,
                ("", _) => Ordering::Greater,
                (_, "") => Ordering::Less,
                (a, b) => compare_prerelease(a, b),
            })
    }
}

fn identifier(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// `validatePrerelease`: identifiers of digits do not begin with 0.
fn validate_prerelease(text: &str) -> Result<(), Error> {
    for part in text.split('.') {
        if part.is_empty() {
            return error("invalid prerelease string");
        }
        if part.bytes().all(|b| b.is_ascii_digit()) {
            if part.len() > 1 && part.starts_with('0') {
                return error("version segment starts with 0");
            }
        } else if !identifier(part) {
            return error("invalid prerelease string");
        }
    }
    Ok(())
}

/// `comparePrerelease`
fn compare_prerelease(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let (x, y) = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (x, y) => (x.unwrap_or(""), y.unwrap_or("")),
        };
        let part = compare_part(x, y);
        if part != Ordering::Equal {
            return part;
        }
    }
}

/// `comparePrePart`
fn compare_part(a: &str, b: &str) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    if a.is_empty() {
        return Ordering::Less;
    }
    if b.is_empty() {
        return Ordering::Greater;
    }
    let number = |text: &str| strconv::parse_uint(text.as_bytes(), 10, 64).ok();
    match (number(a), number(b)) {
        (None, None) => a.cmp(b),
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(a), Some(b)) if a > b => Ordering::Greater,
        // As upstream: equal numbers written otherwise count as less.
        (Some(_), Some(_)) => Ordering::Less,
    }
}

/// What the loose expressions of upstream match at the start of a text.
struct Loose<'t> {
    /// The dots are not part of them; empty where absent.
    numbers: [&'t [u8]; 3],
    prerelease: &'t [u8],
    metadata: &'t [u8],
    /// All of it.
    text: &'t [u8],
}

impl<'t> Loose<'t> {
    /// Greedy, as the expressions are: `v?N(.N)?(.N)?(-IDS)?(+IDS)?`. With `wild`, N may have `x`, `X`, `*` and `|`.
    fn scan(whole: &'t [u8], wild: bool) -> Option<(Self, &'t [u8])> {
        let mut text = whole.strip_prefix(b"v").unwrap_or(whole);
        let digit = |b: &u8| b.is_ascii_digit() || wild && matches!(b, b'x' | b'X' | b'*' | b'|');
        let run = |text: &'t [u8]| text.iter().take_while(|b| digit(b)).count();
        let mut numbers: [&[u8]; 3] = [b""; 3];
        let first = run(text);
        if first == 0 {
            return None;
        }
        (numbers[0], text) = text.split_at(first);
        for number in &mut numbers[1..] {
            let Some(after) = text.strip_prefix(b".") else {
                break;
            };
            let length = run(after);
            if length == 0 {
                break;
            }
            (*number, text) = after.split_at(length);
        }
        let (mut prerelease, mut metadata): (&[u8], &[u8]) = (b"", b"");
        if let Some((ids, rest)) = text.strip_prefix(b"-").and_then(identifiers) {
            (prerelease, text) = (ids, rest);
        }
        if let Some((ids, rest)) = text.strip_prefix(b"+").and_then(identifiers) {
            (metadata, text) = (ids, rest);
        }
        let loose = Self {
            numbers,
            prerelease,
            metadata,
            text: &whole[..whole.len() - text.len()],
        };
        Some((loose, text))
    }
}

/// `[0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*`, greedy.
fn identifiers(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let run = |text: &[u8]| {
        text.iter()
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'-')
            .count()
    };
    let mut end = run(text);
    if end == 0 {
        return None;
    }
    while text.get(end) == Some(&b'.') {
        let more = run(&text[end + 1..]);
        if more == 0 {
            break;
        }
        end += 1 + more;
    }
    Some(text.split_at(end))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    TildeOrEqual,
    NotEqual,
    Greater,
    Less,
    GreaterEqual,
    LessEqual,
    Tilde,
    Caret,
}

#[derive(Debug, Clone)]
struct Constraint {
    version: Version,
    operator: Operator,
    /// Any part was a wildcard or absent.
    dirty: bool,
    minor_dirty: bool,
    patch_dirty: bool,
}

/// A constraint: groups, of which one must hold whole.
#[derive(Debug, Clone)]
pub struct Constraints {
    groups: Vec<Group>,
}

#[derive(Debug, Clone)]
struct Group {
    constraints: Vec<Constraint>,
    /// A prerelease is considered only by groups that name one.
    prerelease: bool,
}

fn space(b: &u8) -> bool {
    // RE2's \s
    matches!(b, b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

fn skip_space(text: &[u8]) -> &[u8] {
    let spaces = text.iter().take_while(|b| space(b)).count();
    &text[spaces..]
}

impl Constraints {
    /// `NewConstraint`
    ///
    /// # Errors
    /// Upstream's.
    pub fn new(text: &[u8]) -> Result<Self, Error> {
        if text.len() > MAX_CONSTRAINT {
            return error("constraint string is too long (max 512 bytes)");
        }
        let text = rewrite_ranges(text);
        let mut groups = Vec::new();
        let mut rest = Some(&text[..]);
        while let Some(text) = rest {
            let group = match memchr::memmem::find(text, b"||") {
                Some(end) => {
                    rest = Some(&text[end + 2..]);
                    &text[..end]
                }
                None => {
                    rest = None;
                    text
                }
            };
            groups.push(group);
        }
        if groups.len() > MAX_GROUPS {
            return error("too many constraint groups (max 32)");
        }
        let groups = groups.into_iter().map(Group::new).collect::<Result<_, _>>()?;
        Ok(Self { groups })
    }

    /// `Check`
    pub fn check(&self, version: &Version) -> bool {
        self.groups.iter().any(|group| {
            group.constraints.iter().all(|constraint| {
                (version.prerelease.is_empty() || group.prerelease) && constraint.check(version)
            })
        })
    }
}

/// `rewriteRange`: `1.2 - 1.4` becomes `>= 1.2, <= 1.4`.
fn rewrite_ranges(text: &[u8]) -> Vec<u8> {
    use std::sync::LazyLock;

    use crate::regexp::Regexp;

    const VERSION: &str = r"v?([0-9|x|X|\*]+)(\.[0-9|x|X|\*]+)?(\.[0-9|x|X|\*]+)?(-([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?(\+([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?";
    static RANGE: LazyLock<Option<Regexp>> =
        LazyLock::new(|| Regexp::new(format!(r"\s*({VERSION})\s+-\s+({VERSION})\s*").as_bytes()).ok());

    let mut out = text.to_vec();
    if !text
        .windows(3)
        .any(|w| space(&w[0]) && w[1] == b'-' && space(&w[2]))
    {
        return out;
    }
    let Some(range) = RANGE.as_ref() else { return out };
    for groups in range.captures_all(text) {
        let (whole, from, to) = (groups[0], groups[1], groups[11]);
        let replacement = [b">= ", from, b", <= ", to, b" "].concat();
        if let Some(at) = memchr::memmem::find(&out, whole) {
            out.splice(at..at + whole.len(), replacement);
        }
    }
    out
}

impl Group {
    fn new(text: &[u8]) -> Result<Self, Error> {
        let improper = || Error(format!("improper constraint: {}", strconv::quote(text)));
        let mut scanned = Vec::new();
        let mut rest = text;
        loop {
            let (operator, after) = Operator::scan(skip_space(rest));
            let (loose, after) = Loose::scan(skip_space(after), true).ok_or_else(improper)?;
            scanned.push((operator, loose));
            let trimmed = skip_space(after);
            if trimmed.is_empty() {
                break;
            }
            rest = match trimmed.strip_prefix(b",") {
                Some(rest) => rest,
                None if trimmed.len() < after.len() => trimmed,
                None => return Err(improper()),
            };
        }
        // Only a group that is well formed as a whole is looked at in its parts.
        let constraints = scanned
            .into_iter()
            .map(|(operator, loose)| Constraint::new(operator, &loose))
            .collect::<Result<Vec<_>, _>>()?;
        let prerelease = constraints.iter().any(|c| !c.version.prerelease.is_empty());
        Ok(Self {
            constraints,
            prerelease,
        })
    }
}

impl Operator {
    fn scan(text: &[u8]) -> (Self, &[u8]) {
        for (symbol, operator) in [
            (&b"!="[..], Self::NotEqual),
            (b">=", Self::GreaterEqual),
            (b"=>", Self::GreaterEqual),
            (b"<=", Self::LessEqual),
            (b"=<", Self::LessEqual),
            (b"~>", Self::Tilde),
            (b"=", Self::TildeOrEqual),
            (b">", Self::Greater),
            (b"<", Self::Less),
            (b"~", Self::Tilde),
            (b"^", Self::Caret),
        ] {
            if let Some(rest) = text.strip_prefix(symbol) {
                return (operator, rest);
            }
        }
        (Self::TildeOrEqual, text)
    }
}

impl Constraint {
    fn new(operator: Operator, loose: &Loose<'_>) -> Result<Self, Error> {
        let wild = |number: &[u8]| matches!(number, b"" | b"x" | b"X" | b"*");
        let [major, minor, patch] = loose.numbers;
        let mut constraint = Self {
            version: Version {
                major: 0,
                minor: 0,
                patch: 0,
                prerelease: String::new(),
                metadata: String::new(),
                original: String::new(),
            },
            operator,
            dirty: true,
            minor_dirty: false,
            patch_dirty: false,
        };
        let numbers: [&[u8]; 3] = if wild(major) {
            [b"0", b"0", b"0"]
        } else if wild(minor) {
            constraint.minor_dirty = true;
            [major, b"0", b"0"]
        } else if wild(patch) {
            constraint.patch_dirty = true;
            [major, minor, b"0"]
        } else {
            constraint.dirty = false;
            [major, minor, patch]
        };
        let text = if constraint.dirty {
            let mut text = numbers.join(&b'.');
            if !loose.prerelease.is_empty() {
                text.push(b'-');
                text.extend_from_slice(loose.prerelease);
            }
            text
        } else {
            loose.text.to_vec()
        };
        constraint.version = Version::new(&text).map_err(|_| Error("constraint parser error".to_owned()))?;
        Ok(constraint)
    }

    fn check(&self, v: &Version) -> bool {
        let c = &self.version;
        match self.operator {
            Operator::TildeOrEqual if self.dirty => self.tilde(v),
            Operator::TildeOrEqual => v.compare(c).is_eq(),
            Operator::Tilde => self.tilde(v),
            Operator::Caret => self.caret(v),
            Operator::NotEqual => {
                if self.dirty {
                    if c.major != v.major || c.minor != v.minor && !self.minor_dirty {
                        return true;
                    }
                    if self.minor_dirty {
                        return false;
                    }
                    if c.patch != v.patch && !self.patch_dirty {
                        return true;
                    }
                    if self.patch_dirty {
                        return compare_prerelease(&v.prerelease, &c.prerelease).is_ne();
                    }
                }
                v.compare(c).is_ne()
            }
            Operator::Greater => {
                if !self.dirty || v.major == c.major && !self.minor_dirty && !self.patch_dirty {
                    return v.compare(c).is_gt();
                }
                match v.major.cmp(&c.major) {
                    Ordering::Greater => true,
                    Ordering::Less => false,
                    Ordering::Equal => !self.minor_dirty && v.minor > c.minor,
                }
            }
            Operator::Less => v.compare(c).is_lt(),
            Operator::GreaterEqual => v.compare(c).is_ge(),
            Operator::LessEqual => {
                if self.dirty {
                    v.major < c.major || v.major == c.major && (v.minor <= c.minor || self.minor_dirty)
                } else {
                    v.compare(c).is_le()
                }
            }
        }
    }

    fn tilde(&self, v: &Version) -> bool {
        let c = &self.version;
        if v.compare(c).is_lt() {
            return false;
        }
        // `*`, and upstream's oddity: `~0.0.0` too.
        if (c.major, c.minor, c.patch) == (0, 0, 0) && !self.minor_dirty && !self.patch_dirty {
            return true;
        }
        v.major == c.major && (v.minor == c.minor || self.minor_dirty)
    }

    fn caret(&self, v: &Version) -> bool {
        let c = &self.version;
        if v.compare(c).is_lt() {
            return false;
        }
        if c.major > 0 || self.minor_dirty {
            return v.major == c.major;
        }
        if v.major > 0 {
            return false;
        }
        if c.minor > 0 || self.patch_dirty {
            return v.minor == c.minor;
        }
        v.minor == 0 && v.patch == c.patch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(constraint: &str, version: &str) -> bool {
        let version = Version::new(version.as_bytes()).unwrap();
        Constraints::new(constraint.as_bytes()).unwrap().check(&version)
    }

    #[test]
    fn constraints_as_upstream() {
        for (constraint, version, expected) in [
            (">=1.19-0", "v1.37.0", true),
            ("^1.2", "1.9.9", true),
            ("^0.2.3", "0.3.0", false),
            ("~1.2.3", "1.2.9", true),
            ("1.2 - 1.4", "1.3.7", true),
            ("1.2 - 1.4.5", "1.4.6", false),
            (">1.1, <2 || >3", "4.0.0", true),
            (">3", "3.5.0", false),
            ("1.x", "1.9.0", true),
            ("*", "1.0.0-beta", false),
            (">= 1.0.0-0", "1.0.0-beta", true),
            ("!=1.x", "2.0.0", true),
            ("<1.2 >1", "1.1.0", false),
        ] {
            assert_eq!(holds(constraint, version), expected, "{constraint} {version}");
        }
    }

    #[test]
    fn errors_as_upstream() {
        assert_eq!(
            Version::new(b"a.b").unwrap_err().to_string(),
            "invalid semantic version"
        );
        assert_eq!(
            Version::new(b"1.2.3-01").unwrap_err().to_string(),
            "version segment starts with 0"
        );
        assert_eq!(
            Constraints::new(b"foo").unwrap_err().to_string(),
            "improper constraint: \"foo\""
        );
        assert_eq!(
            Constraints::new(b"").unwrap_err().to_string(),
            "improper constraint: \"\""
        );
        assert_eq!(
            Version::strict("1.2").unwrap_err().to_string(),
            "invalid semantic version"
        );
    }
}
