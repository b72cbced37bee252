//! The shape of the tree on small documents.

use plimsoll_yaml::{Cause, Limits, Scalar, parse};

#[test]
fn reads_a_manifest() {
    let stream = parse(
        "apiVersion: v1\nkind: Service\nspec:\n  ports:\n  - port: 80\n    name: \"a\\tb\"\n  text: |\n    x\n    y\n---\n# nothing\n",
        &Limits::default(),
    );
    assert_eq!(stream.errors, []);
    let root = stream.docs[0].root();
    let port = root
        .get("spec")
        .and_then(|s| s.get("ports"))
        .and_then(|p| p.item(0))
        .unwrap();
    assert_eq!(port.get("port").unwrap().resolve(), Scalar::Int(80));
    assert_eq!(port.get("name").unwrap().str(), "a\tb");
    assert_eq!(root.get("spec").unwrap().get("text").unwrap().str(), "x\ny\n");
    assert!(stream.docs[1].is_empty());
}

#[test]
fn loses_one_document_only() {
    let stream = parse("a: 1\n---\nb: 1\n\tc: 2\n---\nd: 3\n", &Limits::default());
    assert_eq!(stream.docs.len(), 2);
    assert_eq!(stream.docs[1].index(), 2);
    assert_eq!(stream.errors.len(), 1);
    assert_eq!(stream.errors[0].cause, Cause::TabIndent);
}
