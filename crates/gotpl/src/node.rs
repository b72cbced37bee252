//! The parsed template: what execution walks and error messages print.
//!
//! A tree owns nothing but plain shared data, so it is `Send + Sync`: parse once, execute in many threads. Every node
//! has a number, unique in its text; execution remembers only the number of the node it is at, and the node is looked
//! up when an error must show it.
//!
//! Names and short constants are not copied out of the text: a node says where they are. Most templates of a chart are
//! executed once, so what parsing allocates is what a render costs.
//!
//! Positions are Go's, oddities included: the position of `.a.b` is that of `.b`.

use std::sync::Arc;

use plimsoll_gostd::strconv::quote;
use smallvec::SmallVec;

use crate::string::Str;

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

    /// The text of a span that nodes hold, which never leads out of it.
    pub(crate) fn slice(&self, start: u32, end: u32) -> &[u8] {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// A name: letters and digits, so it is UTF-8.
    fn name(&self, start: u32, end: u32) -> &str {
        std::str::from_utf8(self.slice(start, end)).unwrap_or_default()
    }
}

/// A template: the body of a file, of a `define` or of a `block`.
#[derive(Debug)]
pub struct Tree {
    pub(crate) name: Arc<[u8]>,
    /// The name, lossy, for messages and tracing.
    pub(crate) label: Arc<str>,
    pub(crate) source: Arc<Source>,
    pub(crate) root: Box<[Node]>,
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
    Action(At, Box<Pipe>),
    If(Box<Branch>),
    With(Box<Branch>),
    Range(Box<Branch>),
    Template(Box<Call>),
    Break(At),
    Continue(At),
}

#[derive(Debug)]
pub(crate) struct Branch {
    pub(crate) at: At,
    pub(crate) pipe: Pipe,
    pub(crate) body: Box<[Node]>,
    pub(crate) otherwise: Option<Box<[Node]>>,
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
    /// Nearly always one.
    pub(crate) commands: SmallVec<[Command; 1]>,
}

#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) at: At,
    /// Never empty; mostly one.
    pub(crate) args: SmallVec<[Operand; 1]>,
}

#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) at: At,
    /// The same for the same name in one text.
    pub(crate) slot: u32,
    pub(crate) fields: Fields,
}

impl Variable {
    /// Its name, with the `$`.
    pub(crate) fn name<'s>(&self, source: &'s Source) -> &'s str {
        let end = if self.fields.is_empty() {
            self.at.end
        } else {
            self.fields.start
        };
        source.name(self.at.start, end)
    }
}

/// Names behind points, `.a.b`. Nothing may stand between them, so they are one piece of the text.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Fields {
    start: u32,
    end: u32,
}

impl Fields {
    pub(crate) fn new(start: usize, end: usize) -> Self {
        // Texts beyond 4 GiB were refused.
        Self {
            start: start as u32,
            end: end as u32,
        }
    }

    pub(crate) fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The names, without points.
    pub(crate) fn names(self, source: &Source) -> Names<'_> {
        Names(source.name(self.start, self.end))
    }
}

/// The names that are left of a chain, each with its point.
pub(crate) struct Names<'s>(&'s str);

impl Names<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'s> Iterator for Names<'s> {
    type Item = &'s str;

    fn next(&mut self) -> Option<&'s str> {
        let rest = self.0.strip_prefix('.')?;
        // Names are short: looking for the end byte by byte is the fastest.
        let end = rest.bytes().position(|byte| byte == b'.').unwrap_or(rest.len());
        let (name, rest) = rest.split_at(end);
        self.0 = rest;
        Some(name)
    }
}

/// A string constant.
#[derive(Debug, Clone)]
pub(crate) enum Literal {
    /// The text between the quotes, short enough to live inside a value.
    Span(u32, u32),
    Shared(Arc<[u8]>),
}

impl Literal {
    pub(crate) fn value(&self, source: &Source) -> Str {
        match self {
            Self::Span(start, end) => Str::new(source.slice(*start, *end)),
            Self::Shared(text) => Str::from_shared(text),
        }
    }
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
    Str(At, Literal),
    Field(At, Fields),
    Variable(Variable),
    /// Its name is what it spans.
    Function(At, Callee),
    Chain(At, Box<Self>, Fields),
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
        self.out.extend_from_slice(self.source.slice(at.start, at.end));
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
        self.push(variable.name(self.source));
        self.fields(variable.fields);
    }

    fn fields(&mut self, fields: Fields) {
        self.out
            .extend_from_slice(self.source.slice(fields.start, fields.end));
    }

    pub(crate) fn operand(&mut self, operand: &Operand) {
        match operand {
            Operand::Dot(_) => self.push("."),
            Operand::Nil(_) => self.push("nil"),
            Operand::Bool(_, true) => self.push("true"),
            Operand::Bool(_, false) => self.push("false"),
            Operand::Number(number) => self.original(number.at),
            Operand::Str(at, _) => self.original(*at),
            Operand::Field(_, fields) => self.fields(*fields),
            Operand::Variable(variable) => self.variable(variable),
            Operand::Function(at, _) => self.original(*at),
            Operand::Chain(_, inner, fields) => {
                if matches!(**inner, Operand::Pipe(_)) {
                    self.push("(");
                    self.operand(inner);
                    self.push(")");
                } else {
                    self.operand(inner);
                }
                self.fields(*fields);
            }
            Operand::Pipe(pipe) => self.pipe(pipe),
        }
    }
}
