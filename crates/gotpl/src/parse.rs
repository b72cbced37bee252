//! From tokens to trees.
//!
//! Follows `text/template/parse/parse.go` in what it accepts, in what order it looks ahead, and in every message,
//! since the line of an error is that of the token read last. Functions are resolved to their table entries here.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use smallvec::SmallVec;

use plimsoll_gostd::strconv::{
    FloatSize, Unquoted, atoi, decode_rune, parse_float, parse_int, parse_uint, quote, unquote, unquote_char,
};

use crate::builtin::Builtin;
use crate::error::{Error, ErrorKind, Limit, Place};
use crate::func::Functions;
use crate::lex::{Lexer, Token, TokenKind};
use crate::node::{
    At, Branch, Call, Callee, Command, Fields, Literal, Node, Number, Operand, Pipe, Printer, Source, Tree,
    Variable,
};
use crate::string::Str;

/// How deep parentheses and blocks may nest. Go allows 10,000 parentheses and any number of blocks.
pub const MAX_NESTING: u32 = 100;

/// Parses `text`, which is called `name` in messages, to the templates it defines: its own body, under `name`, last.
///
/// # Errors
/// As Go's; or the nesting is beyond `MAX_NESTING`.
pub(crate) fn parse(name: &str, text: Arc<[u8]>, functions: &Functions) -> Result<Vec<Tree>, Error> {
    if u32::try_from(text.len()).is_err() {
        return Err(Error {
            kind: ErrorKind::Limit(Limit::Nesting),
            place: None,
            template: name.into(),
            node: String::new(),
            message: format!("{name}: template text is larger than 4 GiB"),
            cause: None,
        });
    }
    let source = Arc::new(Source {
        name: name.into(),
        text,
    });
    let shared = Arc::clone(&source);
    let mut lexer = Lexer::new(&shared.text);
    lexer.break_ok = functions.get("break").is_none();
    lexer.continue_ok = functions.get("continue").is_none();
    let mut parser = Parser {
        source,
        functions,
        lexer,
        frame: Frame::default(),
        trees: Vec::new(),
        slots: vec![b"$"],
        nodes: Vec::new(),
        commands: Vec::new(),
        operands: Vec::new(),
        next_id: 1,
        nesting: 0,
        last_end: 0,
    };
    parser.file(name)?;
    Ok(parser.trees)
}

/// The slot of `$`, which every template has.
const DOLLAR: u32 = 0;

/// The parsing state that Go keeps per tree.
struct Frame {
    tokens: [Token; 3],
    peeked: usize,
    /// Slots of the variables in scope.
    vars: Vec<u32>,
    action_line: usize,
    range_depth: usize,
}

impl Default for Frame {
    fn default() -> Self {
        let token = Token {
            kind: TokenKind::Error,
            start: 0,
            end: 0,
            line: 0,
        };
        Self {
            tokens: [token; 3],
            peeked: 0,
            vars: vec![DOLLAR],
            action_line: 0,
            range_depth: 0,
        }
    }
}

struct Parser<'a> {
    source: Arc<Source>,
    functions: &'a Functions,
    lexer: Lexer<'a>,
    frame: Frame,
    trees: Vec<Tree>,
    /// Names of variables; the index is the slot.
    slots: Vec<&'a [u8]>,
    /// What is being put together, of all levels that are open: a level takes off its own end when it closes, so that
    /// what a node keeps is allocated once, at its size.
    nodes: Vec<Node>,
    commands: Vec<Command>,
    operands: Vec<Operand>,
    next_id: u32,
    nesting: u32,
    /// Where the token consumed last ends.
    last_end: usize,
}

enum Item {
    Node(Node),
    End,
    Else,
}

impl Item {
    fn describe(&self) -> &'static str {
        match self {
            Self::Else => "{{else}}",
            _ => "{{end}}",
        }
    }
}

impl<'a> Parser<'a> {
    fn next(&mut self) -> Token {
        if self.frame.peeked > 0 {
            self.frame.peeked -= 1;
        } else {
            self.frame.tokens[0] = self.lexer.next_token();
        }
        let token = self.frame.tokens[self.frame.peeked];
        if token.kind != TokenKind::Space {
            self.last_end = token.end;
        }
        token
    }

    fn backup(&mut self) {
        self.frame.peeked += 1;
    }

    fn backup2(&mut self, first: Token) {
        self.frame.tokens[1] = first;
        self.frame.peeked = 2;
    }

