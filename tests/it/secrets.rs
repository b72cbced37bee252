//! What a Secret holds is in no output.

use crate::support::{plimsoll, run_with_stdin};

const SECRET: &str = "\
apiVersion: v1
kind: Secret
metadata:
  name: database
  label: {}
stringData:
  password: hunter2-hunter2
  port: 54321
data:
  token: c3VwZXItc2VjcmV0LXRva2Vu
  broken: not-base64-but-secret
";

const HELD: [&str; 4] = ["hunter2", "54321", "c3VwZXItc2Vjc", "but-secret"];

fn assert_masked(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for held in HELD {
        assert!(!text.contains(held), "`{held}` is in the output:\n{text}");
    }
}

#[test]
fn findings_and_excerpts() {
    for format in ["human", "json"] {
        let output = run_with_stdin(&["check", "--format", format, "-"], SECRET.as_bytes());
        assert_eq!(output.status.code(), Some(1), "the fixture must have findings");
        assert_masked(&output.stdout);
        assert_masked(&output.stderr);
    }
}

#[test]
fn differences() {
    let folder = tempfile::tempdir().expect("a folder");
    let (old, new) = (folder.path().join("old.yaml"), folder.path().join("new.yaml"));
    std::fs::write(
        &old,
        "apiVersion: v1\nkind: Secret\nmetadata: {name: database}\nstringData: {password: other}\n",
    )
    .expect("writable");
    std::fs::write(&new, SECRET.replace("  label: {}\n", "")).expect("writable");
    for format in ["human", "unified", "json", "markdown", "html"] {
        let output = plimsoll(&["diff", "--format", format])
            .arg(&old)
            .arg(&new)
            .output()
            .expect("the binary starts");
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(
            String::from_utf8_lossy(&output.stdout).contains("password"),
            "the change must be told"
        );
        assert_masked(&output.stdout);
    }
}
