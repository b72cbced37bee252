//! The page of each rule is its specification: marked lines are found, and nothing else is.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::sync::Arc;

use plimsoll::admission::admit;
use plimsoll::catalog;
use plimsoll::config::{self, Config, Layer, Owner};
use plimsoll::finding::locate::Locator;
use plimsoll::finding::{RuleMeta, Stage, judge};
use plimsoll::lint::rules::RULES;
use plimsoll::lint::{RuleSet, lint};
use plimsoll::manifest::ManifestSet;
use plimsoll::manifest::fleet::Fleet;
use plimsoll::manifest::parse::{Strangers, parse_shared};
use plimsoll::manifest::select::Base;
use plimsoll::schema::{SchemaStore, validate};
use plimsoll::source::{SourceKind, SourceMap};
use plimsoll::suppress;

use crate::support::{self, run_with_stdin};

/// A fenced block of a page whose info string says what it is an example of.
struct Example<'p> {
    is_bad: bool,
    /// What the block is a part of; the rest of a well-made Deployment is put around it.
    part: Part,
    /// Its lines and their numbers in the page, from 1.
    lines: Vec<(&'p str, u32)>,
}

/// What an example shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Whole objects.
    Objects,
    /// Fields of a container.
    Container,
    /// Fields of a pod's `spec`.
    Pod,
    /// Fields of a Deployment's `spec`.
    Deployment,
    /// A template of a chart.
    Template,
}

impl Part {
    fn of(word: Option<&str>) -> Self {
        match word {
            None => Self::Objects,
            Some("container") => Self::Container,
            Some("pod") => Self::Pod,
            Some("deployment") => Self::Deployment,
            Some("template") => Self::Template,
            Some(other) => panic!("no example is a part of `{other}`"),
        }
    }

    /// The lines before a fragment, what its lines begin with, and the fields that follow unless it has them.
    fn frame(
        self,
    ) -> (
        &'static str,
        &'static str,
        &'static [(&'static str, &'static str)],
    ) {
        match self {
            Self::Objects | Self::Template => ("", "", &[]),
            Self::Container => (CONTAINER_HEAD, "          ", CONTAINER_REST),
            Self::Pod => (POD_HEAD, "      ", POD_REST),
            Self::Deployment => (DEPLOYMENT_HEAD, "  ", DEPLOYMENT_REST),
        }
    }
}

const DEPLOYMENT_HEAD: &str = "apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
";

const POD_HEAD: &str = "apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  replicas: 2
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
";

const CONTAINER_HEAD: &str = "apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  replicas: 2
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
        -
";

const CONTAINER_REST: &[(&str, &str)] = &[
    ("name", "shop"),
    ("image", "registry.example.com/shop:1.4.2"),
    (
        "resources",
        "{requests: {cpu: 100m, memory: 128Mi}, limits: {memory: 128Mi}}",
    ),
    ("livenessProbe", "{exec: {command: [shop, live]}}"),
    ("readinessProbe", "{exec: {command: [shop, ready]}}"),
];

const POD_REST: &[(&str, &str)] = &[(
    "containers",
    "[{name: shop, image: 'registry.example.com/shop:1.4.2', resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {memory: 128Mi}}, livenessProbe: {exec: {command: [shop, live]}}, readinessProbe: {exec: {command: [shop, ready]}}}]",
)];

const DEPLOYMENT_REST: &[(&str, &str)] = &[
    ("replicas", "2"),
    ("selector", "{matchLabels: {app: shop}}"),
    (
        "template",
        "{metadata: {labels: {app: shop}}, spec: {containers: [{name: shop, image: 'registry.example.com/shop:1.4.2', resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {memory: 128Mi}}, livenessProbe: {exec: {command: [shop, live]}}, readinessProbe: {exec: {command: [shop, ready]}}}]}}",
    ),
];

