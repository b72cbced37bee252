//! The report as one page that needs nothing else: findings with their lines, to be filtered, and a drawing of the
//! objects with their relations.
//!
//! The template escapes everything by itself, and the page forbids every script and style but its own.

mod layout;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::text::{clean, one_line, parts};
use super::{Report, human, order, point};
use crate::finding::Severity;
use crate::finding::locate::{Located, Location};
use crate::manifest::ObjectId;

const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");
/// Findings on a page: browsers get slow with more.
const MAX_FINDINGS: usize = 5_000;
/// Objects that are drawn.
const MAX_NODES: usize = 1_000;
/// The size of an object in the drawing, and the characters that it has room for.
const NODE: (u32, u32) = (200, 40);
const MAX_NAME: usize = 24;

pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let text = environment
        .render_str(
            include_str!("html/page.html"),
            Value::from(Serde(Page::of(report))),
        )
        .map_err(io::Error::other)?;
    out.write_all(text.trim_start().as_bytes())?;
    writeln!(out)
}

#[derive(Serialize)]
struct Page<'r> {
    version: &'static str,
    summary: String,
    fails: bool,
    style: Value,
    style_digest: String,
    script: Value,
    script_digest: String,
    graph: Graph,
    severities: Vec<Weight>,
    rules: BTreeSet<&'static str>,
    files: Vec<File<'r>>,
    left_out: usize,
}

/// A severity that occurs, and what its findings are called.
#[derive(Serialize)]
struct Weight {
    word: &'static str,
    label: String,
}

#[derive(Serialize)]
struct File<'r> {
    path: &'r str,
    findings: Vec<Shown>,
}

#[derive(Serialize)]
struct Shown {
    severity: &'static str,
    rule: &'static str,
    url: String,
    message: Vec<Part>,
    help: Option<Vec<Part>>,
    object: Option<String>,
    field: Option<String>,
    /// The numbers of the drawn objects it is about, with spaces between.
    objects: String,
    line: Option<u32>,
    place: Place,
    related: Vec<Related>,
}

#[derive(Serialize)]
struct Related {
    message: Vec<Part>,
    place: Place,
}

/// A part of a sentence.
#[derive(Serialize)]
struct Part {
    is_code: bool,
    text: String,
}

#[derive(Serialize)]
struct Place {
    at: String,
    lines: Vec<Line>,
}

/// A line of an excerpt, with what is meant of it.
#[derive(Serialize, Default)]
struct Line {
    number: u32,
    before: String,
    mark: String,
    after: String,
}

#[derive(Serialize)]
struct Graph {
    width: u32,
    height: u32,
    node_width: u32,
    node_height: u32,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    left_out: usize,
}

#[derive(Serialize)]
struct Node {
    object: usize,
    x: u32,
    y: u32,
    severity: &'static str,
    count: usize,
    title: String,
    kind: String,
    name: String,
}

#[derive(Serialize)]
struct Edge {
    from: usize,
    to: usize,
    path: String,
    title: String,
}

impl<'r> Page<'r> {
    fn of(report: &'r Report) -> Self {
        let mut findings = order::gravest_first(report);
        let left_out = findings.len().saturating_sub(MAX_FINDINGS);
        findings.truncate(MAX_FINDINGS);
        let objects = Objects::of(report);
        let mut files: BTreeMap<&str, Vec<Shown>> = BTreeMap::new();
        for finding in &findings {
            let shown = Shown::of(finding, &objects);
            files.entry(&finding.location.file).or_default().push(shown);
        }
        let counts = report.counts();
        let severities = [
            (Severity::Error, counts.errors, "errors"),
            (Severity::Warning, counts.warnings, "warnings"),
            (Severity::Info, counts.infos, "hints"),
        ];
        Self {
            version: env!("CARGO_PKG_VERSION"),
            summary: human::summary(report),
            fails: report.fails(),
            style: Value::from_safe_string(STYLE.to_owned()),
            style_digest: digest(STYLE),
            script: Value::from_safe_string(SCRIPT.to_owned()),
            script_digest: digest(SCRIPT),
            graph: Graph::of(report, &objects),
            severities: severities
                .into_iter()
                .filter(|(_, count, _)| *count > 0)
                .map(|(severity, count, label)| Weight {
                    word: severity.as_str(),
                    label: format!("{label} ({count})"),
                })
                .collect(),
            rules: findings.iter().map(|finding| finding.rule.name).collect(),
            files: files
                .into_iter()
                .map(|(path, findings)| File { path, findings })
                .collect(),
            left_out,
        }
    }
}

