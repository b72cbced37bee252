//! Every format says the same of the same reports, kept in `fixtures/reports`, and says it as its readers want it.
//!
//! `UPDATE_EXPECTED=1 cargo test --test it reports` rewrites them: read the difference before you commit it.
//! `cargo xtask reports` gives them to real readers.

use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum as _;
use plimsoll::catalog;
use plimsoll::finding::environments::Environments;
use plimsoll::finding::locate::{Located, Location};
use plimsoll::finding::{Excerpt, Severity};
use plimsoll::manifest::ObjectId;
use plimsoll::report::{self, Checked, Format, Known, Relation, Report};
use serde_json::Value;

use crate::support::{root, run};

fn object(kind: &str, namespace: Option<&str>, name: &str) -> ObjectId {
    ObjectId {
        api_version: Arc::from("v1"),
        kind: Arc::from(kind),
        namespace: namespace.map(Arc::from),
        name: Arc::from(name),
    }
}

/// A place in the middle of three lines, of which `marked` is meant.
fn location(file: &str, line: u32, marked: &str) -> Location {
    let text = format!("before: 1\n  here: {marked}\nafter: 2");
    let start = "before: 1\n  here: ".len();
    let width = u32::try_from(marked.chars().count()).expect("short");
    Location {
        file: Arc::from(file),
        line,
        column: 9,
        end_line: line,
        end_column: 9 + width,
        rendered: false,
        role: None,
        excerpt: Some(Excerpt {
            first_line: line - 1,
            range: start..start + marked.len(),
            text,
        }),
    }
}

fn whole(file: &str) -> Location {
    Location {
        file: Arc::from(file),
        line: 0,
        column: 0,
        end_line: 0,
        end_column: 0,
        rendered: false,
        role: None,
        excerpt: None,
    }
}

fn finding(rule: &str, severity: Severity, at: Location, message: &str) -> Located {
    Located {
        environments: Environments::default(),
        rule: catalog::find(rule).expect("a rule"),
        severity,
        message: message.to_owned(),
        help: None,
        object: None,
        field: None,
        fingerprint: "0123456789abcdef0123456789abcdef".to_owned(),
        location: at,
        related: Vec::new(),
        also: Vec::new(),
    }
}

fn checked(file: &str, id: ObjectId) -> Checked {
    Checked {
        file: Arc::from(file),
        id,
    }
}

/// One finding of each weight: with another place, in a template's output, of a file as a whole.
fn severities() -> Report {
    let web = object("Deployment", Some("shop"), "web");
    let mut selector = finding(
        "mismatching-selector",
        Severity::Error,
        location("deploy/web.yaml", 10, "app: web"),
        "the selector of Deployment `web` wants `app: web`, but the pod template has `app: wbe`",
    );
    selector.object = Some(web.clone());
    selector.field = Some("spec.selector.matchLabels.app".to_owned());
    selector.help = Some("make both agree".to_owned());
    selector.related = vec![(
        location("deploy/web.yaml", 14, "app: wbe"),
        "the labels of the pods".to_owned(),
    )];
    let mut image = finding(
        "privileged-container",
        Severity::Warning,
        location("charts/shop/templates/web.yaml", 31, "true"),
        "container `web` of Deployment `web` is privileged",
    );
    image.location.rendered = true;
    image.object = Some(web.clone());
    image.field = Some("spec.template.spec.containers[0].securityContext.privileged".to_owned());
    image.fingerprint = "fedcba9876543210fedcba9876543210".to_owned();
    let file = finding(
        "unreadable-input",
        Severity::Info,
        whole("deploy/logo.yaml"),
        "the file is not text",
    );
    // In the order of files, as every report is.
    Report {
        environments: Vec::new(),
        findings: vec![image, file, selector],
        objects: vec![
            checked("deploy/web.yaml", web),
            checked("deploy/web.yaml", object("Service", Some("shop"), "web")),
            checked("deploy/rights.yaml", object("ClusterRole", None, "reader")),
        ],
        relations: vec![Relation {
            from: 1,
            to: 0,
            what: "selects",
        }],
        suppressed: 2,
        known: Some(Known {
            count: 1,
            are: "older than origin/main".to_owned(),
        }),
        fail_on: Some(Severity::Error),
    }
}

/// What somebody may write to break a format: its separators, and text of many scripts.
const HOSTILE: &str = "]]> --> </script><img src=x onerror=alert(1)> | `a|b``` & \"'%0A%25 ::error::x\r\n::stop-commands::t\n\
                       # TODO [link](1) **bold** @everyone #1 {0} ünï ☃ 🚢 \u{1b}[31m\0 \u{202e}";