impl Example<'_> {
    /// The example as whole objects, and for each line the one of the page; a line of the frame stands for none, but
    /// for the one that opens the fragment: what is missing in it is reported there, and marked on its first line.
    fn composed(&self) -> (String, Vec<u32>) {
        let (mut text, mut numbers) = (String::new(), Vec::new());
        let mut add = |line: &str, number: u32| {
            writeln!(text, "{line}").expect("a string");
            numbers.push(number);
        };
        let (head, indent, rest) = self.part.frame();
        let first = self.lines.first().map_or(0, |(_, number)| *number);
        for line in head.lines() {
            add(line, 0);
        }
        let end = match self.part {
            Part::Objects | Part::Template => self.lines.len(),
            _ => {
                let fragment = self.lines.iter().position(|(line, _)| *line == "---");
                fragment.unwrap_or(self.lines.len())
            }
        };
        for (line, number) in &self.lines[..end] {
            add(&format!("{indent}{line}"), *number);
        }
        let has = |key: &str| {
            self.lines[..end]
                .iter()
                .any(|(line, _)| line.starts_with(&format!("{key}:")))
        };
        for (key, value) in rest.iter().filter(|(key, _)| !has(key)) {
            add(&format!("{indent}{key}: {value}"), 0);
        }
        for (line, number) in &self.lines[end..] {
            add(line, *number);
        }
        if let Some(opening) = head.lines().count().checked_sub(1) {
            numbers[opening] = first;
        }
        (text, numbers)
    }

    /// The lines of an example that end with `# <-- rule`.
    fn marked(&self) -> Vec<Place> {
        let marks = self.lines.iter();
        marks
            .filter_map(|(line, number)| Some((*number, line.split_once("# <-- ")?.1.trim().to_owned())))
            .collect()
    }

    fn line(&self) -> u32 {
        self.lines.first().map_or(0, |(_, number)| *number)
    }
}

