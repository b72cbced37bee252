//! What other linters are told to leave out is left out here too.

use crate::support::run_with_stdin;

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
    let args = ["check", "-", "--rules", "latest-tag", "--format", "json"];
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
