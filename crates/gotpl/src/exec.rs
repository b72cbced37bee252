//! Executing templates, `text/template/exec.go`.
//!
//! One `Execution` runs any number of templates of a set, one after another, in one thread; parsed `tpl` texts and the
//! bounds are shared by all of them. Invariant: execution ends. Steps, output and depth are counted, and each has a
//! limit that gives an error naming it.
//!
//! The node that an error shows is the one visited last (`at`), in exactly the order in which Go visits them.

use std::any::Any;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::builtin::{Builtin, Val, indirect, printable};
use crate::error::{Error, ErrorKind, Limit, Place};
use crate::func::{Args, Context, FuncError, FuncValue, Function, Runtime, TextError};
use crate::node::{
    self, Branch, Call, Callee, Command, Fields, Node, Number, Operand, Pipe, Printer, Tree, Variable,
};
use crate::parse;
use crate::set::{MissingKey, TemplateSet};
use crate::trace::{NoTrace, Trace};
use crate::types::{Kind, Type};
use crate::value::{IntKind, Object, Str, Value};

use plimsoll_gostd::strconv::quote;

/// Bounds of an execution.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Nesting of what executes: templates in templates, blocks and parentheses within them, counted together. Each
    /// level takes stack; `on_large_stack` gives enough for the default.
    pub depth: u32,
    /// Nodes executed, iterations, and what functions count.
    pub steps: u64,
    /// Bytes written, those of `include` and `tpl` each time.
    pub output: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 10_000,
            steps: 200_000_000,
            output: 1 << 30,
        }
    }
}

/// Stack that the default `Limits::depth` may need, with functions of the caller's between templates.
const STACK: usize = 512 << 20;

/// Runs `body` on a stack that is enough for the default limits. Memory is taken only as it is used.
///
/// # Panics
/// When `body` does, or when the system gives no address space.
pub fn on_large_stack<R>(body: impl FnOnce() -> R) -> R {
    stacker::grow(STACK, body)
}

type Fail = Box<Error>;

#[derive(PartialEq, Eq, Clone, Copy)]
enum Flow {
    Next,
    Break,
    Continue,
}

/// What a `tpl` text defines while it executes.
type Overlay = Rc<[Arc<Tree>]>;

/// A run of templates of a set.
pub struct Execution<'s, T: Trace = NoTrace> {
    set: &'s TemplateSet,
    host: &'s dyn Any,
    limits: Limits,
    trace: T,
    out: Vec<u8>,
    vars: Vec<(u32, Val)>,
    /// Where the variables of the current template begin.
    base: usize,
    /// The current template and node, for errors.
    tree: Option<Arc<Tree>>,
    node: u32,
    depth: u32,
    steps: u64,
    written: u64,
    overlays: Vec<Overlay>,
    parsed: HashMap<Str, Result<Overlay, Error>, RandomState>,
    spare: Vec<Vec<Value>>,
}

impl<'s> Execution<'s> {
    /// A run with the default limits and nothing for functions to find.
    pub fn new(set: &'s TemplateSet) -> Self {
        Execution::with_trace(set, NoTrace)
    }
}

impl<'s, T: Trace> Execution<'s, T> {
    /// A run that is watched.
    pub fn with_trace(set: &'s TemplateSet, trace: T) -> Self {
        Self {
            set,
            host: &(),
            limits: Limits::default(),
            trace,
            out: Vec::new(),
            vars: Vec::new(),
            base: 0,
            tree: None,
            node: 0,
            depth: 0,
            steps: 0,
            written: 0,
            overlays: Vec::new(),
            parsed: HashMap::default(),
            spare: Vec::new(),
        }
    }

    /// What functions get by `Context::host`.
    #[must_use]
    pub fn host(mut self, host: &'s dyn Any) -> Self {
        self.host = host;
        self
    }

    /// Other bounds.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The tracer.
    pub fn trace_mut(&mut self) -> &mut T {
        &mut self.trace
    }

    /// Steps taken so far.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Executes a template: Go's `ExecuteTemplate`. Needs stack: see `Limits::depth`.
    ///
    /// # Errors
    /// As Go's, or the bound that was met. The output so far is lost.
    pub fn execute(&mut self, name: &str, data: Value) -> Result<Vec<u8>, Error> {
        let tree = self.lookup_or_error(name.as_bytes())?;
        self.capture(tree, data).map_err(|error| *error)
    }

    fn lookup(&self, name: &[u8]) -> Option<Arc<Tree>> {
        let over = self
            .overlays
            .iter()
            .rev()
            .find_map(|overlay| overlay.iter().find(|tree| *tree.name == *name));
        over.or_else(|| self.set.get(name)).cloned()
    }

    fn lookup_or_error(&self, name: &[u8]) -> Result<Arc<Tree>, Error> {
        self.lookup(name).ok_or_else(|| Error {
            kind: ErrorKind::NoTemplate,
            place: None,
            template: String::from_utf8_lossy(name).into(),
            node: String::new(),
            message: format!(
                "no template {} associated with template {}",
                quote(name),
                quote(self.set.name.as_bytes())
            ),
            cause: None,
        })
    }

    /// Executes a template into a buffer of its own.
    fn capture(&mut self, tree: Arc<Tree>, data: Value) -> Result<Vec<u8>, Fail> {
        let outer = std::mem::take(&mut self.out);
        let result = self.run(tree, Val::new(data), true);
        let output = std::mem::replace(&mut self.out, outer);
        result.map(|()| output)
    }