/// The blocks ```` ```yaml bad ```` and ```` ```yaml good ```` of a page, and with a third word those of fragments;
/// others are prose.
fn examples(page: &str) -> Vec<Example<'_>> {
    let mut found = Vec::new();
    let mut open: Option<Example<'_>> = None;
    for (line, number) in page.lines().zip(1..) {
        let mut words = line.split_whitespace();
        match (&mut open, words.next(), words.next()) {
            (None, Some("```yaml"), Some(verdict @ ("bad" | "good"))) => {
                open = Some(Example {
                    is_bad: verdict == "bad",
                    part: Part::of(words.next()),
                    lines: Vec::new(),
                });
            }
            (Some(_), Some("```"), None) => found.extend(open.take()),
            (Some(example), ..) => example.lines.push((line, number)),
            _ => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    found
}

/// A line of a page and the rule that is reported there.
type Place = (u32, String);

/// What is said of an example as the only template of a chart, at the page's own lines.
fn found_in_template(example: &Example<'_>, rule: &str) -> Vec<Place> {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| fs::write(folder.path().join(path), text).expect("written");
    fs::create_dir(folder.path().join("templates")).expect("made");
    write("Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n");
    let (text, numbers) = example.composed();
    write("templates/shop.yaml", &text);
    let path = folder.path().display().to_string();
    let report = support::check_json(&["--rules", &format!("default,{rule}"), &path]);
    let findings = report["findings"].as_array().expect("a list");
    let place = |finding: &serde_json::Value| {
        let line = finding["location"]["line"].as_u64().expect("a line");
        let line = usize::try_from(line).expect("a small number");
        let rule = finding["rule"].as_str().expect("a name").to_owned();
        (numbers[line - 1], rule)
    };
    let mut places: Vec<Place> = findings.iter().map(place).collect();
    places.sort();
    places
}

/// What all stages say of an example as the only input, at the page's own lines.
fn found(example: &Example<'_>, rules: RuleSet, page: &RuleMeta) -> Vec<Place> {
    let sources = SourceMap::default();
    let config = Config::new(config_of(page, &sources), Some(rules));
    let (text, numbers) = example.composed();
    let source = sources.add("page.md", text.clone(), SourceKind::File);
    let (mut manifests, mut findings) = (ManifestSet::default(), Vec::new());
    let text: Arc<str> = Arc::from(text);
    parse_shared(text, source, 0, Strangers::Report, &mut manifests, &mut findings);
    let mut store = SchemaStore::new(&[]).expect("the newest version is there");
    store.add_crds(&manifests);
    findings.extend(validate(&manifests, &store));
    findings.extend(admit(&manifests, &store));
    let fleet = Fleet::build(&manifests, "default").with_externals(config.externals());
    let rules = &config.rules(&fleet, &sources);
    findings.extend(lint(&fleet, rules));
    judge::drop_guesses(&mut findings, &manifests);
    judge::drop_repeats(&mut findings, &manifests);
    let context = suppress::Context {
        fleet: &fleet,
        rules: &catalog::all(),
        ran: rules,
        today: None,
    };
    suppress::apply(&mut findings, &context);
    let locator = Locator::new(&manifests, &sources);
    let page_line = |line: u32| numbers.get(line as usize - 1).copied().unwrap_or_default();
    let mut places: Vec<Place> = findings
        .into_iter()
        .map(|finding| locator.locate(finding))
        .map(|located| (page_line(located.location.line), located.rule.name.to_owned()))
        .collect();
    places.sort();
    places
}

/// The blocks ```` ```yaml config ```` of a page: what a project says before the examples are what they are.
fn config_of(page: &RuleMeta, sources: &SourceMap) -> Layer {
    let mut lines = page.page.lines();
    let mut text = String::new();
    while lines.by_ref().any(|line| line == "```yaml config") {
        for line in lines.by_ref().take_while(|line| *line != "```") {
            writeln!(text, "{line}").expect("a string");
        }
    }
    match config::read(
        "plimsoll.yaml",
        &Arc::from(text),
        Owner::Project,
        Base::default(),
        Vec::new(),
        sources,
    ) {
        Ok(layer) => layer,
        Err(problems) => panic!("{}: {problems:#?}", page.name),
    }
}

/// The default rules, and the one whose page it is.
fn rules_of(page: &RuleMeta) -> RuleSet {
    catalog::rule_set(&["default", page.name]).expect("both are known")
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
                body.is_some_and(|text| text.len() > 10),
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
            let expected = example.marked();
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
                example.line()
            );
            let mut found = match example.part {
                Part::Template => found_in_template(&example, rule.name),
                _ => found(&example, rules_of(rule), rule),
            };
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

#[test]
fn parameters_are_told_from_each_other_and_from_the_severity() {
    for rule in RULES {
        let names: BTreeSet<&str> = rule.parameters.iter().map(|parameter| parameter.name()).collect();
        assert_eq!(names.len(), rule.parameters.len(), "{}", rule.meta.name);
        assert!(!names.contains("severity"), "{}", rule.meta.name);
        for parameter in rule.parameters {
            let about = parameter.about();
            assert!(
                about.len() > 15 && !about.ends_with('.'),
                "{}: {about}",
                rule.meta.name
            );
        }
    }
}

#[test]
fn a_service_without_a_selector_leads_somewhere_if_the_input_is_whole() {
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: shop}\nspec:\n  ports: [{port: 80}]\n";
    let endpoints = "---\napiVersion: v1\nkind: Endpoints\nmetadata: {name: shop}\nsubsets: []\n";
    let slice = "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata:\n  name: shop-1\n  labels: {kubernetes.io/service-name: shop}\naddressType: IPv4\nendpoints: []\n";
    let found = |more: &[&str], text: &str| {
        let args = [&["check", "-", "--rules", "dangling-service"], more].concat();
        let output = run_with_stdin(&args, text.as_bytes());
        String::from_utf8_lossy(&output.stdout).contains("Service `shop` has no selector")
    };
    assert!(found(&["--complete"], service));
    assert!(!found(&[], service), "its Endpoints may be elsewhere");
    assert!(!found(&["--complete"], &format!("{service}{endpoints}")));
    assert!(!found(&["--complete"], &format!("{service}{slice}")));
    let external = service.replace(
        "spec:",
        "spec:\n  type: ExternalName\n  externalName: shop.example.com",
    );
    assert!(!found(&["--complete"], &external));
}

#[test]
fn a_workload_in_the_wrong_group_is_linted_as_what_it_is_called() {
    let rules = |api_version: &str| {
        let text = format!(
            "apiVersion: {api_version}\nkind: Deployment\nmetadata: {{name: shop}}\nspec:\n  template:\n    spec:\n      containers: [{{name: shop, image: shop}}]\n"
        );
        let output = run_with_stdin(&["check", "-", "--rules", "latest-tag"], text.as_bytes());
        let report = String::from_utf8_lossy(&output.stdout).into_owned();
        (report.contains("[unknown-kind]"), report.contains("[latest-tag]"))
    };
    assert_eq!(rules("apps/v1"), (false, true));
    assert_eq!(rules("v1"), (true, true));
    assert_eq!(rules("app/v1"), (true, true));
    assert!(!rules("example.com/v1").1, "a kind of somebody else");
}