/// Without what no format can show.
fn shown(text: &str) -> String {
    text.replace(['\u{1b}', '\0'], "\u{fffd}").replace("\r\n", "\n")
}

fn hostile() -> Report {
    let path = "de ploy/a|b:c,d%`<i>`]]>é🚢#1.yaml";
    let id = object("Kind<b>|`", Some("n:s"), "na]]>me\n::x");
    let mut first = finding(
        "latest-tag",
        Severity::Error,
        location(path, 3, "``` ]]> </pre> ☃"),
        HOSTILE,
    );
    first.help = Some(HOSTILE.to_owned());
    first.object = Some(id.clone());
    first.field = Some("metadata.labels[a|b`]".to_owned());
    first.related = vec![(
        location(path, 7, HOSTILE.lines().next().unwrap_or_default()),
        HOSTILE.to_owned(),
    )];
    let mut second = first.clone();
    second.severity = Severity::Warning;
    second.location = whole("-\n::error::path");
    Report {
        findings: vec![second, first],
        objects: vec![
            checked(path, id),
            checked(path, object("Po\nd", None, "# SKIP \\")),
        ],
        fail_on: Some(Severity::Error),
        ..Report::default()
    }
}

fn canonical() -> [(&'static str, Report); 3] {
    [
        ("empty", Report::default()),
        ("severities", severities()),
        ("hostile", hostile()),
    ]
}

fn written(report: &Report, format: Format) -> String {
    let mut bytes = Vec::new();
    report::write(report, format, false, &mut bytes).expect("a Vec takes everything");
    String::from_utf8(bytes).expect("reports are UTF-8")
}

fn json(report: &Report, format: Format) -> Value {
    serde_json::from_str(&written(report, format)).expect("JSON")
}

fn file_of(case: &str, format: Format) -> PathBuf {
    let name = format.to_possible_value().expect("a name").get_name().to_owned();
    root().join("fixtures/reports").join(format!("{case}.{name}"))
}

/// SARIF holds the whole pages of rules and HTML its style and script, which change without the format.
fn without_pages(text: String, format: Format) -> String {
    if format == Format::Html {
        let (head, rest) = text.split_once("<meta http-equiv").expect("a policy");
        let (_, rest) = rest.split_once("<body>").expect("a body");
        let (body, end) = rest.rsplit_once("<script>").expect("a script");
        let (_, end) = end.split_once("</script>").expect("its end");
        return format!("{head}<body>{body}{end}");
    }
    if format != Format::Sarif {
        return text;
    }
    let mut log: Value = serde_json::from_str(&text).expect("JSON");
    for rule in log["runs"][0]["tool"]["driver"]["rules"]
        .as_array_mut()
        .into_iter()
        .flatten()
    {
        for form in ["text", "markdown"] {
            let page = rule["help"][form].as_str().unwrap_or_default();
            assert!(page.starts_with(&format!("# {}\n", rule["id"].as_str().unwrap_or_default())));
            rule["help"][form] = Value::from("the page");
        }
    }
    serde_json::to_string_pretty(&log).expect("JSON") + "\n"
}

#[test]
fn formats_are_as_kept() {
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    for (case, report) in canonical() {
        for format in Format::value_variants() {
            let file = file_of(case, *format);
            let text = without_pages(written(&report, *format), *format);
            if update {
                std::fs::write(&file, &text).expect("writable");
            }
            let kept = std::fs::read_to_string(&file).unwrap_or_default();
            assert!(
                kept == text,
                "{} differs: UPDATE_EXPECTED=1 shows how",
                file.display()
            );
        }
    }
}

/// A validator of one of the schemas in `fixtures/reports/schemas`.
fn schema(name: &str) -> jsonschema::Validator {
    let text = std::fs::read_to_string(root().join("fixtures/reports/schemas").join(name)).expect("readable");
    // A pattern of SARIF's has a bracket too many, which only lax engines read.
    let text = text.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}?$");
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
}

