//! `plimsoll.yaml` as a user writes it: what it changes, and what is said of mistakes in it.

use std::fs;
use std::path::Path;
use std::process::Output;

use plimsoll::config::{self, Layer, Owner, schema};
use plimsoll::finding::Finding;
use plimsoll::manifest::json;
use plimsoll::manifest::select::Base;
use plimsoll::pipeline;
use plimsoll::source::SourceMap;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{plimsoll, project, root, run};

fn call(folder: &Path, args: &[&str]) -> Output {
    plimsoll(args).current_dir(folder).output().expect("it starts")
}

/// `file:line rule severity` of each finding, and the exit code.
fn check(folder: &Path, args: &[&str]) -> (Vec<String>, i32) {
    let output = call(folder, &[&["check", "--format", "json"], args].concat());
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let findings = report["findings"].as_array().expect("findings");
    let shown = findings.iter().map(|finding| {
        let place = &finding["location"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (file, line) = (text(&place["file"]), &place["line"]);
        format!(
            "{file}:{line} {} {}",
            text(&finding["rule"]),
            text(&finding["severity"])
        )
    });
    (shown.collect(), output.status.code().expect("it ends"))
}

/// A Deployment without a tag, in a namespace.
fn deployment(name: &str, namespace: &str) -> String {
    format!(
        "apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: {namespace}, labels: {{app: {name}}}}}
spec:
  replicas: 1
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers:
        - name: {name}
          image: registry.example.com/{name}
"
    )
}

/// Two Deployments of which only `latest-tag` speaks, and a configuration.
fn two(config: &str) -> TempDir {
    project(&[
        ("plimsoll.yaml", &format!("presets: none\n{config}")),
        ("dev/web.yaml", &deployment("web", "dev")),
        ("prod/api.yaml", &deployment("api", "prod")),
    ])
}

const WEB: &str = "dev/web.yaml:12 latest-tag";
const API: &str = "prod/api.yaml:12 latest-tag";

fn found(config: &str) -> Vec<String> {
    let folder = two(config);
    check(folder.path(), &[]).0
}

#[test]
fn rules_are_on_off_and_of_another_weight() {
    assert_eq!(found(""), Vec::<String>::new());
    let both = |severity: &str| vec![format!("{WEB} {severity}"), format!("{API} {severity}")];
    assert_eq!(found("rules: {latest-tag: on}"), both("warning"));
    assert_eq!(found("rules: {latest-tag: error}"), both("error"));
    assert_eq!(found("rules: {latest-tag: {severity: info}}"), both("info"));
    assert_eq!(
        found("rules: {images: on, image-digest: off, image-pull-policy: off}"),
        both("warning")
    );
    assert_eq!(
        found("rules: {latest-tag: on, images: off}"),
        both("warning"),
        "what is said of one rule wins, wherever it stands"
    );
}

#[test]
fn the_error_of_another_stage_is_weighed_too() {
    let folder = project(&[
        ("plimsoll.yaml", "rules: {unknown-kind: error}\n"),
        (
            "a.yaml",
            "apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: a}\n",
        ),
    ]);
    let (found, code) = check(folder.path(), &[]);
    assert_eq!((found[0].as_str(), code), ("a.yaml:2 unknown-kind error", 1));
    let (found, code) = check(folder.path(), &["--no-config"]);
    assert_eq!((found[0].as_str(), code), ("a.yaml:2 unknown-kind warning", 0));
}

#[test]
fn overrides_hold_where_they_match() {
    let only_api = vec![format!("{API} warning")];
    for place in [
        "paths: dev",
        "paths: ['d*/*.yaml']",
        "namespaces: [dev]",
        "names: ['we?']",
        "labels: {app: web}",
        "kinds: [Deployment.apps, Service], paths: '**/web.yaml'",
    ] {
        let config =
            format!("rules: {{latest-tag: on}}\noverrides:\n  - {{{place}, rules: {{latest-tag: off}}}}\n");
        assert_eq!(found(&config), only_api, "{place}");
        let config = format!("overrides:\n  - {{{place}, rules: {{latest-tag: error}}}}\n");
        assert_eq!(found(&config), [format!("{WEB} error")], "{place}");
    }
    let config = "overrides:\n- rules: {latest-tag: error}\n- {paths: dev, rules: {latest-tag: info}}\n";
    assert_eq!(
        found(config),
        [format!("{WEB} info"), format!("{API} error")],
        "the last wins"
    );
}

#[test]
fn flags_win() {
    let folder = two(
        "rules: {latest-tag: error}\nfail-on: never\noverrides: [{paths: dev, rules: {latest-tag: off}}]\n",
    );
    assert_eq!(check(folder.path(), &[]), (vec![format!("{API} error")], 0));
    assert_eq!(check(folder.path(), &["--fail-on", "error"]).1, 1);
    assert_eq!(check(folder.path(), &["--rules", "none"]).0, Vec::<String>::new());
    assert_eq!(
        check(folder.path(), &["--rules", "latest-tag,not-restarted-by-probe"]).0,
        [
            "dev/web.yaml:11 not-restarted-by-probe info",
            "prod/api.yaml:11 not-restarted-by-probe info",
            &format!("{API} error"),
        ],
        "the rules of the call, with the weights and exceptions of the file"
    );
}

#[test]
fn the_file_is_found_from_a_folder_below() {
    let folder = two("overrides: [{paths: dev, rules: {latest-tag: on}}]\n");
    let below = folder.path().join("dev");
    assert_eq!(check(&below, &[]).0, ["web.yaml:12 latest-tag warning"]);
    assert_eq!(check(&below, &["../prod"]).0, Vec::<String>::new());
    let file = folder.path().join("plimsoll.yaml");
    let named = ["--config", file.to_str().expect("text")];
    assert_eq!(check(folder.path(), &named).0, [format!("{WEB} warning")]);
}

#[test]
fn suppressions_hold_end_and_are_told_when_they_do_nothing() {
    let ignore = |entry: &str| {
        found(&format!(
            "rules: {{latest-tag: on}}\nignore:\n  - {{rules: latest-tag, reason: built here, {entry}}}\n"
        ))
    };
    let both = [format!("{WEB} warning"), format!("{API} warning")];
    assert_eq!(ignore("paths: dev"), both[1..]);
    assert_eq!(ignore("paths: dev, until: 9999-12-31"), both[1..]);
    let told = |rule: &str| format!("plimsoll.yaml:4 {rule} warning");
    assert_eq!(
        ignore("paths: dev, until: 2020-01-31"),
        [both[0].clone(), told("expired-suppression"), both[1].clone()]
    );
    assert_eq!(
        ignore("paths: nowhere"),
        [both[0].clone(), told("unused-suppression"), both[1].clone()]
    );
    let folder = two("ignore:\n  - {rules: [latest-tag, unknown-field], reason: why, paths: dev}\n");
    assert_eq!(
        check(folder.path(), &[]).0,
        ["plimsoll.yaml:3 unused-suppression warning"],
        "of a rule that ran, and not of one that did not"
    );
    assert_eq!(
        check(folder.path(), &["prod"]).0,
        Vec::<String>::new(),
        "it speaks of nothing here"
    );
}

#[test]
fn what_is_made_elsewhere_is_there() {
    let pod = "apiVersion: v1
kind: Pod
metadata: {name: a, namespace: shop}
spec:
  serviceAccountName: robot
  containers:
    - {name: a, image: 'a:1', envFrom: [{secretRef: {name: db-main}}]}
";
    let found = |externals: &str| {
        let config =
            format!("presets: none\ncomplete: true\nrules: {{references: on}}\nexternals: {externals}\n");
        let folder = project(&[("plimsoll.yaml", &config), ("pod.yaml", pod)]);
        check(folder.path(), &[]).0
    };
    let (secret, account) = (
        "pod.yaml:7 dangling-configmap-or-secret-ref warning",
        "pod.yaml:5 non-existent-service-account warning",
    );
    assert_eq!(found("[]"), [account, secret]);
    assert_eq!(found("[{kind: Secret, name: 'db-*'}]"), [account]);
    assert_eq!(
        found("[{kind: Secret, name: db-main, namespace: [shop]}, {kind: ServiceAccount, name: robot}]"),
        [""; 0]
    );
    assert_eq!(
        found("[{kind: Secret, name: db-main, namespace: other}]"),
        [account, secret]
    );
    assert_eq!(found("[{kind: ConfigMap, name: db-main}]"), [account, secret]);
}

#[test]
fn parameters_hold_where_they_are_said() {
    let named = |place: &str| format!("presets: none\nrules: {{latest-tag: {{tags: [dev]}}}}\n{place}");
    let images = [
        (
            "a.yaml",
            deployment("a", "x").replace("example.com/a", "example.com/a:dev"),
        ),
        (
            "b.yaml",
            deployment("b", "x").replace("example.com/b", "example.com/b:latest"),
        ),
    ];
    let found = |config: &str| {
        let mut files = vec![("plimsoll.yaml", config)];
        files.extend(images.iter().map(|(name, text)| (*name, text.as_str())));
        check(project(&files).path(), &[]).0
    };
    assert_eq!(
        found("presets: none\nrules: {latest-tag: on}\n"),
        ["b.yaml:12 latest-tag warning"]
    );
    assert_eq!(found(&named("")), ["a.yaml:12 latest-tag warning"]);
    assert_eq!(
        found(&named(
            "overrides: [{names: b, rules: {latest-tag: {tags: latest, severity: info}}}]\n"
        )),
        ["a.yaml:12 latest-tag warning", "b.yaml:12 latest-tag info"]
    );
}

#[test]
fn a_chart_speaks_for_itself() {
    let files = [
        ("plimsoll.yaml", "presets: none\nrules: {latest-tag: on}\n"),
        ("a/Chart.yaml", "apiVersion: v2\nname: a\nversion: 1.0.0\n"),
        ("a/templates/web.yaml", &deployment("web", "dev")),
        (
            "a/.plimsoll.yaml",
            "rules: {latest-tag: error}\noverrides: [{paths: templates/web.yaml, rules: {bare-pod: on}}]\n",
        ),
        ("b/Chart.yaml", "apiVersion: v2\nname: b\nversion: 1.0.0\n"),
        ("b/templates/web.yaml", &deployment("web", "dev")),
        (
            "b/.plimsoll.yaml",
            "ignore: [{rules: latest-tag, reason: built here}, {rules: unknown-field, reason: none}]\n",
        ),
    ];
    let folder = project(&files);
    assert_eq!(
        check(folder.path(), &[]).0,
        [
            "a/templates/web.yaml:12 latest-tag error",
            "b/.plimsoll.yaml:1 unused-suppression warning"
        ]
    );
    let (found, code) = check(folder.path(), &["--no-config", "--rules", "latest-tag"]);
    assert_eq!((found.len(), code), (2, 0));
    fs::write(folder.path().join("b/.plimsoll.yaml"), "pss: restricted\n").expect("a file");
    assert_eq!(
        check(folder.path(), &[]),
        (
            vec!["b/.plimsoll.yaml:1 invalid-configuration error".to_owned()],
            2
        )
    );
}

#[test]
fn all_mistakes_are_told_at_once_with_what_was_meant() {
    let config = "\
preset: [default]
presets: [secuirty]
rules:
  latest-tga: error
  latest-tag: eror
  security: on
  image: off
  minimum-three-replicas: {severity: bad, atleast: 3}
  yaml-syntax: off
overrides:
  - {kind: [Deployment], rules: {latest-tag: off}}
  - {kinds: [Deplyment], rules: {latest-tag: off}}
  - {paths: ['[']}
ignore:
  - {rules: latest-tag}
  - {rules: no-such-rule-at-all, reason: x, until: tomorrow}
kubernetes: ['1.2', new]
pss: strict
complete: maybe
fail-on: eror
";
    let folder = project(&[("plimsoll.yaml", config)]);
    let output = call(folder.path(), &["check"]);
    assert_eq!(output.status.code(), Some(2));
    let shown = String::from_utf8(output.stdout).expect("text");
    let told: Vec<&str> = shown
        .lines()
        .filter_map(|line| {
            let line = line.trim_start();
            let message = line.strip_prefix("error[invalid-configuration]: ");
            message
                .or_else(|| line.strip_prefix("= help: "))
                .or_else(|| line.strip_prefix("--> plimsoll.yaml:"))
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_file_that_is_no_yaml_is_told() {
    for (text, place) in [
        ("rules: [\n", "plimsoll.yaml:1 yaml-syntax error"),
        (
            "rules: {a: on}\nrules: {}\n",
            "plimsoll.yaml:2 duplicate-key error",
        ),
        ("- rules\n", "plimsoll.yaml:1 invalid-configuration error"),
        ("{}\n---\n{}\n", "plimsoll.yaml:3 invalid-configuration error"),
    ] {
        let folder = project(&[("plimsoll.yaml", text)]);
        let (found, code) = check(folder.path(), &[]);
        assert!(
            found.contains(&place.to_owned()) && code == 2,
            "{text}: {found:?} {code}"
        );
    }
    for text in ["", "# nothing\n", "{}\n"] {
        let folder = project(&[("plimsoll.yaml", text)]);
        assert_eq!(check(folder.path(), &[]), (Vec::new(), 0));
    }
}

/// The example of everything, whose rules have tests.
const EXAMPLE: &str = "fixtures/config/plimsoll.yaml";

/// The blocks ```` ```yaml ```` of the page, each a configuration.
fn documented() -> Vec<(usize, String)> {
    let page = fs::read_to_string(root().join("docs/configuration.md")).expect("the page");
    let (mut blocks, mut open): (Vec<(usize, String)>, bool) = (Vec::new(), false);
    for (line, number) in page.lines().zip(1..) {
        match (open, line) {
            (false, "```yaml") => {
                blocks.push((number, String::new()));
                open = true;
            }
            (true, "```") => open = false,
            (true, line) => {
                let (_, text) = blocks.last_mut().expect("one is open");
                text.push_str(line);
                text.push('\n');
            }
            (false, _) => {}
        }
    }
    assert!(blocks.len() > 8, "{}", blocks.len());
    blocks
}

fn read(text: &str, sources: &SourceMap) -> Result<Layer, Vec<Finding>> {
    let base = Base::new(root(), root());
    config::read(
        "plimsoll.yaml",
        &text.into(),
        Owner::Project,
        base,
        Vec::new(),
        sources,
    )
}

#[test]
fn documented_configurations_are_read_and_their_rules_pass_their_tests() {
    let sources = SourceMap::default();
    let mut tests = 0;
    for (line, text) in documented() {
        let layer = read(&text, &sources).unwrap_or_else(|problems| panic!("line {line}: {problems:#?}"));
        for custom in &layer.custom_rules {
            for test in &custom.tests {
                tests += 1;
                assert_eq!(
                    pipeline::test_rule(custom, test),
                    Ok(()),
                    "line {line}: {}",
                    test.name
                );
            }
        }
    }
    assert!(tests > 2, "{tests}");
}

#[test]
fn the_json_schema_is_what_the_declarations_say() {
    let file = root().join("schemas/config.schema.json");
    let made = serde_json::to_string_pretty(&schema::json_schema()).expect("JSON") + "\n";
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&file, &made).expect("writable");
    }
    let kept = fs::read_to_string(&file).expect("the schema");
    assert!(
        kept == made,
        "UPDATE_EXPECTED=1 cargo test --test it config writes it anew"
    );
}

/// A configuration as the schema sees it.
fn as_json(text: &str) -> Value {
    let stream = plimsoll_yaml::parse(text, &plimsoll_yaml::Limits::default());
    json::of(stream.docs[0].root())
}

#[test]
fn the_json_schema_agrees_with_the_reader() {
    let schema = jsonschema::validator_for(&schema::json_schema()).expect("a schema");
    let example = fs::read_to_string(root().join(EXAMPLE)).expect("the example");
    let documented = documented().into_iter().map(|(_, text)| text);
    for text in documented.chain([example]) {
        let errors: Vec<_> = schema
            .iter_errors(&as_json(&text))
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:#?}\n{text}");
    }
    let sources = SourceMap::default();
    for wrong in [
        "preset: default",
        "presets: [secuirty]",
        "rules: {latest-tag: eror}",
        "rules: {minimum-three-replicas: {atleast: 3}}",
        "rules: {minimum-three-replicas: {at-least: many}}",
        "overrides: [{paths: dev}]",
        "overrides: {rules: {}}",
        "ignore: [{rules: latest-tag}]",
        "ignore: [{rules: latest-tag, reason: x, until: tomorrow}]",
        "externals: [{kind: Secret}]",
        "custom-rules: [{name: Team, expression: 'true', message: x}]",
        "custom-rules: [{name: team, message: x}]",
        "pss: strict",
        "complete: maybe",
        "fail-on: eror",
    ] {
        assert!(read(wrong, &sources).is_err(), "{wrong}");
        assert!(!schema.is_valid(&as_json(wrong)), "{wrong}");
    }
}

/// What `check` says of the image of two Deployments, with these rules.
fn custom(rules: &str) -> (Vec<String>, i32) {
    let folder = two(rules);
    check(folder.path(), &[])
}

#[test]
fn own_rules_are_rules_like_others() {
    let rule = "custom-rules:
  - name: team-missing
    expression: \"'team' in object.metadata.labels\"
    message: a workload says whose it is
    field: metadata.labels
";
    let both = |severity: &str| {
        vec![
            format!("dev/web.yaml:3 team-missing {severity}"),
            format!("prod/api.yaml:3 team-missing {severity}"),
        ]
    };
    assert_eq!(custom(rule), (both("warning"), 0));
    assert_eq!(
        custom(&format!("{rule}    severity: error\n")),
        (both("error"), 1)
    );
    assert_eq!(
        custom(&format!("{rule}rules: {{team-missing: off}}\n")).0,
        [""; 0]
    );
    assert_eq!(
        custom(&format!("{rule}    match: {{paths: prod}}\n")).0,
        both("warning")[1..]
    );
    assert_eq!(
        custom(&format!(
            "{rule}overrides: [{{names: web, rules: {{custom: error}}}}]\n"
        ))
        .0,
        [both("error")[0].clone(), both("warning")[1].clone()]
    );
    assert_eq!(
        custom(&format!(
            "{rule}ignore: [{{rules: team-missing, reason: alone, paths: dev}}]\n"
        ))
        .0,
        both("warning")[1..]
    );
    let folder = two(rule);
    let web = deployment("web", "dev").replace(
        "metadata: {name: web,",
        "# plimsoll: ignore team-missing: alone\nmetadata: {name: web,",
    );
    fs::write(folder.path().join("dev/web.yaml"), web).expect("a file");
    assert_eq!(check(folder.path(), &[]).0, both("warning")[1..]);
    assert_eq!(
        check(folder.path(), &["--rules", "team-missing"]).0,
        both("warning")[1..]
    );
    assert_eq!(
        check(folder.path(), &["--rules", "bare-pod"]).0.len(),
        0,
        "and not when others are named"
    );
    let explained = call(folder.path(), &["explain", "team-missing"]);
    assert!(String::from_utf8_lossy(&explained.stdout).contains("'team' in object.metadata.labels"));
    let listed = call(folder.path(), &["rules", "custom"]);
    assert!(String::from_utf8_lossy(&listed.stdout).starts_with("team-missing"));
}

#[test]
fn expressions_see_pods_containers_relations_and_all_objects() {
    let workload = deployment("web", "shop")
        + "---
apiVersion: v1
kind: Service
metadata: {name: front, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: two, namespace: shop}
spec: {minAvailable: 2, selector: {matchLabels: {app: web}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: more, namespace: shop}
spec: {maxReplicas: 5, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
";
    let holds = |subject: &str, expression: &str| {
        let config = format!(
            "presets: none\ncustom-rules:\n- {{name: own, for: {subject}, message: no, expression: {expression:?}}}\n"
        );
        let folder = project(&[("plimsoll.yaml", &config), ("a.yaml", &workload)]);
        let (found, code) = check(folder.path(), &[]);
        assert!(code == 0, "{expression}: {found:?}");
        found.is_empty()
    };
    for (subject, expression) in [
        (
            "object",
            "object.kind != 'Deployment' || services(object).map(s, s.metadata.name) == ['front']",
        ),
        (
            "object",
            "object.kind != 'Deployment' || budgets(object)[0].spec.minAvailable > object.spec.replicas",
        ),
        (
            "object",
            "object.kind != 'Deployment' || autoscalers(object)[0].spec.maxReplicas == 5",
        ),
        ("object", "object.kind != 'Deployment' || policies(object) == []"),
        (
            "object",
            "object.kind != 'Service' || workloads(object)[0].metadata.name == 'web'",
        ),
        (
            "object",
            "lookup('Service', ns, 'front').hasValue() && !lookup('Service.apps', ns, 'front').hasValue()",
        ),
        (
            "pod",
            "pod.metadata.labels.app == 'web' && object.kind == 'Deployment' && ns == 'shop'",
        ),
        (
            "container",
            "container.image.startsWith('registry.example.com/') && size(pod.spec.containers) == 1",
        ),
        (
            "release",
            "objects.size() == 4 && objects.all(o, o.metadata.namespace == 'shop')",
        ),
    ] {
        assert!(holds(subject, expression), "{expression}");
        assert!(!holds(subject, &format!("!({expression})")), "not: {expression}");
    }
}

#[test]
fn mistakes_in_expressions_are_told_at_their_place() {
    let told = |rule: &str| {
        let folder = two(&format!("custom-rules:\n- name: own\n  message: no\n{rule}\n"));
        let output = call(folder.path(), &["check"]);
        let shown = String::from_utf8(output.stdout).expect("text");
        let line = |start: &str| {
            let mut lines = shown.lines();
            let found = lines.find_map(|line| line.trim_start().strip_prefix(start));
            found.unwrap_or_default().to_owned()
        };
        (
            line("error[invalid-configuration]: "),
            line("--> plimsoll.yaml:"),
            output.status.code(),
        )
    };
    let (message, place, code) = told("  expression: object.spec.replicas >> 1");
    assert!(
        message.starts_with("the expression does not compile: Syntax error"),
        "{message}"
    );
    assert_eq!((&*place, code), ("5:37", Some(2)));
    let (_, place, _) = told("  expression: |\n    true &&\n      object.spec. == 1");
    assert_eq!(place, "7:20");
    let (message, place, _) = told("  expression: objct.spec.replicas > 1");
    assert_eq!(
        (&*message, &*place),
        (
            "the expression does not compile: undeclared reference to 'objct'",
            "5:15"
        )
    );
    let (message, ..) = told("  expression: servces(object) == []");
    assert!(message.contains("'servces'"), "{message}");
    let (message, ..) = told("  expression: container.image == ''");
    assert!(
        message.contains("'container'"),
        "an object has no container: {message}"
    );
    let (message, ..) = told("  expression: \"'text'\"");
    assert!(message.contains("no truth value"), "{message}");
    let (message, ..) = told("  expression: 'true'\n  for: release\n  match: {kinds: Service}");
    assert!(message.contains("release"), "{message}");
    let (message, ..) = told("  expression: 'true'\n- {name: latest-tag, message: x, expression: 'true'}");
    assert!(
        message.contains("there is a rule `latest-tag` already"),
        "{message}"
    );
}

#[test]
fn tests_of_own_rules_pass_or_say_what_differs() {
    let output = run(&["rules", "test", EXAMPLE]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    let rule = "custom-rules:
  - name: own
    message: no
    expression: object.metadata.name == 'a'
    tests:
      - {name: fine, manifest: '{apiVersion: v1, kind: ConfigMap, metadata: {name: b}}', expect: pass}
      - {name: two, manifest: '{apiVersion: v1, kind: ConfigMap, metadata: {name: b}}', expect: fail, count: 2}
      - {name: none, manifest: '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}', expect: fail}
      - {name: empty, manifest: '', expect: pass}
      - {name: nowhere, file: nowhere.yaml, expect: pass}
";
    let folder = project(&[("plimsoll.yaml", rule)]);
    let output = call(folder.path(), &["rules", "test"]);
    assert_eq!(output.status.code(), Some(1));
    let shown = String::from_utf8(output.stdout).expect("text");
    for part in [
        "FAIL  own: fine (plimsoll.yaml:6)\n        expected 0 findings, got 1 finding\n        - : no\n",
        "expected 2 findings, got 1 finding",
        "expected a finding, there is none",
        "there is no object in `manifest` or `file`",
        "cannot read",
        "5 tests of 1 rule: 5 failed",
    ] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
}
