//! Two sides of manifests: what a person and a machine are told.

use std::path::{Path, PathBuf};

use plimsoll::diff::{self, ChangeSet, Impact, Secrets, Setting};
use plimsoll::manifest::ManifestSet;
use plimsoll::manifest::parse::parse_alone;
use plimsoll::report::diff::{DiffFormat, write};
use plimsoll::schema::SchemaStore;

use crate::support::{root, schema};

fn manifests(text: &str) -> ManifestSet {
    let (manifests, findings) = parse_alone([text]);
    assert!(findings.is_empty(), "{findings:?}");
    manifests
}

fn compare(old: &str, new: &str) -> ChangeSet {
    diff(&manifests(old), &manifests(new), &SchemaStore::default())
}

fn diff(old: &ManifestSet, new: &ManifestSet, schemas: &SchemaStore) -> ChangeSet {
    compared(old, new, schemas, Secrets::Masked)
}

fn compared(old: &ManifestSet, new: &ManifestSet, schemas: &SchemaStore, secrets: Secrets) -> ChangeSet {
    let setting = Setting {
        schemas,
        namespace: "default",
        secrets,
        judged: None,
    };
    diff::diff(old, new, &setting)
}

fn printed(changes: &ChangeSet, format: DiffFormat) -> String {
    let mut out = Vec::new();
    write(changes, format, false, &mut out).expect("writing to memory");
    String::from_utf8(out).expect("text")
}

fn human(changes: &ChangeSet, color: bool) -> String {
    let mut out = Vec::new();
    write(changes, DiffFormat::Human, color, &mut out).expect("writing to memory");
    String::from_utf8(out).expect("text")
}

fn json(changes: &ChangeSet) -> serde_json::Value {
    serde_json::from_str(&printed(changes, DiffFormat::Json)).expect("JSON")
}

/// Every case below `fixtures/diff`, with both sides.
fn cases() -> Vec<(PathBuf, String, String)> {
    let folder = root().join("fixtures/diff");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("fixtures/diff")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    cases.sort();
    assert!(cases.len() >= 20, "only {} cases found", cases.len());
    let read = |case: &Path, side: &str| std::fs::read_to_string(case.join(side)).expect("readable");
    cases
        .into_iter()
        .map(|case| (case.clone(), read(&case, "old.yaml"), read(&case, "new.yaml")))
        .collect()
}

#[test]
fn every_case_reads_as_expected() {
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    for (case, old, new) in cases() {
        let found = human(&compare(&old, &new), false);
        let beside = case.join("expected.txt");
        if update {
            std::fs::write(&beside, &found).expect("writable");
        }
        let expected = std::fs::read_to_string(&beside).expect("expected.txt");
        assert_eq!(found, expected, "{}", case.display());
    }
}

#[test]
fn every_case_is_json_of_the_schema() {
    let validator = schema("diff.schema.json");
    let mut impacts = Vec::new();
    for (case, old, new) in cases() {
        for (old, new) in [(&old, &new), (&new, &old)] {
            let changes = compare(old, new);
            let report = json(&changes);
            let errors: Vec<String> = validator
                .iter_errors(&report)
                .map(|error| error.to_string())
                .collect();
            assert_eq!(errors, Vec::<String>::new(), "{}", case.display());
            impacts.extend(changes.changes.iter().map(|change| change.impact));
        }
    }
    for impact in Impact::ALL {
        assert!(
            impacts.contains(&impact),
            "no case has the impact {}",
            impact.as_str()
        );
    }
    let empty = serde_json::json!({"version": 1, "changes": [{}], "summary": {}});
    assert!(!validator.is_valid(&empty), "the schema takes anything");
}

#[test]
fn nothing_differs_from_itself() {
    for (case, old, new) in cases() {
        for side in [old, new] {
            assert!(compare(&side, &side).is_empty(), "{}", case.display());
        }
    }
}