    fn backup3(&mut self, first: Token, second: Token) {
        self.frame.tokens[1] = second;
        self.frame.tokens[2] = first;
        self.frame.peeked = 3;
    }

    fn peek(&mut self) -> Token {
        if self.frame.peeked > 0 {
            return self.frame.tokens[self.frame.peeked - 1];
        }
        self.frame.peeked = 1;
        self.frame.tokens[0] = self.lexer.next_token();
        self.frame.tokens[0]
    }

    fn next_non_space(&mut self) -> Token {
        loop {
            let token = self.next();
            if token.kind != TokenKind::Space {
                return token;
            }
        }
    }

    fn peek_non_space(&mut self) -> Token {
        let end = self.last_end;
        let token = self.next_non_space();
        self.backup();
        self.last_end = end;
        token
    }

    fn value(&self, token: Token) -> &'a [u8] {
        &self.lexer.input()[token.start..token.end]
    }

    fn text(&self, token: Token) -> Cow<'a, str> {
        String::from_utf8_lossy(&self.lexer.input()[token.start..token.end])
    }

    fn at(&mut self, pos: usize, span: Range<usize>) -> At {
        let id = self.next_id;
        self.next_id += 1;
        // Texts beyond 4 GiB were refused.
        At {
            id,
            pos: pos as u32,
            start: span.start as u32,
            end: span.end.max(span.start) as u32,
        }
    }

    fn token_at(&mut self, token: Token) -> At {
        self.at(token.start, token.start..token.end)
    }

    fn error_of(&self, kind: ErrorKind, message: String) -> Error {
        let token = self.frame.tokens[0];
        Error {
            kind,
            place: Some(Place {
                file: Arc::clone(&self.source.name),
                line: token.line,
                column: None,
                span: token.start..token.end,
            }),
            template: Arc::clone(&self.source.name),
            node: String::new(),
            message,
            cause: None,
        }
    }

    fn error(&self, message: impl Into<String>) -> Error {
        self.error_of(ErrorKind::Parse, message.into())
    }

    fn unexpected(&self, token: Token, context: &str) -> Error {
        let described = self.lexer.describe(token);
        if token.kind == TokenKind::Error {
            let mut extra = String::new();
            if self.frame.action_line != 0 && self.frame.action_line != token.line {
                let place = format!("{}:{}", self.source.name, self.frame.action_line);
                extra = if described.ends_with(" action") {
                    format!(" started at {place}")
                } else {
                    format!(" in action started at {place}")
                };
            }
            return self.error(described + &extra);
        }
        self.error(format!("unexpected {described} in {context}"))
    }

    fn expect(&mut self, kind: TokenKind, context: &str) -> Result<Token, Error> {
        let token = self.next_non_space();
        if token.kind == kind {
            Ok(token)
        } else {
            Err(self.unexpected(token, context))
        }
    }

    fn deeper(&mut self, message: &str) -> Result<(), Error> {
        if self.nesting >= MAX_NESTING {
            return Err(self.error_of(ErrorKind::Limit(Limit::Nesting), message.into()));
        }
        self.nesting += 1;
        Ok(())
    }

    fn add(&mut self, name: Arc<[u8]>, root: Box<[Node]>) -> Result<(), Error> {
        let label: Arc<str> = String::from_utf8_lossy(&name).into();
        let tree = Tree {
            name,
            label,
            source: Arc::clone(&self.source),
            root,
        };
        match self.trees.iter().position(|old| old.name == tree.name) {
            None => self.trees.push(tree),
            Some(index) if self.trees[index].is_empty() => {
                self.trees.remove(index);
                self.trees.push(tree);
            }
            Some(_) if tree.is_empty() => {}
            Some(_) => {
                return Err(self.error(format!(
                    "template: multiple definition of template {}",
                    quote(&tree.name)
                )));
            }
        }
        Ok(())
    }

    fn file(&mut self, name: &str) -> Result<(), Error> {
        while self.peek().kind != TokenKind::Eof {
            if self.peek().kind == TokenKind::LeftDelim {
                let delim = self.next();
                if self.next_non_space().kind == TokenKind::Define {
                    let outer = std::mem::take(&mut self.frame);
                    self.definition()?;
                    self.frame = outer;
                    continue;
                }
                self.backup2(delim);
            }
            match self.text_or_action()? {
                Item::Node(node) => self.nodes.push(node),
                other => return Err(self.error(format!("unexpected {}", other.describe()))),
            }
        }
        let root = std::mem::take(&mut self.nodes).into();
        self.add(name.as_bytes().into(), root)
    }

    fn definition(&mut self) -> Result<(), Error> {
        let context = "define clause";
        let token = self.next_non_space();
        let name = self.template_name(token, context)?;
        self.expect(TokenKind::RightDelim, context)?;
        let (root, end) = self.items()?;
        if !matches!(end, Item::End) {
            return Err(self.error(format!("unexpected {} in {context}", end.describe())));
        }
        self.add(name, root)
    }

    /// Nodes up to an `{{end}}` or `{{else}}`, which is returned as well.
    fn items(&mut self) -> Result<(Box<[Node]>, Item), Error> {
        self.deeper("max nesting depth exceeded")?;
        let mark = self.nodes.len();
        self.peek_non_space();
        while self.peek_non_space().kind != TokenKind::Eof {
            match self.text_or_action()? {
                Item::Node(node) => self.nodes.push(node),
                end => {
                    self.nesting -= 1;
                    return Ok((self.nodes.drain(mark..).collect(), end));
                }
            }
        }
        Err(self.error("unexpected EOF"))
    }

    fn text_or_action(&mut self) -> Result<Item, Error> {
        let token = self.next_non_space();
        match token.kind {
            TokenKind::Text => Ok(Item::Node(Node::Text(self.token_at(token)))),
            TokenKind::LeftDelim => {
                self.frame.action_line = token.line;
                let item = self.action();
                self.frame.action_line = 0;
                item
            }
            _ => Err(self.unexpected(token, "input")),
        }
    }

    fn action(&mut self) -> Result<Item, Error> {
        let token = self.next_non_space();
        let node = match token.kind {
            TokenKind::Block => self.block()?,
            TokenKind::Break | TokenKind::Continue => self.jump(token)?,
            TokenKind::Else => {
                let next = self.peek_non_space();
                if !matches!(next.kind, TokenKind::If | TokenKind::With) {
                    self.expect(TokenKind::RightDelim, "else")?;
                }
                return Ok(Item::Else);
            }
            TokenKind::End => {
                self.expect(TokenKind::RightDelim, "end")?;
                return Ok(Item::End);
            }
            TokenKind::If => self.control("if")?,
            TokenKind::Range => self.control("range")?,
            TokenKind::With => self.control("with")?,
            TokenKind::Template => self.template()?,
            _ => {
                self.backup();
                let first = self.peek();
                let pipe = self.pipeline("command", TokenKind::RightDelim)?;
                let span = pipe.at.start as usize..pipe.at.end as usize;
                Node::Action(self.at(first.start, span), Box::new(pipe))
            }
        };
        Ok(Item::Node(node))
    }

    fn jump(&mut self, token: Token) -> Result<Node, Error> {
        let word = if token.kind == TokenKind::Break {
            "{{break}}"
        } else {
            "{{continue}}"
        };
        let next = self.next_non_space();
        if next.kind != TokenKind::RightDelim {
            return Err(self.unexpected(next, word));
        }
        if self.frame.range_depth == 0 {
            return Err(self.error(format!("{word} outside {{{{range}}}}")));
        }
        let at = self.token_at(token);
        Ok(if token.kind == TokenKind::Break {
            Node::Break(at)
        } else {
            Node::Continue(at)
        })
    }

    fn pipeline(&mut self, context: &str, end: TokenKind) -> Result<Pipe, Error> {
        let token = self.peek_non_space();
        let at = self.token_at(token);
        let mut pipe = Pipe {
            at,
            assigns: false,
            declares: Vec::new(),
            commands: SmallVec::new(),
        };
        let mark = self.commands.len();
        loop {
            let variable = self.peek_non_space();
            if variable.kind != TokenKind::Variable {
                break;
            }
            self.next();
            let after = self.peek();
            let next = self.peek_non_space();
            match next.kind {
                TokenKind::Assign | TokenKind::Declare => {
                    pipe.assigns = next.kind == TokenKind::Assign;
                    self.next_non_space();
                    self.declare(&mut pipe, variable);
                }
                TokenKind::Char if self.value(next) == b"," => {
                    self.next_non_space();
                    self.declare(&mut pipe, variable);
                    if context == "range" && pipe.declares.len() < 2 {
                        match self.peek_non_space().kind {
                            TokenKind::Variable | TokenKind::RightDelim | TokenKind::RightParen => continue,
                            _ => return Err(self.error("range can only initialize variables")),
                        }
                    }
                    return Err(self.error(format!("too many declarations in {context}")));
                }
                _ if after.kind == TokenKind::Space => self.backup3(variable, after),
                _ => self.backup2(variable),
            }
            break;
        }
        loop {
            let before = self.last_end;
            let token = self.next_non_space();
            match token.kind {
                kind if kind == end => {
                    pipe.commands = self.commands.drain(mark..).collect();
                    self.check(&pipe, context)?;
                    pipe.at.end = before.max(pipe.at.start as usize) as u32;
                    return Ok(pipe);
                }
                TokenKind::Bool
                | TokenKind::CharConstant
                | TokenKind::Complex
                | TokenKind::Dot
                | TokenKind::Field
                | TokenKind::Identifier
                | TokenKind::Number
                | TokenKind::Nil
                | TokenKind::RawString
                | TokenKind::String
                | TokenKind::Variable
                | TokenKind::LeftParen => {
                    self.backup();
                    let command = self.command()?;
                    self.commands.push(command);
                }
                _ => return Err(self.unexpected(token, context)),
            }
        }
    }

    fn slot(&mut self, name: &'a [u8]) -> u32 {
        let known = self.slots.iter().position(|slot| *slot == name);
        known.unwrap_or_else(|| {
            self.slots.push(name);
            self.slots.len() - 1
        }) as u32
    }

    fn declare(&mut self, pipe: &mut Pipe, token: Token) {
        let slot = self.slot(self.value(token));
        let at = self.token_at(token);
        self.frame.vars.push(slot);
        pipe.declares.push(Variable {
            at,
            slot,
            fields: Fields::default(),
        });
    }

    fn check(&self, pipe: &Pipe, context: &str) -> Result<(), Error> {
        if pipe.commands.is_empty() {
            return Err(self.error(format!("missing value for {context}")));
        }
        for (i, command) in pipe.commands.iter().enumerate().skip(1) {
            if let Some(
                Operand::Bool(..) | Operand::Dot(_) | Operand::Nil(_) | Operand::Number(_) | Operand::Str(..),
            ) = command.args.first()
            {
                return Err(self.error(format!("non executable command in pipeline stage {}", i + 1)));
            }
        }
        Ok(())
    }

    /// `if`, `with` or `range`; a chain of `else if` is taken in a loop and nested afterwards.
    fn control(&mut self, context: &str) -> Result<Node, Error> {
        let vars = self.frame.vars.len();
        let mut chain: SmallVec<[(Pipe, Box<[Node]>); 1]> = SmallVec::new();
        let mut otherwise = loop {
            let pipe = self.pipeline(context, TokenKind::RightDelim)?;
            if context == "range" {
                self.frame.range_depth += 1;
            }
            let (body, next) = self.items()?;
            if context == "range" {
                self.frame.range_depth -= 1;
            }
            chain.push((pipe, body));
            if !matches!(next, Item::Else) {
                break None;
            }
            let chained = match self.peek().kind {
                TokenKind::If => context == "if",
                TokenKind::With => context == "with",
                _ => false,
            };
            if chained {
                self.next();
                continue;
            }
            let (nodes, end) = self.items()?;
            if !matches!(end, Item::End) {
                return Err(self.error(format!("expected end; found {}", end.describe())));
            }
            break Some(nodes);
        };
        self.frame.vars.truncate(vars);
        let end = self.last_end;
        let mut result = None;
        while let Some((pipe, body)) = chain.pop() {
            let at = self.at(pipe.at.pos as usize, pipe.at.start as usize..end);
            let branch = Box::new(Branch {
                at,
                pipe,
                body,
                otherwise: otherwise.take(),
            });
            let node = match context {
                "if" => Node::If(branch),
                "with" => Node::With(branch),
                _ => Node::Range(branch),
            };
            if chain.is_empty() {
                result = Some(node);
            } else {
                otherwise = Some([node].into());
            }
        }
        result.ok_or_else(|| self.error("unexpected EOF"))
    }

    fn block(&mut self) -> Result<Node, Error> {
        let context = "block clause";
        let token = self.next_non_space();
        let name = self.template_name(token, context)?;
        let pipe = self.pipeline(context, TokenKind::RightDelim)?;
        let span = token.start..self.last_end;
        let outer = std::mem::take(&mut self.frame);
        let parsed = self.items();
        let (root, end) = parsed?;
        if !matches!(end, Item::End) {
            self.frame = outer;
            return Err(self.error(format!("unexpected {} in {context}", end.describe())));
        }
        self.add(Arc::clone(&name), root)?;
        self.frame = outer;
        Ok(Node::Template(Box::new(Call {
            at: self.at(token.start, span),
            name,
            pipe: Some(pipe),
        })))
    }

    fn template(&mut self) -> Result<Node, Error> {
        let context = "template clause";
        let token = self.next_non_space();
        let name = self.template_name(token, context)?;
        let mut pipe = None;
        if self.next_non_space().kind != TokenKind::RightDelim {
            self.backup();
            pipe = Some(self.pipeline(context, TokenKind::RightDelim)?);
        }
        let span = token.start..pipe.as_ref().map_or(token.end, |pipe| pipe.at.end as usize);
        Ok(Node::Template(Box::new(Call {
            at: self.at(token.start, span),
            name,
            pipe,
        })))
    }

    fn template_name(&mut self, token: Token, context: &str) -> Result<Arc<[u8]>, Error> {
        match token.kind {
            TokenKind::String | TokenKind::RawString => self.unquoted(token),
            _ => Err(self.unexpected(token, context)),
        }
    }

    fn unquoted(&self, token: Token) -> Result<Arc<[u8]>, Error> {
        unquote(self.value(token))
            .map(Into::into)
            .ok_or_else(|| self.error("invalid syntax"))
    }

    /// A string constant; only one that is long or has escapes is copied.
    fn literal(&self, token: Token) -> Result<Literal, Error> {
        let inner = token.start + 1..token.end.saturating_sub(1);
        let is_verbatim = |text: &[u8]| memchr::memchr3(b'\\', b'\r', b'\n', text).is_none();
        match self.lexer.input().get(inner.clone()) {
            // Bytes that are not UTF-8 are for `unquote` to judge.
            Some(text) if text.len() <= Str::INLINE && text.is_ascii() && is_verbatim(text) => {
                Ok(Literal::Span(inner.start as u32, inner.end as u32))
            }
            _ => self.unquoted(token).map(Literal::Shared),
        }
    }

    fn command(&mut self) -> Result<Command, Error> {
        let first = self.peek_non_space();
        let mut at = self.token_at(first);
        let mark = self.operands.len();
        loop {
            self.peek_non_space();
            if let Some(operand) = self.operand()? {
                self.operands.push(operand);
            }
            let before = self.last_end;
            at.end = before as u32;
            let token = self.next();
            match token.kind {
                TokenKind::Space => continue,
                TokenKind::RightDelim | TokenKind::RightParen => {
                    self.backup();
                    self.last_end = before;
                }
                TokenKind::Pipe => {}
                _ => return Err(self.unexpected(token, "operand")),
            }
            break;
        }
        if self.operands.len() == mark {
            return Err(self.error("empty command"));
        }
        let args = self.operands.drain(mark..).collect();
        Ok(Command { at, args })
    }

    fn print(&self, operand: &Operand) -> String {
        let mut printer = Printer::new(&self.source);
        printer.operand(operand);
        printer.finish()
    }

    fn operand(&mut self) -> Result<Option<Operand>, Error> {
        let Some(mut operand) = self.term()? else {
            return Ok(None);
        };
        let first = self.peek();
        if first.kind != TokenKind::Field {
            return Ok(Some(operand));
        }
        while self.peek().kind == TokenKind::Field {
            self.next();
        }
        let end = self.last_end;
        let fields = Fields::new(first.start, end);
        let start = match &operand {
            // The parenthesis before a pipeline is not part of its own span.
            Operand::Pipe(pipe) => (pipe.at.start as usize).saturating_sub(1),
            other => other.at().start as usize,
        };
        let at = self.at(first.start, start..end);
        match &mut operand {
            Operand::Field(old, fields) => {
                *old = at;
                *fields = Fields::new(start, end);
            }
            Operand::Variable(variable) => {
                variable.at = at;
                variable.fields = fields;
            }
            Operand::Bool(..) | Operand::Str(..) | Operand::Number(_) | Operand::Nil(_) | Operand::Dot(_) => {
                let shown = quote(self.print(&operand).as_bytes());
                return Err(self.error(format!("unexpected . after term {shown}")));
            }
            _ => operand = Operand::Chain(at, Box::new(operand), fields),
        }
        Ok(Some(operand))
    }

    fn term(&mut self) -> Result<Option<Operand>, Error> {
        let before = self.last_end;
        let token = self.next_non_space();
        Ok(Some(match token.kind {
            TokenKind::Identifier => {
                let name = self.text(token);
                let table = self
                    .functions
                    .index(&name)
                    .map(|index| Callee::Table(index as u32));
                let Some(callee) = table.or_else(|| Builtin::named(&name).map(Callee::Builtin)) else {
                    return Err(self.error(format!("function {} not defined", quote(name.as_bytes()))));
                };
                Operand::Function(self.token_at(token), callee)
            }
            TokenKind::Dot => Operand::Dot(self.token_at(token)),
            TokenKind::Nil => Operand::Nil(self.token_at(token)),
            TokenKind::Variable => {
                let name = self.value(token);
                let slot = self.slot(name);
                if !self.frame.vars.contains(&slot) {
                    return Err(self.error(format!("undefined variable {}", quote(name))));
                }
                Operand::Variable(Variable {
                    at: self.token_at(token),
                    slot,
                    fields: Fields::default(),
                })
            }
            TokenKind::Field => Operand::Field(self.token_at(token), Fields::new(token.start, token.end)),
            TokenKind::Bool => {
                let value = self.value(token) == b"true";
                Operand::Bool(self.token_at(token), value)
            }
            TokenKind::CharConstant | TokenKind::Complex | TokenKind::Number => {
                let at = self.token_at(token);
                let number =
                    number(at, token.kind, self.value(token)).map_err(|message| self.error(message))?;
                Operand::Number(Box::new(number))
            }
            TokenKind::LeftParen => {
                self.deeper("max expression depth exceeded")?;
                let pipe = self.pipeline("parenthesized pipeline", TokenKind::RightParen)?;
                self.nesting -= 1;
                Operand::Pipe(Box::new(pipe))
            }
            TokenKind::String | TokenKind::RawString => {
                let text = self.literal(token)?;
                Operand::Str(self.token_at(token), text)
            }
            _ => {
                self.backup();
                self.last_end = before;
                return Ok(None);
            }
        }))
    }
}

