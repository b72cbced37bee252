//! Versions and ranges of versions, as Helm's charts write them.
//!
//! Upstream: `github.com/Masterminds/semver/v3` 3.5.0 with its defaults (leading zeros and missing parts are taken), and
//! `IsCompatibleRange` of `pkg/chart/v2/util/compatible.go`.

use std::cmp::Ordering;

/// The longest range that is read. Upstream: `MaxConstraintLen`.
const MAX_RANGE: usize = 512;
/// The longest version that is read. Upstream: `MaxVersionLen`.
const MAX_VERSION: usize = 256;
/// The most alternatives of a range. Upstream: `MaxConstraintGroups`.
const MAX_ALTERNATIVES: usize = 32;

/// Whether a version is in a range; false when either cannot be read.
pub fn is_compatible_range(range: &str, version: &str) -> bool {
    Version::parse(version)
        .zip(parse_range(range))
        .is_some_and(|(version, range)| {
            range.iter().any(|all| {
                let prereleases = all
                    .iter()
                    .any(|constraint| !constraint.version.prerelease.is_empty());
                all.iter()
                    .all(|constraint| constraint.admits(&version, prereleases))
            })
        })
}

/// Whether a text is a version.
pub(super) fn is_version(text: &str) -> bool {
    Version::parse(text).is_some()
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Version {
    numbers: [u64; 3],
    prerelease: String,
}

impl Version {
    fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_VERSION {
            return None;
        }
        let parts = Parts::parse(text, |byte| byte.is_ascii_digit())?;
        let mut numbers = [0; 3];
        for (number, part) in numbers.iter_mut().zip(&parts.core) {
            if !part.is_empty() {
                *number = part.parse().ok()?;
            }
        }
        // A numeric identifier has no leading zero.
        let well_formed =
            |id: &str| !(id.len() > 1 && id.starts_with('0') && id.bytes().all(|byte| byte.is_ascii_digit()));
        parts.prerelease.split('.').all(well_formed).then(|| Self {
            numbers,
            prerelease: parts.prerelease.to_owned(),
        })
    }

    fn cmp(&self, other: &Self) -> Ordering {
        self.numbers.cmp(&other.numbers).then_with(|| {
            match (self.prerelease.as_str(), other.prerelease.as_str()) {
                ("", "") => Ordering::Equal,
                ("", _) => Ordering::Greater,
                (_, "") => Ordering::Less,
                (own, other) => cmp_prerelease(own, other),
            }
        })
    }
}

