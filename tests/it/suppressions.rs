//! What other linters are told to leave out is left out here too.

use crate::support::{run, run_with_stdin};

/// A Deployment whose image has no tag, with something said about it.
fn deployment(above: &str, annotation: &str, behind_image: &str) -> String {
    format!(
        "{above}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  annotations:
    example.com/said: here
{annotation}
spec:
  selector: {{matchLabels: {{app: shop}}}}
  template:
    metadata: {{labels: {{app: shop}}}}
    spec:
      containers:
        - name: shop
          image: registry.example.com/shop{behind_image}
"
    )
}

/// How many findings of `latest-tag` are shown, and how many were suppressed.
fn counts(text: &str) -> (usize, u64) {
    counts_of("latest-tag", text)
}

fn counts_of(rule: &str, text: &str) -> (usize, u64) {
    let args = ["check", "-", "--rules", rule, "--format", "json"];
    let output = run_with_stdin(&args, text.as_bytes());
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a report");
    let findings = report["findings"].as_array().expect("an array");
    let suppressed = report["summary"]["suppressed"].as_u64().expect("a number");
    (findings.len(), suppressed)
}

#[test]
fn nothing_said() {
    assert_eq!(counts(&deployment("", "", "")), (1, 0));
}

#[test]
fn annotations_of_every_tool() {
    for annotation in [
        "plimsoll.dev/ignore: 'latest-tag: built here'",
        "ignore-check.kube-linter.io/latest-tag: built here",
        "kube-linter.io/ignore-all: built here",
        "kube-score/ignore: pod-probes, container-image-tag",
        "polaris.fairwinds.com/tagNotSpecified-exempt: 'true'",
        "polaris.fairwinds.com/exempt: 'true'",
        "checkov.io/skip1: CKV_K8S_14=built here",
    ] {
        let text = deployment("", &format!("    {annotation}"), "");
        assert_eq!(counts(&text), (0, 1), "{annotation}");
    }
}

#[test]
fn labels_of_kubeaudit() {
    let pod = |label: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: shop\n  labels:\n    {label}: built-here\nspec:\n  containers:\n    - name: shop\n      image: shop:1.4.2\n      securityContext: {{privileged: true}}\n    - name: log\n      image: log:1.4.2\n      securityContext: {{privileged: true}}\n"
        )
    };
    for (label, expected) in [
        ("app", (2, 0)),
        ("kubeaudit.io/allow-privileged", (0, 2)),
        ("audit.kubernetes.io/pod.allow-privileged", (0, 2)),
        ("container.kubeaudit.io/shop.allow-privileged", (1, 1)),
        ("container.audit.kubernetes.io/log.allow-privileged", (1, 1)),
        ("container.kubeaudit.io/cart.allow-privileged", (2, 0)),
        ("kubeaudit.io/allow-run-as-root", (2, 0)),
    ] {
        assert_eq!(
            counts_of("privileged-container", &pod(label)),
            expected,
            "{label}"
        );
    }
}

#[test]
fn comments_above_the_object_and_on_the_line() {
    for comment in [
        "# plimsoll: ignore latest-tag: built here",
        "#trivy:ignore:AVD-KSV-0013",
        "# checkov:skip=CKV_K8S_14:built here",
    ] {
        assert_eq!(counts(&deployment(comment, "", "")), (0, 1), "{comment}");
        let behind = format!(" {comment}");
        assert_eq!(counts(&deployment("", "", &behind)), (0, 1), "{comment}");
    }
}

#[test]
fn what_has_ended_is_shown_again_and_said() {
    let over = "# plimsoll: ignore latest-tag until 2020-01-31: until the registry is there";
    assert_eq!(counts(&deployment(over, "", "")), (2, 0));
    let holds = "# plimsoll: ignore latest-tag until 9999-01-31: until the registry is there";
    assert_eq!(counts(&deployment(holds, "", "")), (0, 1));
}

#[test]
fn another_check_of_the_tool_is_not_meant() {
    let text = deployment("", "    polaris.fairwinds.com/hostPIDSet-exempt: 'true'", "");
    assert_eq!(counts(&text), (1, 0));
}

/// Compares two versions of a Deployment; its exit code under `--exit-code`, and the JSON report.
fn diff(old: &str, new: &str) -> (Option<i32>, serde_json::Value) {
    let folder = tempfile::tempdir().expect("a folder");
    let side = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("writable");
        path.display().to_string()
    };
    let (old, new) = (side("old.yaml", old), side("new.yaml", new));
    let output = run(&["diff", &old, &new, "--exit-code", "--format", "json"]);
    (
        output.status.code(),
        serde_json::from_slice(&output.stdout).expect("a report"),
    )
}

#[test]
fn what_a_change_does_is_accepted() {
    let old = deployment("", "", ":1.0");
    let restart = "# plimsoll: ignore impact-rolling-restart: nobody notices";
    for (above, annotation, image) in [
        (restart, "", ":1.1".to_owned()),
        (
            "",
            "    plimsoll.dev/ignore: 'impact-rolling-restart: nobody notices'",
            ":1.1".to_owned(),
        ),
        ("", "", format!(":1.1 {restart}")),
    ] {
        let (code, report) = diff(&old, &deployment(above, annotation, &image));
        assert_eq!(code, Some(0), "{report:#}");
        assert_eq!(report["summary"]["accepted"], 1);
        assert_eq!(report["changes"][0]["reasons"][0]["accepted"], true);
        assert_eq!(report["summary"]["impacts"], serde_json::json!({}));
    }
    let (code, _) = diff(&old, &deployment("", "", ":1.1"));
    assert_eq!(code, Some(1), "nobody accepted it");
    let (code, _) = diff(&old, &deployment("# plimsoll: ignore impact-scale", "", ":1.1"));
    assert_eq!(code, Some(1), "something else is accepted");
    // A comment beside one line speaks of that line only.
    let two = deployment("", "", &format!(":1.1 {restart}"))
        .replace("name: shop\n          image", "name: web\n          image");
    assert_eq!(diff(&old, &two).0, Some(1), "more changes than what is accepted");
    let (code, _) = diff(
        &deployment("", "    plimsoll.dev/ignore: impact-removed", ":1.0"),
        "",
    );
    assert_eq!(code, Some(0), "an object that goes away says so itself");
}

#[test]
fn what_only_a_change_can_use_is_not_unused() {
    let text = deployment(
        "# plimsoll: ignore impact-rolling-restart: nobody notices",
        "",
        ":1.0",
    );
    assert_eq!(counts(&text), (0, 0));
}
