//! SARIF 2.1.0, within what GitHub's code scanning takes:
//! <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;

use serde::Serialize;

use super::text::{clean, cut};
use super::{Report, order, plural, point, write_json};
use crate::finding::locate::{Located, Location};
use crate::finding::{RuleMeta, Severity};
use crate::lint::{Preset, RuleSet};

/// Results of a run that GitHub takes; a file with more is refused.
const MAX_RESULTS: usize = 25_000;
/// Locations of a result that GitHub keeps, the first among them.
const MAX_LOCATIONS: usize = 100;
/// Characters of a rule's descriptions.
const MAX_DESCRIPTION: usize = 1024;

pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let findings = order::gravest_first(report);
    let kept = &findings[..findings.len().min(MAX_RESULTS)];
    let rules: BTreeMap<&str, &'static RuleMeta> = kept
        .iter()
        .map(|finding| (finding.rule.name, finding.rule))
        .collect();
    let index: BTreeMap<&str, usize> = rules.keys().copied().zip(0..).collect();
    let security = RuleSet::preset(Preset::Security);
    let security: BTreeSet<&str> = security.rules().iter().map(|rule| rule.meta.name).collect();
    let log = Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "plimsoll",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    information_uri: env!("CARGO_PKG_REPOSITORY"),
                    rules: rules
                        .values()
                        .map(|rule| Rule::of(rule, security.contains(rule.name)))
                        .collect(),
                },
            },
            invocations: [Invocation {
                execution_successful: true,
                tool_execution_notifications: cut_notice(findings.len() - kept.len()),
            }],
            column_kind: "unicodeCodePoints",
            results: order::numbered(kept.iter().copied())
                .map(|(finding, number)| SarifResult::of(finding, number, index[finding.rule.name]))
                .collect(),
        }],
    };
    write_json(&log, out)
}

/// What is said when results are left out.
fn cut_notice(left_out: usize) -> Vec<Notification> {
    if left_out == 0 {
        return Vec::new();
    }
    let findings = plural(left_out, "finding");
    vec![Notification {
        level: "warning",
        message: text(format!(
            "{findings} of the least weight are left out: GitHub takes {MAX_RESULTS} of a run"
        )),
    }]
}

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    results: Vec<SarifResult>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    information_uri: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Message,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Message,
    full_description: Message,
    help: Help,
    help_uri: String,
    default_configuration: Configuration,
    properties: RuleProperties,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: &'static str,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

/// What GitHub reads besides SARIF.
#[derive(Serialize)]
struct RuleProperties {
    tags: Vec<&'static str>,
    #[serde(rename = "problem.severity")]
    problem_severity: &'static str,
    #[serde(rename = "security-severity", skip_serializing_if = "Option::is_none")]
    security_severity: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: [Place; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Place>,
    partial_fingerprints: Fingerprints,
}

/// GitHub makes this of the text of lines where it is missing, and then edits nearby make findings new.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fingerprints {
    primary_location_line_hash: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    logical_locations: Option<[Logical; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

/// The object and the field in it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Logical {
    fully_qualified_name: String,
    kind: &'static str,
}

impl Rule {
    fn of(rule: &'static RuleMeta, is_security: bool) -> Self {
        let mut tags = vec!["kubernetes", rule.stage.as_str()];
        if rule.group.as_str() != rule.stage.as_str() {
            tags.push(rule.group.as_str());
        }
        if is_security {
            tags.push("security");
        }
        // Of findings with a score, GitHub shows critical from 9.0, high from 7.0, medium from 4.0.
        let score = match rule.severity {
            Severity::Error => "8.0",
            Severity::Warning => "5.0",
            Severity::Info => "2.0",
        };
        let summary = cut(rule.summary, MAX_DESCRIPTION);
        Self {
            id: rule.name,
            short_description: text(summary.clone()),
            full_description: text(summary),
            help: Help {
                text: rule.page.to_owned(),
                markdown: rule.page,
            },
            help_uri: point::rule_url(rule),
            default_configuration: Configuration {
                level: level(rule.severity),
            },
            properties: RuleProperties {
                tags,
                problem_severity: match rule.severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                    Severity::Info => "recommendation",
                },
                security_severity: is_security.then_some(score),
            },
        }
    }
}

impl SarifResult {
    fn of(finding: &Located, number: usize, rule_index: usize) -> Self {
        let mut message = point::message(finding).into_owned();
        if let Some(help) = &finding.help {
            message.push_str("\n\n");
            message.push_str(help);
        }
        let logical = finding.object.as_ref().map(|object| {
            let field = finding.field.as_deref().unwrap_or_default();
            [Logical {
                fully_qualified_name: format!("{object} {field}").trim_end().to_owned(),
                kind: "resource",
            }]
        });
        Self {
            rule_id: finding.rule.name,
            rule_index,
            level: level(finding.severity),
            message: text(message),
            locations: [Place {
                logical_locations: logical,
                ..Place::of(&finding.location)
            }],
            related_locations: finding
                .related
                .iter()
                .take(MAX_LOCATIONS - 1)
                .zip(1..)
                .map(|((location, message), id)| Place {
                    id: Some(id),
                    message: Some(text(point::with_line(message, location))),
                    ..Place::of(location)
                })
                .collect(),
            partial_fingerprints: Fingerprints {
                primary_location_line_hash: format!("{}:{number}", finding.fingerprint),
            },
        }
    }
}

impl Place {
    fn of(location: &Location) -> Self {
        Self {
            id: None,
            physical_location: Physical {
                artifact_location: Artifact {
                    uri: uri(&point::path(location)),
                },
                region: point::region(location).map(|region| Region {
                    start_line: region.line,
                    start_column: region.column,
                    end_line: region.end_line,
                    end_column: region.end_column,
                }),
            },
            logical_locations: None,
            message: None,
        }
    }
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// Text in which nothing is taken for a link to a related place, `[text](1)`.
fn text<'t>(text: impl Into<Cow<'t, str>>) -> Message {
    Message {
        text: clean(&text.into()).replace("](", "] ("),
    }
}

/// A path as a URI reference.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(byte.into())
            }
            // Writing to a `String` cannot fail.
            other => drop(write!(uri, "%{other:02X}")),
        }
    }
    uri
}