    fn run(&mut self, tree: Arc<Tree>, dot: Val, captured: bool) -> Result<(), Fail> {
        self.descend()?;
        self.trace.enter(&tree, captured);
        let outer = (self.tree.replace(Arc::clone(&tree)), self.node, self.base);
        self.base = self.vars.len();
        self.vars.push((0, dot.clone()));
        let result = self.walk(&tree, &tree.root, &dot);
        self.vars.truncate(self.base);
        (self.tree, self.node, self.base) = outer;
        self.trace.leave(&tree, captured, &self.out);
        self.depth -= 1;
        result.map(|_| ())
    }

    fn descend(&mut self) -> Result<(), Fail> {
        if self.depth >= self.limits.depth {
            let message = format!("exceeded maximum template depth ({})", self.limits.depth);
            return Err(self.error_of(ErrorKind::Limit(Limit::Depth), message, None));
        }
        self.depth += 1;
        Ok(())
    }

    fn step(&mut self) -> Result<(), Fail> {
        self.steps += 1;
        if self.steps > self.limits.steps {
            return Err(self.limit(Limit::Steps));
        }
        Ok(())
    }

    fn limit(&self, limit: Limit) -> Fail {
        self.error_of(
            ErrorKind::Limit(limit),
            format!("limit of {limit} exceeded"),
            None,
        )
    }

    fn error(&self, message: impl Into<String>) -> Fail {
        self.error_of(ErrorKind::Exec, message.into(), None)
    }

    fn error_of(&self, kind: ErrorKind, message: String, cause: Option<Box<Error>>) -> Fail {
        let mut error = Error {
            kind,
            place: None,
            template: Arc::clone(&self.set.name),
            node: String::new(),
            message,
            cause,
        };
        if let Some(tree) = &self.tree {
            error.template = Arc::clone(&tree.label);
            if let Some(found) = node::find(&tree.root, self.node) {
                let mut printer = Printer::new(&tree.source);
                printer.any(found);
                error.node = printer.finish();
                error.place = Some(place_of(tree, found.at()));
            }
        }
        Box::new(error)
    }

    fn at(&mut self, at: node::At) {
        self.node = at.id;
    }

    /// An operand as Go prints it in messages.
    fn shown(tree: &Tree, operand: &Operand) -> String {
        let mut printer = Printer::new(&tree.source);
        printer.operand(operand);
        printer.finish()
    }

    fn walk(&mut self, tree: &Arc<Tree>, nodes: &[Node], dot: &Val) -> Result<Flow, Fail> {
        for node in nodes {
            self.step()?;
            let at = node::NodeRef::Node(node).at();
            self.trace.node(at.start as usize..at.end as usize);
            match node {
                Node::Text(at) => {
                    self.node = at.id;
                    let span = at.start as usize..at.end as usize;
                    let from = self.out.len();
                    self.out.extend_from_slice(&tree.source.text[span.clone()]);
                    self.wrote(tree, span, from)?;
                }
                Node::Action(at, pipe) => {
                    self.at(*at);
                    let value = self.pipeline(tree, pipe, dot)?;
                    if pipe.declares.is_empty() {
                        self.at(*at);
                        self.print(tree, pipe, node, value)?;
                    }
                }
                Node::If(branch) => {
                    let flow = self.branch(tree, branch, dot, false)?;
                    if flow != Flow::Next {
                        return Ok(flow);
                    }
                }
                Node::With(branch) => {
                    let flow = self.branch(tree, branch, dot, true)?;
                    if flow != Flow::Next {
                        return Ok(flow);
                    }
                }
                Node::Range(branch) => {
                    let flow = self.range(tree, branch, dot)?;
                    if flow != Flow::Next {
                        return Ok(flow);
                    }
                }
                Node::Template(call) => self.template(tree, call, dot)?,
                Node::Break(at) => {
                    self.at(*at);
                    return Ok(Flow::Break);
                }
                Node::Continue(at) => {
                    self.at(*at);
                    return Ok(Flow::Continue);
                }
            }
        }
        Ok(Flow::Next)
    }

    /// Accounts for output that was appended since `from`.
    fn wrote(&mut self, tree: &Arc<Tree>, span: std::ops::Range<usize>, from: usize) -> Result<(), Fail> {
        self.trace.write(tree, span, from..self.out.len());
        self.written += (self.out.len() - from) as u64;
        if self.written > self.limits.output {
            return Err(self.limit(Limit::Output));
        }
        Ok(())
    }

    /// What `String` of a pointer gives: an action prints the address of what has one when only the pointer has the method.
    /// Upstream: `printableValue`.
    fn text_by_method(&mut self, value: &Value) -> Option<Str> {
        let Value::Object(object) = value else { return None };
        if object.target().go_string().is_some() {
            return None;
        }
        let method = object.target().ty().method("String")?;
        let mut receiver = vec![value.clone()];
        match method.call(&mut Context { runtime: self }, &mut Args::new(&mut receiver)) {
            Ok(Value::Str(text)) => Some(text),
            _ => None,
        }
    }

    fn print(&mut self, tree: &Arc<Tree>, pipe: &Pipe, node: &Node, value: Val) -> Result<(), Fail> {
        let from = self.out.len();
        match &value.value {
            Value::Str(text) => self.out.extend_from_slice(text),
            Value::Nil => self
                .out
                .extend_from_slice(if value.interface { b"<nil>" } else { b"<no value>" }),
            Value::Bool(truth) => self
                .out
                .extend_from_slice(if *truth { b"true" } else { b"false" }),
            Value::Int(number, _) => self.out.extend_from_slice(number.to_string().as_bytes()),
            Value::Func(func) => {
                let mut printer = Printer::new(&tree.source);
                printer.any(node::NodeRef::Node(node));
                return Err(self.error(format!("can't print {} of type {}", printer.finish(), func.ty())));
            }
            other => match self.text_by_method(other).map_or_else(
                || plimsoll_gostd::fmt::sprint(&[printable(other)]),
                |text| Ok(text.to_vec()),
            ) {
                Ok(text) => self.out.extend_from_slice(&text),
                Err(error) => {
                    return Err(self.error_of(ErrorKind::Limit(Limit::Output), error.to_string(), None));
                }
            },
        }
        self.wrote(tree, pipe.at.start as usize..pipe.at.end as usize, from)
    }