/// The integer that a float is, when it is one in range.
fn exact_int(value: f64) -> Option<i64> {
    let limit = 9_223_372_036_854_775_808.0;
    (value >= -limit && value < limit && value.trunc() == value).then_some(value as i64)
}

/// As `exact_int`, unsigned.
fn exact_uint(value: f64) -> Option<u64> {
    ((0.0..18_446_744_073_709_551_616.0).contains(&value) && value.trunc() == value).then_some(value as u64)
}

fn complex_number(mut number: Number, re: f64, im: f64) -> Number {
    number.complex = Some((re, im));
    if im == 0.0 {
        number.float = Some(re);
        number.int = exact_int(re);
        number.uint = exact_uint(re);
    }
    number
}

/// A number token under every type that can hold it, as `parse.newNumber`; else Go's message.
fn number(at: At, kind: TokenKind, text: &[u8]) -> Result<Number, String> {
    let hex_integer = text.len() > 2
        && text[0] == b'0'
        && matches!(text[1], b'x' | b'X')
        && !text.iter().any(|c| matches!(c, b'p' | b'P'));
    let float_syntax =
        kind != TokenKind::CharConstant && !hex_integer && text.iter().any(|c| b".eEpP".contains(c));
    let mut number = Number {
        at,
        int: None,
        uint: None,
        float: None,
        complex: None,
        float_syntax,
    };
    if kind == TokenKind::CharConstant {
        let (value, tail) = unquote_char(&text[1..], text[0]).ok_or("invalid syntax")?;
        if tail != b"'" {
            return Err(format!(
                "malformed character constant: {}",
                String::from_utf8_lossy(text)
            ));
        }
        let value = match value {
            Unquoted::Rune(_) if text[1] >= 0x80 => decode_rune(&text[1..]).0.map_or(0xfffd, u32::from),
            other => other.value(),
        };
        number.int = Some(i64::from(value));
        number.uint = Some(u64::from(value));
        number.float = Some(f64::from(value));
        return Ok(number);
    }
    if kind == TokenKind::Complex {
        let (re, im) = scan_complex(text)?;
        return Ok(complex_number(number, re, im));
    }
    if let Some(imaginary) = text.strip_suffix(b"i")
        && let Ok(value) = parse_float(imaginary, FloatSize::F64)
    {
        return Ok(complex_number(number, 0.0, value));
    }
    number.uint = parse_uint(text, 0, 64).ok();
    number.int = parse_int(text, 0, 64).ok();
    if number.int == Some(0) {
        number.uint = Some(0); // Of -0.
    }
    if let Some(int) = number.int {
        number.float = Some(int as f64);
    } else if let Some(uint) = number.uint {
        number.float = Some(uint as f64);
    } else if let Ok(value) = parse_float(text, FloatSize::F64) {
        if !text.iter().any(|c| b".eEpP".contains(c)) {
            return Err(format!("integer overflow: {}", quote(text)));
        }
        number.float = Some(value);
        number.int = exact_int(value);
        number.uint = exact_uint(value);
    }
    if number.int.is_none() && number.uint.is_none() && number.float.is_none() {
        return Err(format!("illegal number syntax: {}", quote(text)));
    }
    Ok(number)
}

