//! The shape of a rule: what is known of it, and what it looks at.

use super::custom::CustomRule;
use super::parameter::Parameter;
use super::sink::Sink;
use crate::finding::{Finding, RuleMeta};
use crate::manifest::Manifest;
use crate::manifest::fleet::{Fleet, GroupKind};
use crate::manifest::view::{Container, Workload};
use crate::render::ParsedTemplate;

/// One rule: a `static RULE` in a file of its own, declared by `rule!`.
#[derive(Debug)]
pub struct LintRule {
    /// Name, weight, page.
    pub meta: RuleMeta,
    /// The sets it belongs to; none for a rule that runs only when it is named.
    pub presets: &'static [Preset],
    /// How sure it is.
    pub confidence: Confidence,
    /// What its users may choose.
    pub parameters: &'static [Parameter],
    /// What it looks at.
    pub check: Check,
}

/// A set of rules that can be asked for by one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Preset {
    /// What nearly every team wants; quiet on well-made charts.
    Default,
    /// The default set and good practice that well-made charts often leave to their users.
    Recommended,
    /// The recommended set and what only some teams hold to.
    Strict,
    /// What widens what an attacker can reach.
    Security,
    /// What costs uptime when a pod, a node or a rollout fails.
    Availability,
}

impl Preset {
    /// All, in the order of the help.
    pub const ALL: [Self; 5] = [
        Self::Default,
        Self::Recommended,
        Self::Strict,
        Self::Security,
        Self::Availability,
    ];

    /// The word on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Recommended => "recommended",
            Self::Strict => "strict",
            Self::Security => "security",
            Self::Availability => "availability",
        }
    }

    /// Whether a rule is in the set: the first three contain each other.
    pub fn contains(self, rule: &LintRule) -> bool {
        rule.presets.iter().any(|preset| match self {
            Self::Recommended | Self::Strict => *preset <= self,
            Self::Default | Self::Security | Self::Availability => *preset == self,
        })
    }
}

/// How sure a rule is of what it reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confidence {
    /// The manifest alone shows it.
    Certain,
    /// It depends on what the manifest does not show: the image, the cluster, what the author meant.
    Likely,
}

impl Confidence {
    /// The word of the rule table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
        }
    }
}

/// What a rule looks at. The framework does the walking, so that a rule is about its subject only.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// All objects at once, for what has no single subject.
    Fleet(fn(&Fleet<'_>, &mut Vec<Finding>)),
    /// Each object.
    Object(for<'m> fn(&Fleet<'m>, &'m Manifest, &mut Sink<'_>)),
    /// Each object of some kinds, whatever their version.
    Kinds(
        &'static [GroupKind<'static>],
        for<'m> fn(&Fleet<'m>, &'m Manifest, &mut Sink<'_>),
    ),
    /// Each object that makes pods.
    Workload(for<'m> fn(&Fleet<'m>, &Workload<'m>, &mut Sink<'_>)),
    /// What a workload says of its pods: not run where another object describes them, or nobody.
    Pods(for<'m> fn(&Fleet<'m>, &Workload<'m>, &mut Sink<'_>)),
    /// Each container of each object that makes pods, init containers too.
    Container(for<'m> fn(&Fleet<'m>, &Workload<'m>, &Container<'m>, &mut Sink<'_>)),
    /// Each template of a chart, before it prints objects.
    Template(fn(&ParsedTemplate, &mut Vec<Finding>)),
    /// What an expression of the project says.
    Expression(&'static CustomRule),
    /// Each container that starts a program of this name.
    Program(
        &'static str,
        for<'m> fn(&Fleet<'m>, &Workload<'m>, &Container<'m>, &mut Sink<'_>),
    ),
}

/// Declares the `static RULE` of a file: its page is the one of its name, its summary the third line of the page.
macro_rules! rule {
    ($($rule:tt)*) => {
        pub(crate) static RULE: $crate::lint::LintRule = $crate::lint::rule::lint_rule! { $($rule)* };
    };
}
pub(in crate::lint) use rule;

/// A rule as a value: for files that declare several.
macro_rules! lint_rule {
    (
        name: $name:literal,
        group: $group:ident,
        severity: $severity:ident,
        presets: [$($preset:ident),*],
        $(confidence: $confidence:ident,)?
        $(parameters: [$($shape:ident($parameter:ident)),* $(,)?],)?
        peers: [$($peer:literal),* $(,)?],
        $(fix: $fix:ident,)?
        check: $target:ident($($check:tt)*),
    ) => {{
        const PAGE: &str = include_str!(concat!("../../../../fixtures/rules/", $name, ".md"));
        $crate::lint::LintRule {
            meta: $crate::finding::RuleMeta {
                name: $name,
                group: $crate::finding::Group::$group,
                stage: $crate::finding::Stage::Lint,
                severity: $crate::finding::Severity::$severity,
                default: $crate::lint::rule::is_default(&[$($crate::lint::Preset::$preset),*]),
                summary: $crate::lint::rule::summary_of(PAGE),
                peers: &[$($peer),*],
                fix: $crate::lint::rule::lint_rule!(@fix $($fix)?),
                page: PAGE,
            },
            presets: &[$($crate::lint::Preset::$preset),*],
            confidence: $crate::lint::rule::lint_rule!(@confidence $($confidence)?),
            parameters: &[$($($crate::lint::Parameter::$shape(&$parameter)),*)?],
            check: $crate::lint::Check::$target($($check)*),
        }
    }};
    (@fix) => { None };
    (@fix $fix:ident) => { Some($crate::finding::Safety::$fix) };
    (@confidence) => { $crate::lint::Confidence::Certain };
    (@confidence $confidence:ident) => { $crate::lint::Confidence::$confidence };
}
pub(in crate::lint) use lint_rule;

pub(in crate::lint) const fn is_default(presets: &[Preset]) -> bool {
    matches!(presets, [Preset::Default, ..])
}

/// The third line of a page without its period.
pub(in crate::lint) const fn summary_of(page: &'static str) -> &'static str {
    let bytes = page.as_bytes();
    let (mut line, mut start, mut end) = (0, 0, 0);
    while end < bytes.len() {
        if bytes[end] == b'\n' {
            line += 1;
            if line == 3 {
                break;
            }
            start = end + 1;
        }
        end += 1;
    }
    if end > start && bytes[end - 1] == b'.' {
        end -= 1;
    }
    page.split_at(end).0.split_at(start).1
}
