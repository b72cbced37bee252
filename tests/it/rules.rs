//! The page of each rule is its specification: marked lines are found, and nothing else is.

use std::collections::BTreeSet;
use std::ops::Range;

use plimsoll::admission::admit;
use plimsoll::catalog;
use plimsoll::finding::locate::Locator;
use plimsoll::finding::{RuleMeta, Stage, judge};
use plimsoll::lint::rules::RULES;
use plimsoll::lint::{RuleSet, lint};
use plimsoll::manifest::ManifestSet;
use plimsoll::manifest::fleet::Fleet;
use plimsoll::manifest::parse::{Strangers, parse};
use plimsoll::schema::{SchemaStore, validate};
use plimsoll::source::{SourceKind, SourceMap};

/// A fenced block of a page whose info string says what it is an example of.
struct Example {
    is_bad: bool,
    /// Bytes of the page.
    body: Range<usize>,
    /// Line of the page on which the body starts, from 1.
    line: u32,
}

/// The blocks ```` ```yaml bad ```` and ```` ```yaml good ```` of a page; others are prose.
fn examples(page: &str) -> Vec<Example> {
    let mut found = Vec::new();
    let mut open: Option<Example> = None;
    let mut at = 0;
    for (line, number) in page.split_inclusive('\n').zip(1..) {
        let start = at;
        at += line.len();
        match line.trim_end() {
            "```yaml bad" => {
                open = Some(Example {
                    is_bad: true,
                    body: at..at,
                    line: number + 1,
                })
            }
            "```yaml good" => {
                open = Some(Example {
                    is_bad: false,
                    body: at..at,
                    line: number + 1,
                })
            }
            "```" => {
                if let Some(mut example) = open.take() {
                    example.body.end = start;
                    found.push(example);
                }
            }
            _ => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    found
}

/// A line of a page and the rule that is reported there.
type Place = (u32, String);

/// The lines of an example that end with `# <-- rule`.
fn marked(page: &str, example: &Example) -> Vec<Place> {
    let lines = page[example.body.clone()].lines().zip(example.line..);
    lines
        .filter_map(|(line, number)| Some((number, line.split_once("# <-- ")?.1.trim().to_owned())))
        .collect()
}

/// What all stages say of an example as the only input, at the page's own lines.
fn found(page: &str, example: &Example) -> Vec<Place> {
    let sources = SourceMap::default();
    let source = sources.add("page.md", page, SourceKind::File);
    let (mut manifests, mut findings) = (ManifestSet::default(), Vec::new());
    let offset = |byte: usize| u32::try_from(byte).expect("pages are small");
    let range = offset(example.body.start)..offset(example.body.end);
    parse(
        page,
        source,
        range,
        Strangers::Report,
        &mut manifests,
        &mut findings,
    );
    let mut store = SchemaStore::new(&[]).expect("the newest version is there");
    store.add_crds(&manifests);
    findings.extend(validate(&manifests, &store));
    findings.extend(admit(&manifests, &store.versions()));
    findings.extend(lint(&Fleet::build(&manifests, "default"), &RuleSet::default()));
    judge::drop_guesses(&mut findings);
    judge::drop_repeats(&mut findings);
    let locator = Locator::new(&manifests, &sources);
    let mut places: Vec<Place> = findings
        .into_iter()
        .map(|finding| locator.locate(finding))
        .map(|located| (located.location.line, located.rule.name.to_owned()))
        .collect();
    places.sort();
    places
}

/// Whether a page's examples are manifests; those of charts and values are tested where charts are.
fn is_about_manifests(rule: &RuleMeta) -> bool {
    matches!(
        rule.stage,
        Stage::Yaml | Stage::Schema | Stage::Admission | Stage::Lint
    )
}

#[test]
fn pages_are_there_and_begin_with_their_name() {
    for rule in catalog::all() {
        let lines: Vec<&str> = rule.page.lines().collect();
        assert_eq!(lines.first(), Some(&&*format!("# {}", rule.name)));
        let summary = lines.get(2).copied().unwrap_or_default();
        assert!(
            summary.ends_with('.'),
            "{}: the third line sums it up, not {summary:?}",
            rule.name
        );
        for heading in ["## Why it matters", "## What to do"] {
            let body = lines
                .iter()
                .position(|line| *line == heading)
                .and_then(|at| lines.get(at + 2));
            assert!(
                body.is_some_and(|text| text.len() > 40),
                "{}: nothing under {heading}",
                rule.name
            );
        }
    }
}

#[test]
fn examples_give_what_is_marked_and_nothing_else() {
    let mut wrong = Vec::new();
    for rule in catalog::all().into_iter().filter(|rule| is_about_manifests(rule)) {
        for example in examples(rule.page) {
            let expected = marked(rule.page, &example);
            assert!(
                expected.iter().all(|(_, name)| name == rule.name),
                "{}: a mark of another rule",
                rule.name
            );
            assert_eq!(
                example.is_bad,
                !expected.is_empty(),
                "{} line {}",
                rule.name,
                example.line
            );
            let mut found = found(rule.page, &example);
            // The examples of a lint rule are clean otherwise: they are what people copy. Custom resources come alone.
            let is_clean = rule.stage == Stage::Lint;
            found.retain(|(_, name)| name == rule.name || is_clean && name != "unknown-kind");
            if found != expected {
                wrong.push(format!("{}.md: marked {expected:?}, found {found:?}", rule.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_lint_rule_has_bad_and_good_examples() {
    for rule in RULES {
        let examples = examples(rule.meta.page);
        for is_bad in [true, false] {
            assert!(
                examples.iter().any(|example| example.is_bad == is_bad),
                "{}",
                rule.meta.name
            );
        }
        assert!(
            rule.meta.page.contains("\n## Not reported\n"),
            "{}",
            rule.meta.name
        );
    }
}

#[test]
fn names_are_sorted_and_unique() {
    assert!(RULES.is_sorted_by_key(|rule| rule.meta.name));
    let all = catalog::all();
    let names: BTreeSet<&str> = all.iter().map(|rule| rule.name).collect();
    assert_eq!(names.len(), all.len());
}