    fn branch(&mut self, tree: &Arc<Tree>, branch: &Branch, dot: &Val, with: bool) -> Result<Flow, Fail> {
        self.descend()?;
        let mark = self.vars.len();
        let mut branch = branch;
        let flow = loop {
            self.at(branch.at);
            let value = self.pipeline(tree, &branch.pipe, dot)?;
            if value.value.truth() {
                break self.walk(tree, &branch.body, if with { &value } else { dot })?;
            }
            // A chain of `else if` is a loop here, so that its length takes no stack.
            match branch.otherwise.as_deref() {
                None => break Flow::Next,
                Some([Node::If(next)]) if !with => branch = next,
                Some([Node::With(next)]) if with => branch = next,
                Some(nodes) => break self.walk(tree, nodes, dot)?,
            }
            self.step()?;
        };
        self.vars.truncate(mark);
        self.depth -= 1;
        Ok(flow)
    }

    fn range(&mut self, tree: &Arc<Tree>, range: &Branch, dot: &Val) -> Result<Flow, Fail> {
        self.descend()?;
        self.at(range.at);
        let outer = self.vars.len();
        let value = self.pipeline(tree, &range.pipe, dot)?;
        let (value, _) = indirect(&value);
        let mark = self.vars.len();
        let two = range.pipe.declares.len() > 1;
        let mut ran;
        match &value {
            Value::List(list) => {
                let elem = list.ty().elem().unwrap_or(&Type::Any);
                ran = !list.is_empty();
                for i in 0..list.len() {
                    let item = Val::of(list.get(i).unwrap_or_default(), elem);
                    self.trace.item(list.id(), i, &item.value);
                    if self.iteration(tree, range, mark, Val::new(Value::int(i as i64)), item)? {
                        break;
                    }
                }
            }
            Value::Map(map) => {
                let elem = map.ty().elem().unwrap_or(&Type::Any);
                ran = !map.is_empty();
                for (key, item) in map.to_vec() {
                    self.trace_key(map.id(), &key, &item);
                    if self.iteration(tree, range, mark, Val::new(Value::Str(key)), Val::of(item, elem))? {
                        break;
                    }
                }
            }
            Value::Int(..) | Value::Uint(..) => {
                if two {
                    return Err(self.cannot("can't use %v to iterate over more than one variable", &value));
                }
                ran = self.count(tree, range, mark, &value)?;
            }
            Value::Nil => ran = false,
            Value::Func(func) => match func.iterate() {
                None => return Err(self.cannot("range can't iterate over %v", &value)),
                Some((_, None, _)) if two => {
                    return Err(self.cannot("can't use %v iterate over more than one variable", &value));
                }
                Some((first_type, second_type, items)) => {
                    ran = false;
                    for (first, second) in items {
                        ran = true;
                        let first = Val::of(first, first_type);
                        let stop = match second_type {
                            Some(ty) if two => {
                                self.iteration(tree, range, mark, first, Val::of(second, ty))?
                            }
                            _ => self.iteration(tree, range, mark, Val::INVALID, first)?,
                        };
                        if stop {
                            break;
                        }
                    }
                }
            },
            Value::Object(object) if object.basic().is_some() => match object.basic().unwrap_or_default() {
                number @ (Value::Int(..) | Value::Uint(..)) if !two => {
                    ran = self.count(tree, range, mark, &number)?;
                }
                _ => return Err(self.cannot("range can't iterate over %v", &value)),
            },
            _ => return Err(self.cannot("range can't iterate over %v", &value)),
        }
        let mut flow = Flow::Next;
        if !ran && let Some(nodes) = &range.otherwise {
            flow = self.walk(tree, nodes, dot)?;
        }
        self.vars.truncate(outer);
        self.depth -= 1;
        // Go lets a break in the else part end this loop, not the outer one; a continue is the outer one's.
        Ok(if flow == Flow::Break { Flow::Next } else { flow })
    }

    fn trace_key(&mut self, map: usize, key: &Str, value: &Value) {
        if let Some(key) = key.as_str() {
            self.trace.field(map, key, value);
        }
    }

    fn cannot(&self, format: &str, value: &Value) -> Fail {
        match crate::print::sprintf(format.as_bytes(), std::slice::from_ref(value)) {
            Ok(message) => self.error(message.to_str_lossy()),
            Err(error) => self.error(error.message),
        }
    }

    /// Ranges over an integer; whether it ran.
    fn count(&mut self, tree: &Arc<Tree>, range: &Branch, mark: usize, number: &Value) -> Result<bool, Fail> {
        let end = match number {
            Value::Int(value, _) => i128::from(*value),
            Value::Uint(value, _) => i128::from(*value),
            _ => 0,
        };
        let mut i = 0;
        while i < end {
            let item = match number {
                Value::Int(_, kind) => Value::Int(i as i64, *kind),
                Value::Uint(_, kind) => Value::Uint(i as u64, *kind),
                _ => Value::Nil,
            };
            if self.iteration(tree, range, mark, Val::INVALID, Val::new(item))? {
                break;
            }
            i += 1;
        }
        Ok(end > 0)
    }

