//! The parsed template: what execution walks and error messages print.
//!
//! A tree owns nothing but plain shared data, so it is `Send + Sync`: parse once, execute in many threads. Every node
//! has a number, unique in its text; execution remembers only the number of the node it is at, and the node is looked
//! up when an error must show it.
//!
//! Positions are Go's, oddities included: the position of `.a.b` is that of `.b`.

use std::sync::Arc;

use plimsoll_gostd::strconv::quote;

/// A text that was parsed: a file, or what `tpl` was given.
#[derive(Debug)]
pub struct Source {
    /// Name for messages.
    pub name: Arc<str>,
    /// The text.
    pub text: Arc<[u8]>,
}

impl Source {
    /// Line from 1 and column in bytes from 0 of a position.
    pub fn line_column(&self, pos: usize) -> (usize, usize) {
        let before = &self.text[..pos.min(self.text.len())];
        let line = 1 + memchr::memchr_iter(b'\n', before).count();
        // Go's own oddity: the first line counts from its start as the others do.
        let column =
            memchr::memrchr(b'\n', before).map_or(before.len(), |newline| before.len() - newline - 1);
        (line, column)
    }
}

/// A template: the body of a file, of a `define` or of a `block`.
#[derive(Debug)]
pub struct Tree {
    pub(crate) name: Arc<[u8]>,
    /// The name, lossy, for messages and tracing.
    pub(crate) label: Arc<str>,
    pub(crate) source: Arc<Source>,
    pub(crate) root: Vec<Node>,
}

impl Tree {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.label
    }

    /// The text it was parsed from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Nothing but space and comments: does not replace an earlier template of its name.
    pub fn is_empty(&self) -> bool {
        self.root.iter().all(|node| match node {
            Node::Text(text) => {
                // Go trims Unicode space here, not only its own four.
                let bytes = &self.source.text[text.start as usize..text.end as usize];
                match std::str::from_utf8(bytes) {
                    Ok(text) => text.trim_matches(char::is_whitespace).is_empty(),
                    Err(_) => false,
                }
            }
            _ => false,
        })
    }
}

/// Where a node is, and its number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At {
    pub(crate) id: u32,
    /// Go's position.
    pub(crate) pos: u32,
    /// Where its text really begins and ends.
    pub(crate) start: u32,
    pub(crate) end: u32,
}

#[derive(Debug)]
pub(crate) enum Node {
    Text(At),
    Action(At, Pipe),
    If(Branch),
    With(Branch),
    Range(Branch),
    Template(Call),
    Break(At),
    Continue(At),
}

#[derive(Debug)]
pub(crate) struct Branch {
    pub(crate) at: At,
    pub(crate) pipe: Pipe,
    pub(crate) body: Vec<Node>,
    pub(crate) otherwise: Option<Vec<Node>>,
}

#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) at: At,
    pub(crate) name: Arc<[u8]>,
    pub(crate) pipe: Option<Pipe>,
}

#[derive(Debug)]
pub(crate) struct Pipe {
    pub(crate) at: At,
    pub(crate) assigns: bool,
    pub(crate) declares: Vec<Variable>,
    pub(crate) commands: Vec<Command>,
}

#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) at: At,
    /// Never empty.
    pub(crate) args: Vec<Operand>,
}

#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) at: At,
    /// The same for the same name in one text.
    pub(crate) slot: u32,
    pub(crate) name: Arc<str>,
    pub(crate) fields: Vec<Box<str>>,
}

/// A function that a name was resolved to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Callee {
    Builtin(crate::builtin::Builtin),
    Table(u32),
}

#[derive(Debug)]
pub(crate) enum Operand {
    Dot(At),
    Nil(At),
    Bool(At, bool),
    Number(Box<Number>),
    Str(At, Arc<[u8]>),
    Field(At, Vec<Box<str>>),
    Variable(Variable),
    Function(At, Box<str>, Callee),
    Chain(At, Box<Self>, Vec<Box<str>>),
    Pipe(Box<Pipe>),
}