#[test]
fn reports_match_the_official_schemas() {
    for (format, name) in [
        (Format::Sarif, "sarif-2.1.0.json"),
        (Format::Rdjson, "rdjson.json"),
    ] {
        let schema = schema(name);
        for (case, report) in canonical() {
            let log = json(&report, format);
            let errors: Vec<String> = schema.iter_errors(&log).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{case} as {name}: {errors:?}");
        }
        let mut log = json(&severities(), format);
        for key in ["runs", "diagnostics"] {
            if !log[key].is_null() {
                log[key] = Value::from("none");
            }
        }
        assert!(!schema.is_valid(&log), "{name} refuses what is wrong");
    }
}

/// What code scanning needs beyond the schema.
#[test]
fn code_scanning_takes_the_sarif() {
    let log = json(&severities(), Format::Sarif);
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), 3);
    for result in results {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().expect("a number")).expect("small")];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(rule["properties"]["tags"].as_array().expect("tags").len() <= 10);
    }
    let levels: Vec<&str> = results
        .iter()
        .filter_map(|result| result["level"].as_str())
        .collect();
    assert_eq!(levels, ["error", "warning", "note"], "the gravest first");
    let region = |number: usize| &results[number]["locations"][0]["physicalLocation"]["region"];
    assert_eq!(region(0)["startLine"], 10);
    assert!(
        region(1).is_null(),
        "no line of a file is meant by one of a template's output"
    );
    assert!(region(2).is_null(), "the file as a whole is meant");
    let privileged = rules
        .iter()
        .find(|rule| rule["id"] == "privileged-container")
        .expect("its rule");
    assert_eq!(privileged["properties"]["security-severity"], "5.0");
    assert!(
        privileged["properties"]["tags"]
            .as_array()
            .expect("tags")
            .contains(&"security".into())
    );
    let selector = rules
        .iter()
        .find(|rule| rule["id"] == "mismatching-selector")
        .expect("its rule");
    assert!(selector["properties"]["security-severity"].is_null());

    // The same finding twice is two results.
    let log = json(&hostile(), Format::Sarif);
    let hashes: Vec<&Value> = log["runs"][0]["results"]
        .as_array()
        .expect("results")
        .iter()
        .map(|result| &result["partialFingerprints"]["primaryLocationLineHash"])
        .collect();
    assert_eq!(
        hashes,
        [
            "0123456789abcdef0123456789abcdef:1",
            "0123456789abcdef0123456789abcdef:2"
        ]
    );
}

/// A report of many findings, warnings before errors.
fn many(count: usize) -> Report {
    let mut findings = Vec::new();
    for (rule, severity) in [
        ("latest-tag", Severity::Warning),
        ("unknown-field", Severity::Error),
    ] {
        for number in 0..count {
            let file = format!("deploy/{}.yaml", number % 7);
            let mut found = finding(
                rule,
                severity,
                location(&file, 3, "x"),
                &format!("it is `{number}`"),
            );
            found.fingerprint = format!("{number:032x}");
            findings.push(found);
        }
    }
    Report {
        findings,
        fail_on: Some(Severity::Error),
        ..Report::default()
    }
}

#[test]
fn the_least_grave_is_left_out_where_there_is_a_limit() {
    let log = json(&many(13_000), Format::Sarif);
    let run = &log["runs"][0];
    assert_eq!(run["results"].as_array().expect("results").len(), 25_000);
    let said = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str();
    assert!(said.expect("a notice").starts_with("1000 findings"), "{said:?}");
    assert_eq!(run["results"][12_999]["level"], "error");
    assert_eq!(run["results"][13_000]["level"], "warning");

    let comment = written(&many(13_000), Format::Markdown);
    assert!(
        comment.len() <= 65_536 && comment.len() > 60_000,
        "{}",
        comment.len()
    );
    assert!(comment.contains("Not shown"), "it says what is missing");
    assert!(!comment.contains("latest-tag"), "errors fill it");
    let comment = written(&many(20), Format::Markdown);
    assert_eq!(comment.matches("<details>").count(), 40);
    assert!(!comment.contains("Not shown"));

    let commands = written(&many(11), Format::Github);
    assert!(commands.lines().take(11).all(|line| line.starts_with("::error ")));
}

struct Command {
    name: String,
    properties: Vec<(String, String)>,
    message: String,
}

/// As the runner reads a command: `src/Runner.Common/ActionCommand.cs` of actions/runner.
fn commands(text: &str) -> Vec<Command> {
    let data = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    let property = |text: &str| {
        let text = text.replace("%0D", "\r").replace("%0A", "\n");
        text.replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
    };
    let commands = text
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("::"));
    commands
        .map(|line| {
            let (head, message) = line.split_once("::").expect("a message");
            let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
            let properties = properties.split(',').filter_map(|pair| pair.split_once('='));
            let properties = properties.map(|(key, value)| (key.to_owned(), property(value)));
            Command {
                name: name.to_owned(),
                properties: properties.collect(),
                message: data(message),
            }
        })
        .collect()
}