    /// One iteration; whether it broke the loop.
    fn iteration(
        &mut self,
        tree: &Arc<Tree>,
        range: &Branch,
        mark: usize,
        index: Val,
        item: Val,
    ) -> Result<bool, Fail> {
        self.step()?;
        let pipe = &range.pipe;
        match pipe.declares.as_slice() {
            [] => {}
            [only] if pipe.assigns => self.assign(only, item.clone())?,
            [_] => self.set_top(1, item.clone()),
            [first, second, ..] if pipe.assigns => {
                self.assign(first, index)?;
                self.assign(second, item.clone())?;
            }
            [..] => {
                self.set_top(1, item.clone());
                self.set_top(2, index);
            }
        }
        let flow = self.walk(tree, &range.body, &item)?;
        self.vars.truncate(mark);
        Ok(flow == Flow::Break)
    }

    fn template(&mut self, tree: &Arc<Tree>, call: &Call, dot: &Val) -> Result<(), Fail> {
        self.at(call.at);
        let Some(callee) = self.lookup(&call.name) else {
            return Err(self.error(format!("template {} not defined", quote(&call.name))));
        };
        // As Go, before the data is evaluated.
        self.descend()?;
        self.depth -= 1;
        let data = match &call.pipe {
            Some(pipe) => self.pipeline(tree, pipe, dot)?,
            None => Val::INVALID,
        };
        self.run(callee, data, false)
    }

    fn set_top(&mut self, from_top: usize, value: Val) {
        if let Some(index) = self.vars.len().checked_sub(from_top)
            && let Some(var) = self.vars.get_mut(index)
        {
            var.1 = value;
        }
    }

    fn find_var(&self, variable: &Variable) -> Result<usize, Fail> {
        let visible = &self.vars[self.base..];
        match visible.iter().rposition(|(slot, _)| *slot == variable.slot) {
            Some(index) => Ok(self.base + index),
            None => Err(self.error(format!("undefined variable: {}", self.variable_name(variable)))),
        }
    }

    fn variable_name(&self, variable: &Variable) -> &str {
        self.tree.as_ref().map_or("", |tree| variable.name(&tree.source))
    }

    fn assign(&mut self, variable: &Variable, value: Val) -> Result<(), Fail> {
        let index = self.find_var(variable)?;
        self.vars[index].1 = value;
        Ok(())
    }

    fn pipeline(&mut self, tree: &Arc<Tree>, pipe: &Pipe, dot: &Val) -> Result<Val, Fail> {
        self.at(pipe.at);
        let mut value: Option<Val> = None;
        for command in &pipe.commands {
            let mut result = self.command(tree, command, dot, value)?;
            result.interface = false;
            value = Some(result);
        }
        let value = value.unwrap_or(Val::INVALID);
        for variable in &pipe.declares {
            if pipe.assigns {
                self.assign(variable, value.clone())?;
            } else {
                self.vars.push((variable.slot, value.clone()));
            }
        }
        Ok(value)
    }

    fn not_a_function(&self, tree: &Tree, args: &[Operand], last: Option<&Val>) -> Result<(), Fail> {
        match args {
            [first, rest @ ..] if !rest.is_empty() || last.is_some() => Err(self.error(format!(
                "can't give argument to non-function {}",
                Self::shown(tree, first)
            ))),
            _ => Ok(()),
        }
    }

    fn command(
        &mut self,
        tree: &Arc<Tree>,
        command: &Command,
        dot: &Val,
        last: Option<Val>,
    ) -> Result<Val, Fail> {
        let args = command.args.as_slice();
        let Some(first) = args.first() else {
            return Ok(Val::INVALID);
        };
        match first {
            Operand::Field(at, names) => {
                self.at(*at);
                return self.chain(tree, dot, dot.clone(), at.id, *names, args, last);
            }
            Operand::Chain(at, inner, names) => {
                return self.chain_node(tree, dot, *at, inner, *names, args, last);
            }
            Operand::Function(at, callee) => {
                self.at(*at);
                return self.call(
                    tree,
                    dot,
                    *callee,
                    command.at.id,
                    args.get(1..).unwrap_or_default(),
                    last,
                );
            }
            Operand::Pipe(pipe) => {
                self.not_a_function(tree, args, last.as_ref())?;
                return self.nested(tree, pipe, dot);
            }
            Operand::Variable(variable) => return self.variable(tree, dot, variable, args, last),
            _ => {}
        }
        self.at(first.at());
        self.not_a_function(tree, args, last.as_ref())?;
        match first {
            Operand::Bool(_, truth) => Ok(Val::new(Value::Bool(*truth))),
            Operand::Dot(_) => Ok(self.dot(dot)),
            Operand::Number(number) => self.ideal(tree, number),
            Operand::Str(_, text) => Ok(Val::new(Value::Str(text.value(&tree.source)))),
            _ => Err(self.error("nil is not a command")),
        }
    }

    /// The dot, read as it is.
    fn dot(&mut self, dot: &Val) -> Val {
        self.trace.value(&dot.value);
        dot.clone()
    }

    /// A pipeline in parentheses.
    fn nested(&mut self, tree: &Arc<Tree>, pipe: &Pipe, dot: &Val) -> Result<Val, Fail> {
        self.descend()?;
        let value = self.pipeline(tree, pipe, dot);
        self.depth -= 1;
        value
    }

    /// A constant where nothing says its type.
    fn ideal(&mut self, tree: &Tree, number: &Number) -> Result<Val, Fail> {
        self.at(number.at);
        if let Some((re, im)) = number.complex {
            return Ok(Val::new(Value::Complex(re, im)));
        }
        if let (true, Some(float)) = (number.float_syntax, number.float) {
            return Ok(Val::new(Value::Float(float)));
        }
        match (number.int, number.uint) {
            (Some(int), _) => Ok(Val::new(Value::int(int))),
            (None, Some(_)) => {
                let text = &tree.source.text[number.at.start as usize..number.at.end as usize];
                Err(self.error(format!("{} overflows int", String::from_utf8_lossy(text))))
            }
            (None, None) => Ok(Val::INVALID),
        }
    }