#[test]
fn secrets_are_in_no_output() {
    let (_, old, new) = cases()
        .into_iter()
        .find(|(case, _, _)| case.ends_with("secret-masked"))
        .expect("the case");
    let changes = compare(&old, &new);
    let mut output = format!("{}{}{changes:?}", human(&changes, true), json(&changes));
    for format in [DiffFormat::Unified, DiffFormat::Markdown, DiffFormat::Html] {
        output.push_str(&printed(&changes, format));
    }
    for held in [
        "aHVudGVyMg",
        "c3dvcmRmaXNo",
        "Z29uZS1zb29u",
        "c2FtZS1mb3JldmVy",
        "plain-",
        "brand-new",
    ] {
        assert!(!output.contains(held), "`{held}` is in the output:\n{output}");
    }
    let fields: Vec<String> = changes.changes[0]
        .fields
        .iter()
        .map(|field| field.path().to_string())
        .collect();
    assert!(fields.contains(&"data.password".to_owned()), "{fields:?}");
    assert!(!fields.contains(&"data.same".to_owned()), "{fields:?}");
}

#[test]
fn color_only_on_demand() {
    let (_, old, new) = cases()
        .into_iter()
        .find(|(case, _, _)| case.ends_with("scale"))
        .expect("the case");
    let changes = compare(&old, &new);
    assert!(!human(&changes, false).contains('\u{1b}'));
    let colored = human(&changes, true);
    assert!(
        colored.contains("\u{1b}[31m2\u{1b}[0m → \u{1b}[32m5\u{1b}[0m"),
        "{colored}"
    );
}

/// The schema's keys come before the usual ones.
#[test]
fn a_schema_says_what_makes_items_the_same() {
    let side = |first: &str, second: &str| {
        format!(
            "apiVersion: example.com/v1\nkind: Widget\nmetadata: {{name: w}}\nspec:\n  parts:\n  - {{id: {first}, name: one}}\n  - {{id: {second}, name: two}}\n"
        )
    };
    let (old, new) = (manifests(&side("a", "b")), manifests(&side("b", "a")));
    let by_name = diff(&old, &new, &SchemaStore::default());
    let paths = |changes: &ChangeSet| -> Vec<String> {
        changes
            .changes
            .iter()
            .flat_map(|change| &change.fields)
            .map(|field| field.path().to_string())
            .collect()
    };
    assert_eq!(paths(&by_name), ["spec.parts[one].id", "spec.parts[two].id"]);
    let definition = manifests(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  names: {kind: Widget, plural: widgets}\n  scope: Namespaced\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {parts: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [id], items: {type: object, required: [id], properties: {id: {type: string}, name: {type: string}}}}}}}}}\n",
    );
    let mut schemas = SchemaStore::default();
    schemas.add_crds(&definition);
    let by_id = diff(&old, &new, &schemas);
    assert_eq!(
        paths(&by_id),
        ["spec.parts[b].name", "spec.parts[a].name", "spec.parts"]
    );
}

/// A rule that compares with `oldSelf` refuses the change, not the object.
#[test]
fn a_transition_rule_of_a_definition_refuses_the_change() {
    let definition = manifests(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: safes.example.com}\nspec:\n  group: example.com\n  names: {kind: Safe, plural: safes}\n  scope: Namespaced\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {code: {type: string, x-kubernetes-validations: [{rule: self == oldSelf, message: the code stays}]}}}}}}\n",
    );
    let side = |code: &str| {
        manifests(&format!(
            "apiVersion: example.com/v1\nkind: Safe\nmetadata: {{name: s}}\nspec: {{code: {code}}}\n"
        ))
    };
    let mut schemas = SchemaStore::default();
    schemas.add_crds(&definition);
    let changes = diff(&side("a"), &side("b"), &schemas);
    let reasons: Vec<&str> = changes
        .changes
        .iter()
        .flat_map(|change| &change.reasons)
        .map(|reason| &*reason.message)
        .collect();
    assert!(
        reasons
            .iter()
            .any(|reason| reason.contains("spec.code: Invalid value: \"b\": the code stays")),
        "{reasons:?}"
    );
}

