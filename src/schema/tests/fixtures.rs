//! Every `fixtures/schema/NAME.yaml` gives exactly the findings of `NAME.expected`.

use std::fmt::Write as _;
use std::path::Path;

use super::{findings_of, read};
use crate::finding::locate::Locator;

fn report(name: &str, text: &str, with_help: bool) -> String {
    let (manifests, sources) = read(name, text);
    let locator = Locator::new(&manifests, &sources);
    let mut located: Vec<_> = findings_of(&manifests)
        .into_iter()
        .map(|finding| locator.locate(finding))
        .collect();
    located.sort_by_key(|found| (found.location.line, found.location.column, found.rule.name));
    let mut report = String::new();
    for found in located {
        let (line, column) = (found.location.line, found.location.column);
        let _ = writeln!(
            report,
            "{line}:{column} {} {} {}",
            found.severity.as_str(),
            found.rule.name,
            found.message
        );
        if with_help {
            let _ = writeln!(
                report,
                "  {}: {}",
                found.field.unwrap_or_default(),
                found.help.unwrap_or_default()
            );
        }
    }
    report
}

#[test]
fn fixtures_give_exactly_their_findings() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/schema");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the fixtures are there")
        .map(|entry| entry.expect("a readable entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    files.sort();
    assert!(
        files.len() >= 20,
        "only {} fixtures in {}",
        files.len(),
        folder.display()
    );
    let mut wrong = String::new();
    for path in files {
        let text = std::fs::read_to_string(&path).expect("a readable fixture");
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let expected = std::fs::read_to_string(path.with_extension("expected")).unwrap_or_default();
        // What the stages after this one say is held by `tests/it/fixtures.rs`.
        let is_later = |line: &&str| {
            let rule = line.split(' ').nth(2);
            crate::admission::RULES
                .iter()
                .any(|later| rule == Some(later.name))
        };
        let expected: String = expected
            .split_inclusive('\n')
            .filter(|line| !is_later(line))
            .collect();
        let actual = report(&name, &text, false);
        if actual != expected {
            let _ = write!(
                wrong,
                "== {name}\n-- expected\n{expected}-- actual\n{}",
                report(&name, &text, true)
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The help of the only finding about a ConfigMap-like text.
fn help(text: &str) -> String {
    let (manifests, sources) = read("input.yaml", text);
    let locator = Locator::new(&manifests, &sources);
    let found: Vec<_> = findings_of(&manifests)
        .into_iter()
        .map(|finding| locator.locate(finding))
        .collect();
    let [only] = &found[..] else {
        panic!("{} findings in {text}", found.len())
    };
    only.help.clone().unwrap_or_default()
}

fn pod(spec: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: shop}}\nspec: {spec}\n")
}

#[test]
fn help_says_what_to_write() {
    let container = |fields: &str| pod(&format!("{{containers: [{{name: a, {fields}}}]}}"));
    assert_eq!(
        help(&container("prots: [{containerPort: 80}]")),
        "did you mean `ports`?"
    );
    assert_eq!(
        help(&container("imagePUllPolicy: Always")),
        "did you mean `imagePullPolicy`?"
    );
    assert_eq!(
        help(&container("env: [{name: A, value: yes}]")),
        "put it in quotes: `value: \"yes\"`"
    );
    assert_eq!(help(&container("args: [8080]")), "put it in quotes: `- \"8080\"`");
    assert_eq!(
        help(&container("command: npm start")),
        "write it as a list: `command: [\"npm start\"]`"
    );
    assert_eq!(
        help(&container("tty: \"true\"")),
        "remove the quotes: `tty: true`"
    );
    assert_eq!(
        help(&container("ports: [{containerPort: \"80\"}]")),
        "remove the quotes: `containerPort: 80`"
    );
    assert_eq!(
        help(&container("ports: {containerPort: 80}")),
        "a list item starts with a dash: `- containerPort:`"
    );
    assert_eq!(
        help(&container("imagePullPolicy: Allways")),
        "did you mean `Always`? Allowed are `Always`, `IfNotPresent`, `Never`"
    );
    assert_eq!(
        help(&container("resources: {limits: {memory: 1GB}}")),
        "write `1G` (powers of 1000) or `1Gi` (powers of 1024)"
    );
    assert_eq!(
        help(&pod("{containers: [{name: a}], livenessProbe: {exec: {}}}")),
        "it belongs at `spec.containers[0].livenessProbe`: check the indentation"
    );
    assert_eq!(
        help("apiVersion: v1\nkind: ConfigMap\nname: shop\nmetadata: {}\n"),
        "it belongs at `metadata.name`: check the indentation"
    );
}

#[test]
fn kinds_that_do_not_exist_name_the_nearest() {
    let object = |api_version: &str, kind: &str| {
        format!("apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: shop}}\n")
    };
    assert_eq!(
        help(&object("apps/v1", "Deploymnet")),
        "did you mean `Deployment`?"
    );
    assert_eq!(
        help(&object("v1", "Ingress")),
        "use `apiVersion: networking.k8s.io/v1`"
    );
    assert_eq!(
        help(&object("batch/v1beta1", "CronJob")),
        "use `apiVersion: batch/v1`"
    );
    assert_eq!(
        help(&object("networking.k8s.oi/v1", "Ingress")),
        "did you mean `apiVersion: networking.k8s.io/v1`?"
    );
    assert_eq!(
        help(&object("example.com/v1", "Shop")),
        "give its CustomResourceDefinition together with the manifests, or add it to the project with `plimsoll schema \
         add FILE`"
    );
    assert!(help(&object("extensions/v1beta1", "Ingress")).contains("pathType"));
}