    fn variable(
        &mut self,
        tree: &Arc<Tree>,
        dot: &Val,
        variable: &Variable,
        args: &[Operand],
        last: Option<Val>,
    ) -> Result<Val, Fail> {
        self.at(variable.at);
        let value = self.vars[self.find_var(variable)?].1.clone();
        if variable.fields.is_empty() {
            self.not_a_function(tree, args, last.as_ref())?;
            self.trace.value(&value.value);
            return Ok(value);
        }
        self.chain(tree, dot, value, variable.at.id, variable.fields, args, last)
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "the parts of one node and its surroundings"
    )]
    fn chain_node(
        &mut self,
        tree: &Arc<Tree>,
        dot: &Val,
        at: node::At,
        inner: &Operand,
        names: Fields,
        args: &[Operand],
        last: Option<Val>,
    ) -> Result<Val, Fail> {
        self.at(at);
        let receiver = self.operand(tree, inner, dot)?;
        self.chain(tree, dot, receiver, at.id, names, args, last)
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "the parts of one node and its surroundings"
    )]
    fn chain(
        &mut self,
        tree: &Arc<Tree>,
        dot: &Val,
        mut receiver: Val,
        node: u32,
        names: Fields,
        args: &[Operand],
        last: Option<Val>,
    ) -> Result<Val, Fail> {
        let mut names = names.names(&tree.source);
        while let Some(name) = names.next() {
            if names.is_empty() {
                return self.field(tree, dot, name, node, args, last, receiver);
            }
            receiver = self.field(tree, dot, name, node, &[], None, receiver)?;
        }
        Ok(receiver)
    }

    /// `.name` of a value: a method, a field of a struct or a key of a map.
    #[allow(clippy::too_many_arguments, reason = "as Go's evalField")]
    fn field(
        &mut self,
        tree: &Arc<Tree>,
        dot: &Val,
        name: &str,
        node: u32,
        args: &[Operand],
        last: Option<Val>,
        receiver: Val,
    ) -> Result<Val, Fail> {
        if receiver.is_invalid() {
            if self.set.missing_key == MissingKey::Error {
                return Err(self.error(format!("nil data; no entry for key {}", quote(name.as_bytes()))));
            }
            return Ok(Val::INVALID);
        }
        let ty = receiver.ty();
        if let Value::Map(map) = &receiver.value
            && !(may_be_method(name) && matches!(map.ty(), Type::Named(named) if named.methods.is_some()))
        {
            return self.key(map, name, args, last);
        }
        if matches!(receiver.value, Value::Nil) {
            return Err(self.error(format!("nil pointer evaluating {ty}.{name}")));
        }
        if let Some(method) = receiver.value.ty().method(name) {
            let rest = args.get(1..).unwrap_or_default();
            return self.method(tree, dot, method, receiver.value.clone(), name, node, rest, last);
        }
        let has_args = args.len() > 1 || last.is_some();
        match &receiver.value {
            Value::Map(map) => return self.key(map, name, args, last),
            Value::Object(object) => {
                let fields = object.target().ty().fields();
                if let Some(value) = self.struct_field(object, fields, name) {
                    let (value, exported) = value;
                    if !exported {
                        return Err(self.error(format!("{name} is an unexported field of struct type {ty}")));
                    }
                    if has_args {
                        return Err(
                            self.error(format!("{name} has arguments but cannot be invoked as function"))
                        );
                    }
                    return Ok(value);
                }
                if let Some(Value::Map(map)) = object.basic() {
                    return self.key(&map, name, args, last);
                }
            }
            Value::NilPtr(pointer) => {
                let target = pointer.elem().unwrap_or(&Type::Any);
                if target.has_field(name) || target.kind() != Kind::Struct {
                    return Err(self.error(format!("nil pointer evaluating {ty}.{name}")));
                }
            }
            _ => {}
        }
        Err(self.error(format!("can't evaluate field {name} in type {ty}")))
    }

    /// A field of a struct, embedded ones included, and whether it is exported.
    fn struct_field(
        &self,
        object: &Object,
        fields: &'static [crate::types::Field],
        name: &str,
    ) -> Option<(Val, bool)> {
        if let Some(field) = fields.iter().find(|field| field.name == name) {
            let value = if field.exported() {
                object.field(name)?
            } else {
                Value::Nil
            };
            return Some((Val::of(value, field.ty), field.exported()));
        }
        fields
            .iter()
            .enumerate()
            .filter(|(_, field)| field.embedded)
            .find_map(|(i, _)| match object.target().field(i) {
                Value::Object(inner) => self.struct_field(&inner, inner.target().ty().fields(), name),
                _ => None,
            })
    }

    fn key(
        &mut self,
        map: &crate::value::Map,
        name: &str,
        args: &[Operand],
        last: Option<Val>,
    ) -> Result<Val, Fail> {
        if args.len() > 1 || last.is_some() {
            return Err(self.error(format!("{name} is not a method but has arguments")));
        }
        let elem = map.ty().elem().unwrap_or(&Type::Any);
        if let Some(value) = map.get(name) {
            self.trace.field(map.id(), name, &value);
            return Ok(Val::of(value, elem));
        }
        self.trace.field(map.id(), name, &Value::Nil);
        match self.set.missing_key {
            MissingKey::Invalid => Ok(Val::INVALID),
            MissingKey::Zero => Ok(Val::of(Value::zero(elem), elem)),
            MissingKey::Error => {
                Err(self.error(format!("map has no entry for key {}", quote(name.as_bytes()))))
            }
        }
    }

    /// Go's check of the number of arguments; how many parameters are not variadic.
    fn arity(
        &self,
        name: &str,
        params: usize,
        variadic: bool,
        given: usize,
        last: bool,
    ) -> Result<usize, Fail> {
        let total = given + usize::from(last);
        if variadic {
            let fixed = params.saturating_sub(1);
            if total < fixed {
                return Err(self.error(format!(
                    "wrong number of args for {name}: want at least {fixed} got {given}"
                )));
            }
            return Ok(fixed);
        }
        if total != params {
            return Err(self.error(format!(
                "wrong number of args for {name}: want {params} got {total}"
            )));
        }
        Ok(given)
    }

    #[allow(clippy::too_many_arguments, reason = "as Go's evalCall")]
    fn call(
        &mut self,
        tree: &Arc<Tree>,
        dot: &Val,
        callee: Callee,
        node: u32,
        args: &[Operand],
        last: Option<Val>,
    ) -> Result<Val, Fail> {
        self.step()?;
        match callee {
            Callee::Table(index) => {
                let set = self.set;
                let function = set.functions.at(index as usize);
                self.function(tree, dot, function, None, function.name, node, args, last)
            }
            Callee::Builtin(builtin) => self.builtin(tree, dot, builtin, node, args, last),
        }
    }

    #[allow(clippy::too_many_arguments, reason = "as Go's evalCall")]
    fn builtin(
        &mut self,
        tree: &Arc<Tree>,
        dot: &Val,
        builtin: Builtin,
        node: u32,
        args: &[Operand],
        last: Option<Val>,
    ) -> Result<Val, Fail> {
        let name = builtin.name();
        let (params, variadic) = builtin.params();
        let fixed = self.arity(name, params.len(), variadic, args.len(), last.is_some())?;
        if matches!(builtin, Builtin::And | Builtin::Or) {
            let mut value = Val::INVALID;
            for arg in args {
                value = self.reflect_arg(tree, arg, dot)?;
                if value.value.truth() == (builtin == Builtin::Or) {
                    return Ok(value);
                }
            }
            return Ok(last.unwrap_or(value));
        }
        let mut values: Vec<Val> = Vec::with_capacity(args.len() + 1);
        for (i, arg) in args.iter().enumerate() {
            let ty = params[i.min(params.len() - 1)];
            values.push(if matches!(ty, Type::Reflect) {
                self.reflect_arg(tree, arg, dot)?
            } else {
                Val::new(self.arg(tree, ty, arg, dot)?)
            });
        }
        if let Some(last) = last {
            let position = if variadic && values.len() < fixed {
                values.len()
            } else {
                params.len() - 1
            };
            let ty = params[position];
            values.push(if matches!(ty, Type::Reflect) {
                last
            } else {
                Val::new(self.fit(last, ty)?)
            });
        }
        self.trace.call(values.iter().map(|value| &value.value));
        let result = if builtin == Builtin::Call {
            let callee = match args.first() {
                Some(first) => Self::shown(tree, first),
                // Go prints the value that came down the pipeline.
                None => values
                    .first()
                    .map_or_else(String::new, |value| match &value.value {
                        Value::Str(text) => text.to_str_lossy().into_owned(),
                        Value::Nil => "<invalid Value>".into(),
                        other => format!("<{} Value>", other.ty()),
                    }),
            };
            self.call_value(&callee, &values)
        } else {
            builtin.call(&values)
        };
        result.map_err(|error| self.call_error(name, node, error))
    }

    fn call_error(&mut self, name: &str, node: u32, error: FuncError) -> Fail {
        self.node = node;
        let kind = error.limit.map_or(ErrorKind::Exec, ErrorKind::Limit);
        self.error_of(
            kind,
            format!("error calling {name}: {}", error.message),
            error.cause,
        )
    }

    /// The builtin `call`.
    fn call_value(&mut self, name: &str, args: &[Val]) -> Result<Val, FuncError> {
        let (func, args) = match args {
            [func, args @ ..] => (&func.value, args),
            [] => (&Value::Nil, args),
        };
        let func: FuncValue = match func {
            Value::Nil => return Err("call of nil".into()),
            Value::Func(func) => func.clone(),
            other => return Err(format!("non-function {name} of type {}", other.ty()).into()),
        };
        let Some(function) = func.function() else {
            return Err(format!("function {name} has 0 return values; should be 1 or 2").into());
        };
        let signature = function.signature;
        let (params, variadic) = (signature.params, signature.variadic);
        let least = if variadic { params.len() - 1 } else { params.len() };
        if variadic && args.len() < least {
            return Err(format!(
                "wrong number of args for {name}: got {} want at least {least}",
                args.len()
            )
            .into());
        }
        if !variadic && args.len() != least {
            return Err(format!("wrong number of args for {name}: got {} want {least}", args.len()).into());
        }
        let mut values = Vec::with_capacity(args.len());
        for (i, arg) in args.iter().enumerate() {
            let ty = params[i.min(params.len() - 1)];
            values.push(prepare(&arg.value, ty).map_err(|error| error.prefixed(format_args!("arg {i}: ")))?);
        }
        let value = function.call(&mut Context { runtime: self }, &mut Args::new(&mut values))?;
        Ok(Val::of(value, signature.result))
    }

    #[allow(clippy::too_many_arguments, reason = "as Go's evalCall")]
    fn method(
        &mut self,
        tree: &Arc<Tree>,
        dot: &Val,
        function: &'static Function,
        receiver: Value,
        name: &str,
        node: u32,
        args: &[Operand],
        last: Option<Val>,
    ) -> Result<Val, Fail> {
        self.step()?;
        self.function(tree, dot, function, Some(receiver), name, node, args, last)
    }

    #[allow(clippy::too_many_arguments, reason = "as Go's evalCall")]
    fn function(
        &mut self,
        tree: &Arc<Tree>,
        dot: &Val,
        function: &Function,
        receiver: Option<Value>,
        name: &str,
        node: u32,
        args: &[Operand],
        last: Option<Val>,
    ) -> Result<Val, Fail> {
        let signature = function.signature;
        let params = signature
            .params
            .get(usize::from(receiver.is_some())..)
            .unwrap_or_default();
        let fixed = self.arity(name, params.len(), signature.variadic, args.len(), last.is_some())?;
        let mut values = self.spare.pop().unwrap_or_default();
        values.extend(receiver);
        for (i, arg) in args.iter().enumerate() {
            let ty = if i < fixed {
                params[i]
            } else {
                params[params.len() - 1]
            };
            let value = self.arg(tree, ty, arg, dot)?;
            values.push(value);
        }
        if let Some(last) = last {
            let position = if signature.variadic && args.len() < fixed {
                args.len()
            } else {
                params.len() - 1
            };
            let value = self.fit(last, params[position])?;
            values.push(value);
        }
        // The function may ask where it is called; afterwards Go is still at the argument evaluated last.
        let last_evaluated = std::mem::replace(&mut self.node, node);
        self.trace.call(values.iter());
        let result = function.call(&mut Context { runtime: self }, &mut Args::new(&mut values));
        self.node = last_evaluated;
        values.clear();
        self.spare.push(values);
        match result {
            Ok(value) => Ok(Val::of(value, signature.result)),
            Err(error) => Err(self.call_error(name, node, error)),
        }
    }

    /// Makes a value fit a type, or says in Go's words why it does not.
    fn fit(&self, val: Val, ty: &'static Type) -> Result<Value, Fail> {
        if matches!(ty, Type::Any) {
            return Ok(val.value);
        }
        if val.is_invalid() {
            if ty.nilable() {
                return Ok(Value::zero(ty));
            }
            return Err(self.error(format!("invalid value; expected {ty}")));
        }
        if matches!(val.value, Value::Nil) {
            return Err(self.error(format!("wrong type for value; expected {ty}; got {}", val.ty())));
        }
        let actual = val.value.ty();
        if actual.assignable_to(ty) {
            return Ok(retype(val.value, ty));
        }
        if let Value::Object(object) = &val.value
            && object.is_pointer()
            && object.target().ty().assignable_to(ty)
        {
            return Ok(Value::Object(object.deref()));
        }
        if let Value::NilPtr(pointer) = &val.value
            && pointer.elem().is_some_and(|elem| elem.assignable_to(ty))
        {
            return Err(self.error(format!("dereference of nil pointer of type {ty}")));
        }
        Err(self.error(format!("wrong type for value; expected {ty}; got {actual}")))
    }

    /// An operand that is neither a constant nor `nil`, as it is.
    fn operand(&mut self, tree: &Arc<Tree>, operand: &Operand, dot: &Val) -> Result<Val, Fail> {
        self.at(operand.at());
        match operand {
            Operand::Dot(_) => Ok(self.dot(dot)),
            Operand::Field(at, names) => self.chain(tree, dot, dot.clone(), at.id, *names, &[], None),
            Operand::Variable(variable) => self.variable(tree, dot, variable, &[], None),
            Operand::Pipe(pipe) => self.nested(tree, pipe, dot),
            Operand::Function(at, callee) => self.call(tree, dot, *callee, at.id, &[], None),
            Operand::Chain(at, inner, names) => self.chain_node(tree, dot, *at, inner, *names, &[], None),
            Operand::Bool(_, truth) => Ok(Val::new(Value::Bool(*truth))),
            Operand::Number(number) => self.ideal(tree, number),
            Operand::Str(_, text) => Ok(Val::new(Value::Str(text.value(&tree.source)))),
            Operand::Nil(_) => Ok(Val::INVALID),
        }
    }

    /// An argument for a parameter that sees what reflection sees.
    fn reflect_arg(&mut self, tree: &Arc<Tree>, operand: &Operand, dot: &Val) -> Result<Val, Fail> {
        self.operand(tree, operand, dot)
    }

    /// An argument for a parameter of that type.
    fn arg(
        &mut self,
        tree: &Arc<Tree>,
        ty: &'static Type,
        operand: &Operand,
        dot: &Val,
    ) -> Result<Value, Fail> {
        match operand {
            Operand::Nil(at) => {
                self.at(*at);
                if ty.nilable() {
                    return Ok(Value::zero(ty));
                }
                Err(self.error(format!("cannot assign nil to {ty}")))
            }
            Operand::Bool(..) | Operand::Number(_) | Operand::Str(..) => self.constant(tree, ty, operand),
            _ => {
                let value = self.operand(tree, operand, dot)?;
                self.fit(value, ty)
            }
        }
    }

    /// A constant as a value of a type.
    fn constant(&mut self, tree: &Arc<Tree>, ty: &'static Type, operand: &Operand) -> Result<Value, Fail> {
        self.at(operand.at());
        let number = match operand {
            Operand::Number(number) => Some(&**number),
            _ => None,
        };
        let kind = ty.kind();
        let (value, wanted) = match kind {
            Kind::Bool => match operand {
                Operand::Bool(_, truth) => (Some(Value::Bool(*truth)), "bool"),
                _ => (None, "bool"),
            },
            Kind::String => match operand {
                Operand::Str(_, text) => (Some(Value::Str(text.value(&tree.source))), "string"),
                _ => (None, "string"),
            },
            Kind::Complex128 => (
                number
                    .and_then(|n| n.complex)
                    .map(|(re, im)| Value::Complex(re, im)),
                "complex",
            ),
            _ if kind.is_float() => (
                number.and_then(|n| n.float).map(|float| match kind {
                    Kind::Float32 => Value::Float32(float as f32),
                    _ => Value::Float(float),
                }),
                "float",
            ),
            _ if kind.is_int() => (
                number.and_then(|n| n.int).map(|int| match Value::zero(ty) {
                    Value::Int(_, width) => Value::Int(truncate(int, width), width),
                    other => other,
                }),
                "integer",
            ),
            _ if kind.is_uint() => (
                number.and_then(|n| n.uint).map(|uint| match Value::zero(ty) {
                    Value::Uint(_, width) => Value::Uint(truncate_unsigned(uint, width), width),
                    other => other,
                }),
                "unsigned integer",
            ),
            Kind::Interface if matches!(ty, Type::Any) => {
                return match operand {
                    Operand::Number(number) => self.ideal(tree, number).map(|val| val.value),
                    Operand::Bool(_, truth) => Ok(Value::Bool(*truth)),
                    Operand::Str(_, text) => Ok(Value::Str(text.value(&tree.source))),
                    _ => Ok(Value::Nil),
                };
            }
            _ => {
                let shown = Self::shown(tree, operand);
                return Err(self.error(format!("can't handle {shown} for arg of type {ty}")));
            }
        };
        value.ok_or_else(|| self.error(format!("expected {wanted}; found {}", Self::shown(tree, operand))))
    }
}