#[test]
fn the_runner_reads_back_what_was_found() {
    let report = hostile();
    let commands = commands(&written(&report, Format::Github));
    assert_eq!(commands.len(), 2, "nothing in a message becomes a command");
    let Command {
        name,
        properties,
        message,
    } = &commands[0];
    assert_eq!(name, "error");
    assert_eq!(
        properties[0],
        ("file".to_owned(), report.findings[1].location.file.to_string())
    );
    assert_eq!(properties[1], ("line".to_owned(), "3".to_owned()));
    assert!(message.starts_with(&shown(HOSTILE)), "{message:?}");
    assert_eq!(commands[1].properties[0].1, "-\n::error::path");
    assert!(
        commands[1].properties.iter().all(|(key, _)| key != "line"),
        "a file as a whole has no line"
    );
}

#[test]
fn gitlab_drops_nothing() {
    for (case, report) in canonical() {
        let issues = json(&report, Format::Gitlab);
        let issues = issues.as_array().expect("an array");
        assert_eq!(issues.len(), report.findings.len());
        let fingerprints: std::collections::BTreeSet<&str> = issues
            .iter()
            .map(|issue| issue["fingerprint"].as_str().expect("text"))
            .collect();
        assert_eq!(fingerprints.len(), issues.len(), "{case}: no fingerprint twice");
        for issue in issues {
            assert!(issue["location"]["lines"]["begin"].as_u64().expect("a number") > 0);
        }
    }
}

#[test]
fn junit_is_read_back() {
    for (case, report) in canonical() {
        let text = written(&report, Format::Junit);
        let read = quick_junit::Report::deserialize_from_str(&text)
            .unwrap_or_else(|error| panic!("{case}: {error}"));
        let failures = report
            .findings
            .iter()
            .filter(|finding| report.is_failure(finding))
            .count();
        assert_eq!(read.failures, failures, "{case}");
        let cases: Vec<_> = read
            .test_suites
            .iter()
            .flat_map(|suite| &suite.test_cases)
            .collect();
        assert_eq!(read.tests, cases.len(), "{case}");
        assert!(cases.len() >= report.findings.len());
        for found in &report.findings {
            let said = shown(&found.message);
            let is_said = |read: &quick_junit::TestCase| {
                match &read.status {
                    quick_junit::TestCaseStatus::NonSuccess { description, .. } => description.as_ref(),
                    _ => read.system_out.as_ref(),
                }
                .is_some_and(|text| text.as_str().contains(&said))
            };
            assert!(
                cases.iter().any(|read| is_said(read)),
                "{case}: {said:?} in {cases:#?}"
            );
        }
    }
}

#[test]
fn several_reports_of_one_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let sarif = folder.path().join("new/out.sarif");
    let to_sarif = format!("sarif={}", sarif.display());
    let output = run(&[
        "check",
        "fixtures/manifests/first-steps.yaml",
        "--format",
        &to_sarif,
        "--format",
        "tap",
    ]);
    assert_eq!(output.status.code(), Some(1), "the verdict is the same");
    assert!(output.stdout.starts_with(b"TAP version 14"));
    let log: Value = serde_json::from_slice(&std::fs::read(&sarif).expect("written")).expect("JSON");
    assert_eq!(log["version"], "2.1.0");

    let code = |formats: &[&str]| {
        let mut args = vec!["check", "fixtures/manifests/first-steps.yaml"];
        args.extend(formats.iter().flat_map(|format| ["--format", format]));
        let output = run(&args);
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let (status, said) = code(&["tap", "sarif"]);
    assert!(
        status == Some(2) && said.contains("two reports for standard output"),
        "{said}"
    );
    let (status, said) = code(&[&to_sarif, &to_sarif.replace("sarif=", "tap=")]);
    assert!(
        status == Some(2) && said.contains("each needs a file of its own"),
        "{said}"
    );
    let (status, said) = code(&["sarfi"]);
    assert!(
        status == Some(2) && said.contains("did you mean `sarif`?"),
        "{said}"
    );
    let (status, said) = code(&[&format!("tap={}/below", sarif.display())]);
    assert!(
        status == Some(2) && said.contains("cannot write the report to"),
        "{said}"
    );
}