/// Reads `re±imi` as `fmt.Sscan` does, which is not as the lexer does.
fn scan_complex(text: &[u8]) -> Result<(f64, f64), String> {
    let syntax = || "syntax error scanning complex number".to_string();
    let real = float_token(text);
    let rest = &text[real.len()..];
    let Some(sign @ (b'+' | b'-')) = rest.first() else {
        return Err(syntax());
    };
    let imaginary = float_token(&rest[1..]);
    if rest.get(1 + imaginary.len()) != Some(&b'i') {
        return Err(syntax());
    }
    let re = convert_float(real)?;
    let signed: Vec<u8> = std::iter::once(*sign).chain(imaginary.iter().copied()).collect();
    Ok((re, convert_float(&signed)?))
}

fn float_token(text: &[u8]) -> &[u8] {
    let mut i = 0;
    let run = |mut i: usize, valid: fn(u8) -> bool| {
        while text.get(i).is_some_and(|c| valid(*c)) {
            i += 1;
        }
        i
    };
    if matches!(text.first(), Some(b'+' | b'-')) {
        i += 1;
    }
    // Go looks for an infinity here, and keeps what it took of it.
    for letter in b"inf" {
        if text.get(i).is_some_and(|c| c.eq_ignore_ascii_case(letter)) {
            i += 1;
        } else {
            break;
        }
    }
    let decimal: fn(u8) -> bool = |c| c.is_ascii_digit() || c == b'_';
    let mut digits = decimal;
    let mut exponent: &[u8] = b"eEpP";
    if text.get(i) == Some(&b'0') {
        i += 1;
        if matches!(text.get(i), Some(b'x' | b'X')) {
            i += 1;
            digits = |c| c.is_ascii_hexdigit() || c == b'_';
            exponent = b"pP";
        }
    }
    i = run(i, digits);
    if text.get(i) == Some(&b'.') {
        i = run(i + 1, digits);
    }
    if text.get(i).is_some_and(|c| exponent.contains(c)) {
        i += 1;
        if matches!(text.get(i), Some(b'+' | b'-')) {
            i += 1;
        }
        i = run(i, decimal);
    }
    &text[..i]
}

/// `fmt`'s reading of a float: as `ParseFloat`, and a decimal number with a binary exponent as well.
fn convert_float(text: &[u8]) -> Result<f64, String> {
    let hex = text.iter().any(|c| matches!(c, b'x' | b'X'));
    if let Some(p) = text.iter().position(|c| *c == b'p').filter(|_| !hex) {
        let name_whole = |error: plimsoll_gostd::strconv::NumError| {
            plimsoll_gostd::strconv::NumError {
                number: text.to_vec(),
                ..error
            }
            .to_string()
        };
        let value = parse_float(&text[..p], FloatSize::F64).map_err(name_whole)?;
        let exponent = atoi(&text[p + 1..]).map_err(name_whole)?;
        let mut value = value;
        let mut exponent = exponent.clamp(-5000, 5000);
        while exponent != 0 && value != 0.0 && value.is_finite() {
            let step = exponent.clamp(-1000, 1000);
            value *= 2f64.powi(step as i32);
            exponent -= step;
        }
        return Ok(value);
    }
    parse_float(text, FloatSize::F64).map_err(|error| error.to_string())
}
