//! Objects that need not be read to be compared.

use plimsoll_yaml::NodeRef;

use crate::manifest::Manifest;

/// Whether two objects are written with the same bytes, which spares reading them.
///
/// An alias may stand for something else in the other text, so a text with a `*` is read after all; and the same lines mean
/// something else at another indentation.
pub(super) fn is_same_text(old: &Manifest, new: &Manifest) -> bool {
    let (old, new) = (old.node(), new.node());
    let text = old.source_text();
    text == new.source_text() && indentation(old) == indentation(new) && !text.contains('*')
}

fn indentation(node: NodeRef<'_>) -> usize {
    let before = &node.doc().source().as_bytes()[..node.span().start as usize];
    before
        .iter()
        .rev()
        .take_while(|byte| !matches!(byte, b'\n' | b'\r'))
        .count()
}