/// What a content security policy calls a text by.
fn digest(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text))
}

/// The objects of a report by name, and what was found of each.
struct Objects<'r> {
    report: &'r Report,
    by_id: HashMap<&'r ObjectId, Vec<usize>>,
}

impl<'r> Objects<'r> {
    fn of(report: &'r Report) -> Self {
        let mut by_id: HashMap<&ObjectId, Vec<usize>> = HashMap::new();
        for (number, object) in report.objects.iter().enumerate() {
            by_id.entry(&object.id).or_default().push(number);
        }
        Self { report, by_id }
    }

    /// The objects a finding is about: those of its name in one of its files, or else all of its name.
    fn of_finding(&self, finding: &Located) -> Vec<usize> {
        let also = finding.also.iter().filter_map(|also| also.object.as_ref());
        let ids: BTreeSet<&ObjectId> = finding.object.iter().chain(also).collect();
        let named = ids.into_iter().filter_map(|id| self.by_id.get(id)).flatten();
        let named: Vec<usize> = named.copied().collect();
        let is_here = |number: &usize| {
            let file = &self.report.objects[*number].file;
            let related = finding.related.iter().map(|(location, _)| &location.file);
            std::iter::once(&finding.location.file)
                .chain(related)
                .any(|other| other == file)
        };
        let here: Vec<usize> = named.iter().copied().filter(is_here).collect();
        if here.is_empty() { named } else { here }
    }
}

impl Shown {
    fn of(finding: &Located, objects: &Objects<'_>) -> Self {
        let numbers: Vec<String> = objects
            .of_finding(finding)
            .iter()
            .map(ToString::to_string)
            .collect();
        Self {
            severity: finding.severity.as_str(),
            rule: finding.rule.name,
            url: point::rule_url(finding.rule),
            message: said(&shown_message(finding)),
            help: finding.help.as_deref().map(said),
            object: finding
                .object
                .as_ref()
                .map(|object| one_line(&object.to_string()).into_owned()),
            field: finding.field.as_deref().map(|field| one_line(field).into_owned()),
            objects: numbers.join(" "),
            line: point::region(&finding.location).map(|region| region.line),
            place: Place::of(&finding.location),
            related: finding
                .related
                .iter()
                .map(|(location, message)| Related {
                    message: said(message),
                    place: Place::of(location),
                })
                .collect(),
        }
    }
}

/// The message, and those of the findings that the same line is to blame for.
fn shown_message(finding: &Located) -> String {
    let also = finding.also.iter().map(|also| &*also.message);
    let all: Vec<&str> = std::iter::once(&*finding.message).chain(also).collect();
    all.join("; ")
}

fn said(sentence: &str) -> Vec<Part> {
    parts(sentence)
        .into_iter()
        .map(|(is_code, text)| Part {
            is_code,
            text: clean(&text).into_owned(),
        })
        .collect()
}

impl Place {
    fn of(location: &Location) -> Self {
        let mut lines = Vec::new();
        if let Some(excerpt) = &location.excerpt {
            let mut start = 0;
            for (number, text) in (excerpt.first_line..).zip(excerpt.text.split('\n')) {
                let cut = |at: usize| at.saturating_sub(start).min(text.len());
                let (from, to) = (cut(excerpt.range.start), cut(excerpt.range.end));
                // An excerpt's range is its own; a foreign one marks nothing.
                let (before, rest) = text.split_at_checked(from).unwrap_or((text, ""));
                let (mark, after) = rest
                    .split_at_checked(to.saturating_sub(from))
                    .unwrap_or(("", rest));
                lines.push(Line {
                    number,
                    before: clean(before).into_owned(),
                    mark: clean(mark).into_owned(),
                    after: clean(after).into_owned(),
                });
                start += text.len() + 1;
            }
        }
        Self {
            at: one_line(&point::with_line(&point::place(location), location)).into_owned(),
            lines,
        }
    }
}