fn truncate(value: i64, kind: IntKind) -> i64 {
    match kind {
        IntKind::Int | IntKind::Int64 => value,
        IntKind::Int8 => i64::from(value as i8),
        IntKind::Int16 => i64::from(value as i16),
        IntKind::Int32 => i64::from(value as i32),
    }
}

fn truncate_unsigned(value: u64, kind: crate::value::UintKind) -> u64 {
    use crate::value::UintKind;
    match kind {
        UintKind::Uint | UintKind::Uint64 => value,
        UintKind::Uint8 => u64::from(value as u8),
        UintKind::Uint16 => u64::from(value as u16),
        UintKind::Uint32 => u64::from(value as u32),
    }
}

/// The value seen as another type that it is assignable to.
fn retype(value: Value, ty: &'static Type) -> Value {
    match value {
        Value::Map(map) => Value::Map(map.with_type(ty)),
        Value::List(list) => Value::List(list.with_type(ty)),
        other => other,
    }
}

/// An argument of the builtin `call`.
fn prepare(value: &Value, ty: &'static Type) -> Result<Value, FuncError> {
    if matches!(value, Value::Nil) {
        if ty.nilable() {
            return Ok(Value::zero(ty));
        }
        return Err(format!("value is nil; should be of type {ty}").into());
    }
    if value.ty().assignable_to(ty) {
        return Ok(retype(value.clone(), ty));
    }
    let int = match value {
        Value::Int(value, _) => Some(*value),
        Value::Uint(value, _) => Some(*value as i64),
        _ => None,
    };
    if let Some(int) = int {
        match Value::zero(ty) {
            Value::Int(_, width) => return Ok(Value::Int(truncate(int, width), width)),
            Value::Uint(_, width) => return Ok(Value::Uint(truncate_unsigned(int as u64, width), width)),
            _ => {}
        }
    }
    Err(format!("value has type {}; should be {ty}", value.ty()).into())
}