/// A number constant, under every type that can hold it.
#[derive(Debug, Clone)]
pub(crate) struct Number {
    pub(crate) at: At,
    pub(crate) int: Option<i64>,
    pub(crate) uint: Option<u64>,
    pub(crate) float: Option<f64>,
    pub(crate) complex: Option<(f64, f64)>,
    /// The syntax is a float's: with a point or an exponent.
    pub(crate) float_syntax: bool,
}

impl Operand {
    pub(crate) fn at(&self) -> At {
        match self {
            Self::Dot(at)
            | Self::Nil(at)
            | Self::Bool(at, _)
            | Self::Str(at, _)
            | Self::Field(at, _)
            | Self::Function(at, ..)
            | Self::Chain(at, ..) => *at,
            Self::Number(number) => number.at,
            Self::Variable(variable) => variable.at,
            Self::Pipe(pipe) => pipe.at,
        }
    }
}

/// A node found by its number.
#[derive(Clone, Copy)]
pub(crate) enum NodeRef<'a> {
    Node(&'a Node),
    Pipe(&'a Pipe),
    Command(&'a Command),
    Variable(&'a Variable),
    Operand(&'a Operand),
}

impl NodeRef<'_> {
    pub(crate) fn at(self) -> At {
        match self {
            Self::Node(node) => match node {
                Node::Text(at) | Node::Action(at, _) | Node::Break(at) | Node::Continue(at) => *at,
                Node::If(branch) | Node::With(branch) | Node::Range(branch) => branch.at,
                Node::Template(call) => call.at,
            },
            Self::Pipe(pipe) => pipe.at,
            Self::Command(command) => command.at,
            Self::Variable(variable) => variable.at,
            Self::Operand(operand) => operand.at(),
        }
    }
}

/// Finds a node by its number.
pub(crate) fn find(nodes: &[Node], id: u32) -> Option<NodeRef<'_>> {
    nodes.iter().find_map(|node| {
        let this = NodeRef::Node(node);
        if this.at().id == id {
            return Some(this);
        }
        match node {
            Node::Text(_) | Node::Break(_) | Node::Continue(_) => None,
            Node::Action(_, pipe) => in_pipe(pipe, id),
            Node::If(branch) | Node::With(branch) | Node::Range(branch) => in_pipe(&branch.pipe, id)
                .or_else(|| find(&branch.body, id))
                .or_else(|| branch.otherwise.as_ref().and_then(|nodes| find(nodes, id))),
            Node::Template(call) => call.pipe.as_ref().and_then(|pipe| in_pipe(pipe, id)),
        }
    })
}

fn in_pipe(pipe: &Pipe, id: u32) -> Option<NodeRef<'_>> {
    if pipe.at.id == id {
        return Some(NodeRef::Pipe(pipe));
    }
    if let Some(variable) = pipe.declares.iter().find(|variable| variable.at.id == id) {
        return Some(NodeRef::Variable(variable));
    }
    pipe.commands.iter().find_map(|command| {
        if command.at.id == id {
            return Some(NodeRef::Command(command));
        }
        command.args.iter().find_map(|operand| in_operand(operand, id))
    })
}

fn in_operand(operand: &Operand, id: u32) -> Option<NodeRef<'_>> {
    if operand.at().id == id {
        return Some(match operand {
            Operand::Pipe(pipe) => NodeRef::Pipe(pipe),
            _ => NodeRef::Operand(operand),
        });
    }
    match operand {
        Operand::Chain(_, inner, _) => in_operand(inner, id),
        Operand::Pipe(pipe) => in_pipe(pipe, id),
        _ => None,
    }
}

/// Prints nodes as Go's `String` methods do.
pub(crate) struct Printer<'a> {
    pub(crate) source: &'a Source,
    pub(crate) out: Vec<u8>,
}

impl<'a> Printer<'a> {
    pub(crate) fn new(source: &'a Source) -> Self {
        Self {
            source,
            out: Vec::new(),
        }
    }