fn cmp_prerelease(own: &str, other: &str) -> Ordering {
    let mut own = own.split('.');
    let mut other = other.split('.');
    loop {
        let order = match (own.next(), other.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(own), Some(other)) => match (own.parse::<u64>(), other.parse::<u64>()) {
                (Ok(own), Ok(other)) => own.cmp(&other),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => own.cmp(other),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// `v1.2.3-pre+meta`, taken apart.
struct Parts<'t> {
    core: [&'t str; 3],
    prerelease: &'t str,
}

impl<'t> Parts<'t> {
    fn parse(text: &'t str, in_number: impl Fn(u8) -> bool) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (text, metadata) = match text.split_once('+') {
            Some((text, metadata)) => (text, Some(metadata)),
            None => (text, None),
        };
        let (text, prerelease) = match text.split_once('-') {
            Some((text, prerelease)) => (text, Some(prerelease)),
            None => (text, None),
        };
        let is_identifiers = |text: &str| {
            text.split('.').all(|id| {
                !id.is_empty()
                    && id
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            })
        };
        if !prerelease.is_none_or(is_identifiers) || !metadata.is_none_or(is_identifiers) {
            return None;
        }
        let mut core = [""; 3];
        for (index, part) in text.split('.').enumerate() {
            if part.is_empty() || !part.bytes().all(&in_number) {
                return None;
            }
            *core.get_mut(index)? = part;
        }
        Some(Self {
            core,
            prerelease: prerelease.unwrap_or_default(),
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterEqual,
    LessEqual,
    Tilde,
    Caret,
}

/// The longer before those that they begin with.
const OPERATORS: [(&str, Operator); 11] = [
    ("!=", Operator::NotEqual),
    (">=", Operator::GreaterEqual),
    ("=>", Operator::GreaterEqual),
    ("<=", Operator::LessEqual),
    ("=<", Operator::LessEqual),
    ("~>", Operator::Tilde),
    ("=", Operator::Equal),
    (">", Operator::Greater),
    ("<", Operator::Less),
    ("~", Operator::Tilde),
    ("^", Operator::Caret),
];

#[derive(Debug)]
struct Constraint {
    operator: Operator,
    version: Version,
    /// Some part is missing or a wildcard.
    dirty: bool,
    minor_dirty: bool,
    patch_dirty: bool,
}

/// Alternatives of constraints that must all hold.
fn parse_range(range: &str) -> Option<Vec<Vec<Constraint>>> {
    if range.len() > MAX_RANGE {
        return None;
    }
    let range = rewrite_hyphens(range);
    let alternatives: Vec<&str> = range.split("||").collect();
    if alternatives.len() > MAX_ALTERNATIVES {
        return None;
    }
    alternatives.into_iter().map(parse_all).collect()
}

/// `1.2 - 2.3` as `>=1.2, <=2.3`.
fn rewrite_hyphens(range: &str) -> String {
    if !range.contains(" - ") {
        return range.to_owned();
    }
    let mut out: Vec<String> = Vec::new();
    let mut words = range.split_whitespace().peekable();
    while let Some(word) = words.next() {
        if words.peek() == Some(&"-") {
            words.next();
            let end = words.next().unwrap_or_default();
            out.push(format!(">={word}, <={end}"));
        } else {
            out.push(word.to_owned());
        }
    }
    out.join(" ")
}

fn parse_all(text: &str) -> Option<Vec<Constraint>> {
    let mut constraints = Vec::new();
    let mut rest = text.trim_start();
    loop {
        let (operator, after) = OPERATORS
            .iter()
            .find_map(|(sign, operator)| Some((*operator, rest.strip_prefix(sign)?)))
            .unwrap_or((Operator::Equal, rest));
        let after = after.trim_start();
        let end = after
            .find(|char: char| char.is_whitespace() || char == ',')
            .unwrap_or(after.len());
        let (version, after) = after.split_at(end);
        constraints.push(parse_constraint(operator, version)?);
        let trimmed = after.trim_start();
        if trimmed.is_empty() {
            return Some(constraints);
        }
        rest = match trimmed.strip_prefix(',') {
            // Blanks and a comma: upstream takes either, and the comma only right behind the version but for the first.
            Some(after) if trimmed.len() == after.len() + 1 => after.trim_start(),
            _ => trimmed,
        };
    }
}

fn parse_constraint(operator: Operator, text: &str) -> Option<Constraint> {
    let parts = Parts::parse(text, |byte| {
        byte.is_ascii_digit() || matches!(byte, b'x' | b'X' | b'*')
    })?;
    let is_open = |part: &str| matches!(part, "" | "x" | "X" | "*");
    let [major, minor, patch] = parts.core;
    let pre = if parts.prerelease.is_empty() {
        String::new()
    } else {
        format!("-{}", parts.prerelease)
    };
    let (version, dirty, minor_dirty, patch_dirty) = if is_open(major) {
        (format!("0.0.0{pre}"), true, false, false)
    } else if is_open(minor) {
        (format!("{major}.0.0{pre}"), true, true, false)
    } else if is_open(patch) {
        (format!("{major}.{minor}.0{pre}"), true, false, true)
    } else {
        (format!("{major}.{minor}.{patch}{pre}"), false, false, false)
    };
    Some(Constraint {
        operator,
        version: Version::parse(&version)?,
        dirty,
        minor_dirty,
        patch_dirty,
    })
}

impl Constraint {
    fn admits(&self, version: &Version, prereleases: bool) -> bool {
        if !version.prerelease.is_empty() && !prereleases {
            return false;
        }
        let order = version.cmp(&self.version);
        let [major, minor, patch] = version.numbers;
        let [own_major, own_minor, own_patch] = self.version.numbers;
        match self.operator {
            Operator::Equal if self.dirty => self.tilde(version),
            Operator::Equal => order == Ordering::Equal,
            Operator::NotEqual if self.dirty => {
                if own_major != major || own_minor != minor && !self.minor_dirty {
                    true
                } else if self.minor_dirty {
                    false
                } else if own_patch != patch && !self.patch_dirty {
                    true
                } else if self.patch_dirty {
                    cmp_pre_of_equal(&version.prerelease, &self.version.prerelease) != Ordering::Equal
                } else {
                    order != Ordering::Equal
                }
            }
            Operator::NotEqual => order != Ordering::Equal,
            Operator::Greater if !self.dirty => order == Ordering::Greater,
            Operator::Greater => match major.cmp(&own_major) {
                Ordering::Greater => true,
                Ordering::Less => false,
                Ordering::Equal if self.minor_dirty => false,
                Ordering::Equal if self.patch_dirty => minor > own_minor,
                Ordering::Equal => order == Ordering::Greater,
            },
            Operator::Less => order == Ordering::Less,
            Operator::GreaterEqual => order != Ordering::Less,
            Operator::LessEqual if !self.dirty => order != Ordering::Greater,
            Operator::LessEqual => {
                major <= own_major && !(major == own_major && minor > own_minor && !self.minor_dirty)
            }
            Operator::Tilde => self.tilde(version),
            Operator::Caret => {
                if order == Ordering::Less {
                    return false;
                }
                if own_major > 0 || self.minor_dirty {
                    return major == own_major;
                }
                if major > 0 {
                    return false;
                }
                if own_minor > 0 || self.patch_dirty {
                    return minor == own_minor;
                }
                minor == 0 && patch == own_patch
            }
        }
    }

    fn tilde(&self, version: &Version) -> bool {
        if version.cmp(&self.version) == Ordering::Less {
            return false;
        }
        if self.version.numbers == [0; 3] && !self.minor_dirty && !self.patch_dirty {
            return true;
        }
        version.numbers[0] == self.version.numbers[0]
            && (version.numbers[1] == self.version.numbers[1] || self.minor_dirty)
    }
}

fn cmp_pre_of_equal(own: &str, other: &str) -> Ordering {
    if own.is_empty() && other.is_empty() {
        Ordering::Equal
    } else {
        cmp_prerelease(own, other)
    }
}

#[cfg(test)]
mod tests {
    use super::{is_compatible_range, is_version};

    #[test]
    fn ranges_hold_as_in_masterminds_semver() {
        for (range, version, wanted) in [
            ("*", "1.2.3", true),
            ("*", "1.2.3-rc.1", false),
            ("", "1.2.3", false),
            ("1.x.x", "1.9.0", true),
            ("2.x.x", "1.9.0", false),
            ("~1.2.3", "1.2.9", true),
            ("~1.2.3", "1.3.0", false),
            ("^0.2.3", "0.2.9", true),
            ("^0.2.3", "0.3.0", false),
            (">=1.29.0-0", "1.29.3-gke.5", true),
            (">=1.29.0", "1.29.3-gke.5", false),
            (">= 1.2, < 3", "2.9.9", true),
            (">= 1.2 < 3", "3.0.0", false),
            ("1.2 - 2.3.4", "2.3.4", true),
            ("<1.0 || >=2.0", "2.1.0", true),
            ("<1.0 || >=2.0", "1.5.0", false),
            (">11", "11.1.0", false),
            ("1.2.3", "v1.2.3", true),
            ("=1.2.3+meta", "1.2.3", true),
            ("!=1.2.x", "1.2.7", false),
            ("01.2.3", "1.2.3", true),
            ("oops", "1.2.3", false),
            (">=1.2.3<2", "1.5.0", false),
            ("^*", "9.9.9", false),
        ] {
            assert_eq!(is_compatible_range(range, version), wanted, "{range:?} {version}");
        }
        assert!(
            is_version("1.2")
                && is_version("v1.2.3-a.b+c")
                && !is_version("1.2.3.4")
                && !is_version("latest")
        );
    }
}