impl<T: Trace> Runtime for Execution<'_, T> {
    fn execute(&mut self, name: &Str, data: Value) -> Result<Str, FuncError> {
        let tree = self.lookup_or_error(name)?;
        let output = self.capture(tree, data).map_err(|error| *error)?;
        Ok(output.into())
    }

    fn execute_text(&mut self, name: &str, text: &Str, data: Value) -> Result<Str, TextError> {
        let parsed = match self.parsed.get(text) {
            Some(parsed) => parsed.clone(),
            None => {
                let parsed = parse::parse(name, text.as_bytes().into(), &self.set.functions)
                    .map(|trees| trees.into_iter().map(Arc::new).collect());
                self.parsed.insert(text.clone(), parsed.clone());
                parsed
            }
        };
        let trees: Rc<[Arc<Tree>]> = parsed.map_err(|error| TextError::Parse(error.into()))?;
        let Some(root) = trees.iter().find(|tree| *tree.name == *name.as_bytes()).cloned() else {
            return Err(TextError::Parse(FuncError::new("no template in the text")));
        };
        // A definition of nothing does not hide what the set has. The text itself is executed all the same.
        let hides = |tree: &Arc<Tree>| {
            Arc::ptr_eq(tree, &root) || !tree.is_empty() || self.lookup(&tree.name).is_none()
        };
        let overlay: Overlay = if trees.iter().all(hides) {
            trees
        } else {
            trees.iter().filter(|tree| hides(tree)).cloned().collect()
        };
        self.overlays.push(overlay);
        let result = self.capture(root, data);
        self.overlays.pop();
        match result {
            Ok(output) => Ok(output.into()),
            Err(error) => Err(TextError::Exec((*error).into())),
        }
    }

    fn host(&self) -> &dyn Any {
        self.host
    }

    fn place(&self) -> Option<Place> {
        let tree = self.tree.as_ref()?;
        Some(place_of(tree, node::find(&tree.root, self.node)?.at()))
    }

    fn spend(&mut self, steps: u64) -> Result<(), FuncError> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > self.limits.steps {
            Err(FuncError::limit(Limit::Steps))
        } else {
            Ok(())
        }
    }
}

/// Whether a method may have that name: those that templates can call begin with a capital letter.
fn may_be_method(name: &str) -> bool {
    !name.starts_with(|char: char| char.is_ascii_lowercase())
}

fn place_of(tree: &Tree, at: node::At) -> Place {
    let (line, column) = tree.source.line_column(at.pos as usize);
    Place {
        file: Arc::clone(&tree.source.name),
        line,
        column: Some(column),
        span: at.start as usize..at.end as usize,
    }
}