    pub(crate) fn finish(self) -> String {
        String::from_utf8_lossy(&self.out).into_owned()
    }

    fn push(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn original(&mut self, at: At) {
        let text = self
            .source
            .text
            .get(at.start as usize..at.end as usize)
            .unwrap_or_default();
        self.out.extend_from_slice(text);
    }

    pub(crate) fn any(&mut self, node: NodeRef<'_>) {
        match node {
            NodeRef::Node(node) => self.node(node),
            NodeRef::Pipe(pipe) => self.pipe(pipe),
            NodeRef::Command(command) => self.command(command),
            NodeRef::Variable(variable) => self.variable(variable),
            NodeRef::Operand(operand) => self.operand(operand),
        }
    }

    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            self.node(node);
        }
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Text(at) => self.original(*at),
            Node::Action(_, pipe) => {
                self.push("{{");
                self.pipe(pipe);
                self.push("}}");
            }
            Node::If(branch) => self.branch("if", branch),
            Node::With(branch) => self.branch("with", branch),
            Node::Range(branch) => self.branch("range", branch),
            Node::Template(call) => {
                self.push("{{template ");
                self.push(&quote(&call.name));
                if let Some(pipe) = &call.pipe {
                    self.push(" ");
                    self.pipe(pipe);
                }
                self.push("}}");
            }
            Node::Break(_) => self.push("{{break}}"),
            Node::Continue(_) => self.push("{{continue}}"),
        }
    }

    fn branch(&mut self, word: &str, branch: &Branch) {
        self.push("{{");
        self.push(word);
        self.push(" ");
        self.pipe(&branch.pipe);
        self.push("}}");
        self.nodes(&branch.body);
        if let Some(nodes) = &branch.otherwise {
            self.push("{{else}}");
            self.nodes(nodes);
        }
        self.push("{{end}}");
    }

    pub(crate) fn pipe(&mut self, pipe: &Pipe) {
        for (i, variable) in pipe.declares.iter().enumerate() {
            if i > 0 {
                self.push(", ");
            }
            self.variable(variable);
        }
        if !pipe.declares.is_empty() {
            self.push(if pipe.assigns { " = " } else { " := " });
        }
        for (i, command) in pipe.commands.iter().enumerate() {
            if i > 0 {
                self.push(" | ");
            }
            self.command(command);
        }
    }

    pub(crate) fn command(&mut self, command: &Command) {
        for (i, operand) in command.args.iter().enumerate() {
            if i > 0 {
                self.push(" ");
            }
            if matches!(operand, Operand::Pipe(_)) {
                self.push("(");
                self.operand(operand);
                self.push(")");
            } else {
                self.operand(operand);
            }
        }
    }

    fn variable(&mut self, variable: &Variable) {
        self.push(&variable.name);
        self.fields(&variable.fields);
    }

    fn fields(&mut self, fields: &[Box<str>]) {
        for field in fields {
            self.push(".");
            self.push(field);
        }
    }

    pub(crate) fn operand(&mut self, operand: &Operand) {
        match operand {
            Operand::Dot(_) => self.push("."),
            Operand::Nil(_) => self.push("nil"),
            Operand::Bool(_, true) => self.push("true"),
            Operand::Bool(_, false) => self.push("false"),
            Operand::Number(number) => self.original(number.at),
            Operand::Str(at, _) => self.original(*at),
            Operand::Field(_, fields) => self.fields(fields),
            Operand::Variable(variable) => self.variable(variable),
            Operand::Function(_, name, _) => self.push(name),
            Operand::Chain(_, inner, fields) => {
                if matches!(**inner, Operand::Pipe(_)) {
                    self.push("(");
                    self.operand(inner);
                    self.push(")");
                } else {
                    self.operand(inner);
                }
                self.fields(fields);
            }
            Operand::Pipe(pipe) => self.pipe(pipe),
        }
    }
}