/// Two sides of many namespaces, each with its own number of replicas and the same new image.
fn environments(count: usize, is_new: bool) -> String {
    (0..count)
        .map(|number| {
            let tag = if is_new { "1.5.0" } else { "1.4.2" };
            let replicas = if is_new && number == 3 { 7 } else { 2 };
            format!("---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web, namespace: env-{number}}}\nspec:\n  replicas: {replicas}\n  selector: {{matchLabels: {{app: web}}}}\n  template:\n    metadata: {{labels: {{app: web}}}}\n    spec: {{containers: [{{name: web, image: \"shop/web:{tag}\"}}]}}\n")
        })
        .collect()
}

#[test]
fn what_changes_alike_is_told_once() {
    let text = human(&compare(&environments(16, false), &environments(16, true)), false);
    assert_eq!(text.matches("~ Deployment").count(), 2, "{text}");
    assert!(
        text.contains("the same change in 15 of 16 environments: env-0, env-1, env-2, env-4, env-5 and 10 more; another one in env-3"),
        "{text}"
    );
}

#[test]
fn worst_comes_first() {
    let (_, old, new) = cases()
        .into_iter()
        .find(|(case, ..)| case.ends_with("moved-name"))
        .expect("the case");
    let text = human(&compare(&old, &new), false);
    let (recreate, traffic) = (
        text.find("# recreate").expect("recreate"),
        text.find("# traffic").expect("traffic"),
    );
    assert!(recreate < traffic, "{text}");
}

/// A comment of a pull request is refused when it is longer, so the least important is left out, and that is said.
#[test]
fn a_comment_fits_whatever_changes() {
    let side = |tag: &str| -> String {
        (0..3_000)
            .map(|number| format!("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings-of-{number}}}\ndata: {{key: '{tag}-{number}', long: '{}'}}\n", "x".repeat(100)))
            .collect()
    };
    let service = |port: u32| {
        format!(
            "---\napiVersion: v1\nkind: Service\nmetadata: {{name: web}}\nspec: {{ports: [{{port: {port}}}]}}\n"
        )
    };
    let changes = compare(&(side("a") + &service(80)), &(side("b") + &service(81)));
    let text = printed(&changes, DiffFormat::Markdown);
    assert!(text.len() <= 65_536, "{} bytes", text.len());
    assert!(text.len() > 50_000, "{} bytes", text.len());
    assert!(text.contains("are left out"), "{}", &text[text.len() - 500..]);
    let first = text.lines().find(|line| line.starts_with("| 🟡")).expect("a row");
    assert!(first.contains("Service web"), "{first}");
    assert_eq!(
        text.matches("<details>").count(),
        text.matches("</details>").count()
    );
}

#[test]
fn a_page_holds_no_markup_but_its_own() {
    let side = |value: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {{page: '<script>{value}</script>'}}\n"
        )
    };
    let page = printed(&compare(&side("a"), &side("b")), DiffFormat::Html);
    assert!(!page.contains("<script"), "{page}");
    assert!(
        page.contains("&lt;script&gt;<mark>b</mark>") || page.contains("<mark>"),
        "{page}"
    );
    assert!(!page.contains("http"), "the page needs nothing else: {page}");
}

#[test]
fn secrets_are_shown_to_who_asks() {
    let (_, old, new) = cases()
        .into_iter()
        .find(|(case, ..)| case.ends_with("secret-masked"))
        .expect("the case");
    let changes = compared(
        &manifests(&old),
        &manifests(&new),
        &SchemaStore::default(),
        Secrets::Shown,
    );
    let text = human(&changes, false);
    assert!(text.contains("aHVudGVyMg"), "{text}");
}