impl Graph {
    fn of(report: &Report, objects: &Objects<'_>) -> Self {
        let mut found: Vec<(usize, Option<Severity>)> = vec![(0, None); report.objects.len()];
        for finding in &report.findings {
            for number in objects.of_finding(finding) {
                let (count, worst) = &mut found[number];
                *count += 1;
                *worst = (*worst).max(Some(finding.severity));
            }
        }
        // Where there are too many, those with findings are drawn, the gravest first.
        let mut drawn: Vec<usize> = (0..found.len()).collect();
        drawn.sort_by_key(|number| std::cmp::Reverse(found[*number].1));
        drawn.truncate(MAX_NODES);
        drawn.sort_unstable();
        let position: BTreeMap<usize, usize> = drawn.iter().copied().zip(0..).collect();
        let relations: Vec<_> = report
            .relations
            .iter()
            .filter(|relation| relation.from != relation.to)
            .filter_map(|relation| {
                Some((
                    relation,
                    *position.get(&relation.from)?,
                    *position.get(&relation.to)?,
                ))
            })
            .collect();
        let pairs: Vec<(usize, usize)> = relations.iter().map(|(_, from, to)| (*from, *to)).collect();
        let layout = layout::place(drawn.len(), &pairs);
        let name = |number: usize| one_line(&report.objects[number].id.to_string()).into_owned();
        Self {
            width: layout.width,
            height: layout.height,
            node_width: NODE.0,
            node_height: NODE.1,
            nodes: drawn
                .iter()
                .zip(&layout.places)
                .map(|(&object, &(x, y))| {
                    let id = &report.objects[object].id;
                    let (count, worst) = found[object];
                    Node {
                        object,
                        x,
                        y,
                        severity: worst.map_or("well", Severity::as_str),
                        count,
                        title: name(object),
                        kind: short(&one_line(&id.kind)),
                        name: short(&one_line(&id.name)),
                    }
                })
                .collect(),
            edges: relations
                .iter()
                .map(|(relation, from, to)| Edge {
                    from: relation.from,
                    to: relation.to,
                    path: curve(layout.places[*from], layout.places[*to]),
                    title: format!("{} {} {}", name(relation.from), relation.what, name(relation.to)),
                })
                .collect(),
            left_out: report.objects.len() - drawn.len(),
        }
    }
}

/// The beginning and the end of a name, which names of one release differ in.
fn short(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= MAX_NAME {
        return name.to_owned();
    }
    let (first, last) = (MAX_NAME / 2 - 1, MAX_NAME / 2);
    let end = letters.len() - last;
    letters[..first]
        .iter()
        .chain(&['…'])
        .chain(&letters[end..])
        .collect()
}

/// A line from the right side of one object to the left side of another.
fn curve((from_x, from_y): (u32, u32), (to_x, to_y): (u32, u32)) -> String {
    let (x, y) = (from_x + NODE.0, from_y + NODE.1 / 2);
    let middle = to_y + NODE.1 / 2;
    if to_x > from_x {
        let bend = (x + to_x) / 2;
        format!("M{x} {y}C{bend} {y} {bend} {middle} {to_x} {middle}")
    } else {
        // Back: around below.
        let below = y.max(middle) + NODE.1 / 2 + 7;
        format!(
            "M{x} {y}C{} {y} {} {below} {} {below}S{} {middle} {to_x} {middle}",
            x + 40,
            x + 40,
            (x + to_x) / 2,
            to_x.saturating_sub(40)
        )
    }
}
