//! What a template prints by its actions, for those who read templates without running them.

use std::ops::Range;

use crate::node::{Command, Node, Operand, Pipe, Source, Tree};
use crate::set::Parsed;

/// An action that prints something: `{{ .Values.image | quote }}`.
#[derive(Debug, Clone, Copy)]
pub struct Action<'t> {
    source: &'t Source,
    pipe: &'t Pipe,
}

impl<'t> Action<'t> {
    /// The text it stands in.
    pub fn source(&self) -> &'t Source {
        self.source
    }

    /// Where it is, from `{{` to behind `}}`.
    pub fn range(&self) -> Range<usize> {
        let text = &self.source.text;
        let (start, end) = (self.pipe.at.start as usize, self.pipe.at.end as usize);
        let opening = memchr::memmem::rfind(&text[..start], b"{{").unwrap_or(start);
        let closing = memchr::memmem::find(&text[end..], b"}}").map_or(end, |at| end + at + 2);
        opening..closing
    }

    /// The functions of its commands, from left to right; `None` for a command that calls none.
    pub fn functions(&self) -> impl DoubleEndedIterator<Item = Option<&'t str>> {
        let source = self.source;
        let function = move |command: &'t Command| match command.args.first()? {
            Operand::Function(at, _) => std::str::from_utf8(source.slice(at.start, at.end)).ok(),
            _ => None,
        };
        self.pipe.commands.iter().map(function)
    }
}

impl Parsed {
    /// The actions of a text that print, in its definitions too, in reading order.
    pub fn actions(&self) -> Vec<Action<'_>> {
        let mut found = Vec::new();
        for tree in &*self.0 {
            collect(tree, &tree.root, &mut found);
        }
        found.sort_by_key(|action| action.pipe.at.start);
        found
    }
}

fn collect<'t>(tree: &'t Tree, nodes: &'t [Node], found: &mut Vec<Action<'t>>) {
    for node in nodes {
        match node {
            Node::Action(_, pipe) if pipe.declares.is_empty() => found.push(Action {
                source: &tree.source,
                pipe,
            }),
            Node::If(branch) | Node::With(branch) | Node::Range(branch) => {
                collect(tree, &branch.body, found);
                collect(tree, branch.otherwise.as_deref().unwrap_or_default(), found);
            }
            Node::Action(..) | Node::Text(_) | Node::Template(_) | Node::Break(_) | Node::Continue(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::{Functions, Parsed};

    #[test]
    fn actions_that_print() {
        let text = br#"{{ $a := 1 }}a: {{- .b | printf "%s" -}}{{ if .c }}{{ .d }}{{ end }}"#;
        let parsed = Parsed::new("t", Arc::from(&text[..]), &Functions::new()).expect("it parses");
        let actions = parsed.actions();
        let shown: Vec<_> = actions
            .iter()
            .map(|action| {
                let functions: Vec<_> = action.functions().collect();
                (
                    String::from_utf8_lossy(&text[action.range()]).into_owned(),
                    functions,
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                (
                    r#"{{- .b | printf "%s" -}}"#.to_owned(),
                    vec![None, Some("printf")]
                ),
                ("{{ .d }}".to_owned(), vec![None])
            ]
        );
    }
}
