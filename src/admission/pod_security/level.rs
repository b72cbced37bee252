//! Which standard holds where: k8s.io/pod-security-admission `api/helpers.go`.

use std::fmt;
use std::str::FromStr;

use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::manifest::{Manifest, Route};

/// How strict a standard is, the laxest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Level {
    /// Everything is allowed.
    #[default]
    Privileged,
    /// What is known to escalate privileges is forbidden.
    Baseline,
    /// Only hardened pods are allowed.
    Restricted,
}

impl Level {
    const ALL: [Self; 3] = [Self::Privileged, Self::Baseline, Self::Restricted];

    /// The word in labels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Privileged => "privileged",
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        }
    }

    fn parse(text: &str) -> Result<Self, &'static str> {
        Self::ALL
            .into_iter()
            .find(|level| level.as_str() == text)
            .ok_or("must be one of privileged, baseline, restricted")
    }
}

/// A level as a version of Kubernetes defined it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standard {
    /// How strict.
    pub level: Level,
    /// The minor of `v1.N`; `None` is `latest`, the server's own version.
    version: Option<u16>,
}

impl Standard {
    /// The minor version of the standard, if it is not the server's own.
    pub fn minor(&self) -> Option<u16> {
        self.version
    }
}

impl fmt::Display for Standard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.level.as_str())?;
        match self.version {
            Some(minor) => write!(f, ":v1.{minor}"),
            None => f.write_str(":latest"),
        }
    }
}

impl FromStr for Standard {
    type Err = &'static str;

    /// Reads `restricted` and `restricted:v1.31`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (level, version) = text.split_once(':').unwrap_or((text, "latest"));
        Ok(Self {
            level: Level::parse(level)?,
            version: parse_version(version)?,
        })
    }
}

/// `ParseVersion`: `latest`, or `v1.` and a number without zeros before it.
fn parse_version(text: &str) -> Result<Option<u16>, &'static str> {
    if text == "latest" {
        return Ok(None);
    }
    text.strip_prefix("v1.")
        .filter(|minor| minor.bytes().all(|b| b.is_ascii_digit()))
        .filter(|minor| *minor == "0" || !minor.starts_with('0'))
        .and_then(|minor| minor.parse().ok())
        .map(Some)
        .ok_or("must be \"latest\" or \"v1.x\"")
}

/// What a standard is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Pods that violate it are refused.
    Enforce,
    /// The user is warned.
    Warn,
    /// It is noted in the audit log.
    Audit,
}

const PREFIX: &str = "pod-security.kubernetes.io/";

impl Mode {
    const ALL: [Self; 3] = [Self::Enforce, Self::Warn, Self::Audit];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Warn => "warn",
            Self::Audit => "audit",
        }
    }

    /// Where a namespace says this mode's level, if it does. Without a level of its own, `warn` is as `enforce`.
    pub(super) fn label_in(self, namespace: &Manifest) -> Option<Route> {
        let labels = Route::parse("metadata.labels").ok()?;
        let at = |mode: Self| labels.then(format!("{PREFIX}{}", mode.as_str()).as_str());
        let fallback = (self == Self::Warn).then_some(Self::Enforce);
        [Some(self), fallback]
            .into_iter()
            .flatten()
            .map(at)
            .find(|route| namespace.at(route).is_some())
    }
}

/// The standards of one namespace.
#[derive(Debug, Clone, Copy)]
pub(super) struct Policy {
    enforce: Standard,
    warn: Standard,
    audit: Standard,
}

impl Policy {
    /// One standard is enforced, and nothing else asked for: what the plugin's own configuration may say.
    pub(super) fn enforced(standard: Standard) -> Self {
        Self {
            enforce: standard,
            warn: Standard::default(),
            audit: Standard::default(),
        }
    }

    /// `PolicyToEvaluate`. The server does not store labels that it cannot read, so the default holds for those.
    pub(super) fn of(namespace: &Manifest, default: Standard) -> Self {
        let root = At::root(namespace.node());
        let metadata = root.get("metadata");
        let labels = metadata.get("labels");
        let level =
            |mode: Mode| Level::parse(labels.get(&format!("{PREFIX}{}", mode.as_str())).as_str()?).ok();
        let version = |mode: Mode| {
            parse_version(
                labels
                    .get(&format!("{PREFIX}{}-version", mode.as_str()))
                    .as_str()?,
            )
            .ok()
        };
        let standard = |mode: Mode, default: Standard| Standard {
            level: level(mode).unwrap_or(default.level),
            version: version(mode).unwrap_or(default.version),
        };
        let mut policy = Self {
            enforce: standard(Mode::Enforce, default),
            warn: standard(Mode::Warn, Standard::default()),
            audit: standard(Mode::Audit, Standard::default()),
        };
        if level(Mode::Warn).is_none() && level(Mode::Enforce).is_some_and(|level| level > policy.warn.level)
        {
            policy.warn.level = policy.enforce.level;
            if version(Mode::Warn).is_none() {
                policy.warn.version = policy.enforce.version;
            }
        }
        policy
    }

    /// Whether no mode forbids anything.
    pub(super) fn is_privileged(&self) -> bool {
        self.modes()
            .all(|(_, standard)| standard.level == Level::Privileged)
    }

    /// What is asked for in each mode, the strictest mode first.
    pub(super) fn modes(&self) -> impl Iterator<Item = (Mode, Standard)> {
        Mode::ALL.into_iter().zip([self.enforce, self.warn, self.audit])
    }
}

/// `ValidateNamespace` of the plugin: labels that it cannot read are refused.
pub(in crate::admission) fn check_labels(labels: &At<'_, '_>, errors: &mut Errors<'_>) {
    for mode in Mode::ALL {
        let (level, version) = (
            format!("{PREFIX}{}", mode.as_str()),
            format!("{PREFIX}{}-version", mode.as_str()),
        );
        let (level, version) = (labels.get(&level), labels.get(&version));
        if let Some(Err(what)) = level.as_str().map(Level::parse) {
            errors.invalid(&level, what);
        }
        if let Some(Err(what)) = version.as_str().map(parse_version) {
            errors.invalid(&version, what);
        }
    }
}
