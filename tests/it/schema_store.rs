//! The project's schema store, from `schema add` to what `check` finds with it.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::support::{plimsoll, root};

const SHOP: &str = "\
apiVersion: example.com/v1
kind: Shop
metadata: {name: corner}
spec: {tills: 0, mode: online}
";

fn run_in(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output: Output = plimsoll(args)
        .current_dir(folder)
        .output()
        .expect("the binary starts");
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

fn project() -> tempfile::TempDir {
    let project = tempfile::tempdir().expect("a folder");
    fs::create_dir(project.path().join("deploy")).expect("a folder");
    fs::write(project.path().join("deploy/shop.yaml"), SHOP).expect("a file");
    project
}

#[test]
fn definitions_are_added_once_and_found_from_below() {
    let project = project();
    let (folder, deploy) = (project.path(), project.path().join("deploy"));
    let check = ["check", "shop.yaml", "--rules", "none"];
    let (code, text) = run_in(&deploy, &check);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("no schema is known for Shop"), "{text}");

    let definitions = root()
        .join("fixtures/schema/custom-resources.yaml")
        .display()
        .to_string();
    let (code, text) = run_in(folder, &["schema", "add", &definitions]);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(
        text,
        ".plimsoll/schemas/example.com/Shop.v1.json  example.com/v1 Shop\n1 of 1 kinds are new or changed\n"
    );
    let (_, text) = run_in(folder, &["schema", "add", &definitions]);
    assert_eq!(text, "0 of 1 kinds are new or changed\n");

    let (code, text) = run_in(&deploy, &check);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("`tills` must be at least 1"), "{text}");

    let (_, text) = run_in(&deploy, &["schema", "show", "Shop.spec"]);
    assert!(text.contains("mode     walk-in | online"), "{text}");
    let (_, text) = run_in(&deploy, &["schema", "list", "shop"]);
    assert_eq!(text, "example.com/v1  Shop  of the project\n");
}

#[test]
fn openapi_documents_bring_kinds_and_leave_kubernetes_own() {
    let project = project();
    let meta = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
    let post = |group: &str, version: &str, kind: &str| {
        serde_json::json!({"post": {"x-kubernetes-action": "post",
            "x-kubernetes-group-version-kind": {"group": group, "version": version, "kind": kind}}})
    };
    let document = serde_json::json!({
        "swagger": "2.0",
        "paths": {
            "/api/v1/namespaces/{namespace}/pods": post("", "v1", "Pod"),
            "/apis/example.com/v1/namespaces/{namespace}/shops": post("example.com", "v1", "Shop"),
        },
        "definitions": {
            "com.example.v1.Shop": {
                "type": "object",
                "x-kubernetes-group-version-kind": [{"group": "example.com", "version": "v1", "kind": "Shop"}],
                "properties": {
                    "metadata": {"$ref": format!("#/definitions/{meta}")},
                    "spec": {"$ref": "#/definitions/com.example.v1.Spec"},
                },
            },
            "com.example.v1.Spec": {
                "type": "object",
                "properties": {
                    "tills": {"type": "string"},
                    "inner": {"$ref": "#/definitions/com.example.v1.Spec"},
                },
            },
            (meta): {"type": "object"},
        },
    });
    fs::write(project.path().join("swagger.json"), document.to_string()).expect("a file");
    let (code, text) = run_in(
        project.path(),
        &["schema", "add", "swagger.json", "--schema-dir", "kinds"],
    );
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.starts_with("kinds/example.com/Shop.v1.json  example.com/v1 Shop\n"),
        "{text}"
    );
    assert!(text.contains("1 kinds of Kubernetes itself"), "{text}");
    let check = ["check", ".", "--rules", "none", "--schema-dir", "kinds"];
    let (code, text) = run_in(project.path(), &check);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("`tills` must be a string"), "{text}");
    assert!(text.contains("there is no field `mode` in `spec`"), "{text}");
}

#[test]
fn unknown_kinds_are_what_the_user_says() {
    let project = project();
    let check = |flags: &[&str]| {
        let mut args = vec!["check", "deploy", "--rules", "none"];
        args.extend(flags);
        run_in(project.path(), &args)
    };
    assert!(check(&[]).1.contains("warning[unknown-kind]"));
    assert_eq!(check(&["--unknown-kinds", "error"]).0, Some(1));
    let (code, text) = check(&["--unknown-kinds", "ignore"]);
    assert_eq!(code, Some(0));
    assert!(!text.contains("unknown-kind"), "{text}");
}

#[test]
fn a_broken_store_is_a_finding() {
    let project = project();
    let folder = project.path().join(".plimsoll/schemas/example.com");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("Shop.v1.json"), "{").expect("a file");
    let (code, text) = run_in(project.path(), &["check", "deploy", "--rules", "none"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("error[unreadable-input]") && text.contains("plimsoll schema add"),
        "{text}"
    );
}

#[test]
fn wrong_words_are_answered() {
    let project = project();
    let said = |args: &[&str]| run_in(project.path(), args);
    assert_eq!(
        said(&["schema", "show", "Deploymnet"]),
        (
            Some(2),
            "error: there is no kind `Deploymnet`; did you mean `Deployment`?\n".to_owned()
        )
    );
    assert_eq!(
        said(&["schema", "show", "Pod.spec.contaners"]),
        (
            Some(2),
            "error: there is no field `contaners` in PodSpec; did you mean `containers`?\n".to_owned()
        )
    );
    let (code, text) = said(&["schema", "add", "deploy/shop.yaml"]);
    assert_eq!(code, Some(2), "{text}");
    let (code, text) = said(&["check", "deploy", "--kubernetes", "1.36..1.31"]);
    assert_eq!(code, Some(2), "{text}");
    assert!(
        text.contains("the range ends before it begins; write `1.31..1.36`"),
        "{text}"
    );
    let (code, text) = said(&["check", "deploy", "--kubernetes", "1.20..1.25"]);
    assert_eq!(code, Some(2), "{text}");
    assert!(
        text.contains("no schemas of Kubernetes 1.20 are embedded; there are 1.24 to 1.37"),
        "{text}"
    );
}
