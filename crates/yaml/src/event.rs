//! Tokens to events: libyaml's parser as go-yaml v2 has it (`parserc.go`), a state machine without recursion.

use crate::Span;
use crate::doc::Style;
use crate::error::ErrorKind;
use crate::scan::{Fault, ScalarToken, Scan, Scanner, Token, TokenKind};

/// What the document is made of, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventKind {
    /// Whether `---` is written.
    DocumentStart(bool),
    /// Whether `...` is written.
    DocumentEnd(bool),
    StreamEnd,
    Alias,
    Scalar(ScalarToken),
    SequenceStart(Style),
    SequenceEnd,
    MappingStart(Style),
    MappingEnd,
}

#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) kind: EventKind,
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) props: Option<Box<EventProps>>,
}

/// Tag and anchor.
#[derive(Clone, Debug, Default)]
pub(crate) struct EventProps {
    pub(crate) anchor: Option<Span>,
    pub(crate) tag: Option<Box<str>>,
    pub(crate) content_start: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    ImplicitDocumentStart,
    DocumentStart,
    DocumentContent,
    DocumentEnd,
    BlockSequenceFirstEntry,
    BlockSequenceEntry,
    IndentlessSequenceEntry,
    BlockMappingFirstKey,
    BlockMappingKey,
    BlockMappingValue,
    FlowSequenceFirstEntry,
    FlowSequenceEntry,
    FlowSequenceEntryMappingKey,
    FlowSequenceEntryMappingValue,
    FlowSequenceEntryMappingEnd,
    FlowMappingFirstKey,
    FlowMappingKey,
    FlowMappingValue,
    FlowMappingEmptyValue,
    BlockNode,
    End,
}

/// libyaml's parser. [`Parser::next_event`] gives its events.
pub(crate) struct Parser<'s> {
    pub(crate) scanner: Scanner<'s>,
    state: State,
    states: Vec<State>,
    /// Start and line of each open collection.
    marks: Vec<(u32, u32)>,
    tag_directives: Vec<(Box<str>, Box<str>)>,
}

fn event(kind: EventKind, start: u32, end: u32) -> Event {
    Event {
        kind,
        start,
        end,
        props: None,
    }
}

fn empty_scalar(at: u32) -> Event {
    let scalar = ScalarToken {
        style: Style::Plain,
        pooled: false,
        from: at,
        to: at,
    };
    event(EventKind::Scalar(scalar), at, at)
}

fn fault<T>(context: &'static str, context_mark: (u32, u32), message: &str, token: &Token) -> Scan<T> {
    Err(Box::new(Fault {
        kind: ErrorKind::Parser,
        message: message.to_owned(),
        context,
        at: token.start,
        line: token.line,
        context_at: context_mark.0,
        context_line: context_mark.1,
    }))
}

impl<'s> Parser<'s> {
    pub(crate) fn new(scanner: Scanner<'s>) -> Self {
        Self {
            scanner,
            state: State::ImplicitDocumentStart,
            states: Vec::new(),
            marks: Vec::new(),
            tag_directives: Vec::new(),
        }
    }

    pub(crate) fn next_event(&mut self) -> Scan<Event> {
        match self.state {
            State::ImplicitDocumentStart => self.document_start(true),
            State::DocumentStart => self.document_start(false),
            State::DocumentContent => self.document_content(),
            State::DocumentEnd => self.document_end(),
            State::BlockNode => self.node(true, false),
            State::BlockSequenceFirstEntry => {
                self.open_collection()?;
                self.block_sequence_entry()
            }
            State::BlockSequenceEntry => self.block_sequence_entry(),
            State::IndentlessSequenceEntry => self.indentless_sequence_entry(),
            State::BlockMappingFirstKey => {
                self.open_collection()?;
                self.block_mapping_key()
            }
            State::BlockMappingKey => self.block_mapping_key(),
            State::BlockMappingValue => self.block_mapping_value(),
            State::FlowSequenceFirstEntry => {
                self.open_collection()?;
                self.flow_sequence_entry(true)
            }
            State::FlowSequenceEntry => self.flow_sequence_entry(false),
            State::FlowSequenceEntryMappingKey => self.flow_sequence_entry_mapping_key(),
            State::FlowSequenceEntryMappingValue => self.flow_sequence_entry_mapping_value(),
            State::FlowSequenceEntryMappingEnd => {
                let token = self.scanner.peek()?;
                self.state = State::FlowSequenceEntry;
                Ok(event(EventKind::MappingEnd, token.start, token.start))
            }
            State::FlowMappingFirstKey => {
                self.open_collection()?;
                self.flow_mapping_key(true)
            }
            State::FlowMappingKey => self.flow_mapping_key(false),
            State::FlowMappingValue => self.flow_mapping_value(false),
            State::FlowMappingEmptyValue => self.flow_mapping_value(true),
            State::End => {
                let at = self.scanner.offset() as u32;
                Ok(event(EventKind::StreamEnd, at, at))
            }
        }
    }

    /// Takes the next token and shows the one behind it.
    fn after_take(&mut self) -> Scan<Token> {
        self.scanner.take();
        self.scanner.peek()
    }

    fn open_collection(&mut self) -> Scan<()> {
        let token = self.scanner.next_token()?;
        self.marks.push((token.start, token.line));
        Ok(())
    }

    fn pop_state(&mut self) {
        self.state = self.states.pop().unwrap_or(State::End);
    }

    fn close_collection(&mut self, kind: EventKind, token: &Token) -> Event {
        self.pop_state();
        self.marks.pop();
        self.scanner.take();
        event(kind, token.start, token.end)
    }

    fn close_block(&mut self, kind: EventKind, token: &Token) -> Event {
        let mut event = self.close_collection(kind, token);
        event.end = event.start;
        event
    }

    fn mark(&self) -> (u32, u32) {
        self.marks.last().copied().unwrap_or_default()
    }

    /// Reads a node after which the parser continues in `then`.
    fn node_then(&mut self, then: State, block: bool, indentless: bool) -> Scan<Event> {
        self.states.push(then);
        self.node(block, indentless)
    }

    fn empty_then(&mut self, then: State, at: u32) -> Scan<Event> {
        self.state = then;
        Ok(empty_scalar(at))
    }

    fn document_start(&mut self, implicit: bool) -> Scan<Event> {
        let mut token = self.scanner.peek()?;
        if !implicit {
            while token.kind == TokenKind::DocumentEnd {
                token = self.after_take()?;
            }
        }
        let explicit = matches!(
            token.kind,
            TokenKind::VersionDirective { .. } | TokenKind::TagDirective(_) | TokenKind::DocumentStart
        );
        if token.kind == TokenKind::StreamEnd {
            self.state = State::End;
            self.scanner.take();
            return Ok(event(EventKind::StreamEnd, token.start, token.end));
        }
        if implicit && !explicit {
            self.directives()?;
            self.states.push(State::DocumentEnd);
            self.state = State::BlockNode;
            return Ok(event(EventKind::DocumentStart(false), token.start, token.start));
        }
        let start = token.start;
        self.directives()?;
        let token = self.scanner.peek()?;
        if token.kind != TokenKind::DocumentStart {
            return fault("", (0, 0), "did not find expected <document start>", &token);
        }
        self.states.push(State::DocumentEnd);
        self.state = State::DocumentContent;
        self.scanner.take();
        Ok(event(EventKind::DocumentStart(true), start, token.end))
    }

    fn document_content(&mut self) -> Scan<Event> {
        let token = self.scanner.peek()?;
        match token.kind {
            TokenKind::VersionDirective { .. }
            | TokenKind::TagDirective(_)
            | TokenKind::DocumentStart
            | TokenKind::DocumentEnd
            | TokenKind::StreamEnd => {
                self.pop_state();
                Ok(empty_scalar(token.start))
            }
            _ => self.node(true, false),
        }
    }

    fn document_end(&mut self) -> Scan<Event> {
        let token = self.scanner.peek()?;
        let explicit = token.kind == TokenKind::DocumentEnd;
        let mut end = token.start;
        if explicit {
            end = token.end;
            self.scanner.take();
        }
        self.tag_directives.clear();
        self.state = State::DocumentStart;
        Ok(event(EventKind::DocumentEnd(explicit), token.start, end))
    }

    fn node(&mut self, block: bool, indentless: bool) -> Scan<Event> {
        let mut token = self.scanner.peek()?;
        if token.kind == TokenKind::Alias {
            self.pop_state();
            self.scanner.take();
            return Ok(event(EventKind::Alias, token.start, token.end));
        }
        let start = (token.start, token.line);
        let mut end = token.start;
        let mut anchor = None;
        let mut tag = None;
        // A tag and an anchor, in either order.
        for _ in 0..2 {
            match token.kind {
                TokenKind::Anchor if anchor.is_none() => anchor = Some(Span::new(token.start + 1, token.end)),
                TokenKind::Tag(index) if tag.is_none() => tag = Some((index, token)),
                _ => break,
            }
            end = token.end;
            token = self.after_take()?;
        }
        let tag = match tag {
            Some((index, tag_token)) => self.resolve_tag(index, &tag_token, start)?,
            None => None,
        };
        let props = (anchor.is_some() || tag.is_some()).then(|| {
            Box::new(EventProps {
                anchor,
                tag,
                content_start: token.start,
            })
        });
        let has_props = end != start.0;
        let kind = match token.kind {
            TokenKind::BlockEntry if indentless => {
                self.state = State::IndentlessSequenceEntry;
                EventKind::SequenceStart(Style::Block)
            }
            TokenKind::Scalar(scalar) => {
                self.pop_state();
                self.scanner.take();
                EventKind::Scalar(scalar)
            }
            TokenKind::FlowSequenceStart => {
                self.state = State::FlowSequenceFirstEntry;
                EventKind::SequenceStart(Style::Flow)
            }
            TokenKind::FlowMappingStart => {
                self.state = State::FlowMappingFirstKey;
                EventKind::MappingStart(Style::Flow)
            }
            TokenKind::BlockSequenceStart if block => {
                self.state = State::BlockSequenceFirstEntry;
                EventKind::SequenceStart(Style::Block)
            }
            TokenKind::BlockMappingStart if block => {
                self.state = State::BlockMappingFirstKey;
                EventKind::MappingStart(Style::Block)
            }
            _ if has_props => {
                self.pop_state();
                let mut scalar = empty_scalar(end);
                scalar.start = start.0;
                scalar.props = props.map(|mut props| {
                    props.content_start = end;
                    props
                });
                return Ok(scalar);
            }
            _ => {
                let context = if block {
                    "while parsing a block node"
                } else {
                    "while parsing a flow node"
                };
                return fault(context, start, "did not find expected node content", &token);
            }
        };
        Ok(Event {
            kind,
            start: start.0,
            end: token.end,
            props,
        })
    }

    fn resolve_tag(&self, index: u32, token: &Token, start: (u32, u32)) -> Scan<Option<Box<str>>> {
        let Some((handle, suffix)) = self.scanner.tags.get(index as usize) else {
            return Ok(None);
        };
        if handle.is_empty() {
            return Ok(Some(suffix.clone()));
        }
        match self.tag_directives.iter().find(|(known, _)| known == handle) {
            Some((_, prefix)) => Ok(Some(format!("{prefix}{suffix}").into())),
            None => fault("while parsing a node", start, "found undefined tag handle", token),
        }
    }

    fn block_sequence_entry(&mut self) -> Scan<Event> {
        let token = self.scanner.peek()?;
        match token.kind {
            TokenKind::BlockEntry => {
                let next = self.after_take()?;
                match next.kind {
                    TokenKind::BlockEntry | TokenKind::BlockEnd => {
                        self.empty_then(State::BlockSequenceEntry, token.end)
                    }
                    _ => self.node_then(State::BlockSequenceEntry, true, false),
                }
            }
            TokenKind::BlockEnd => Ok(self.close_block(EventKind::SequenceEnd, &token)),
            _ => fault(
                "while parsing a block collection",
                self.mark(),
                "did not find expected '-' indicator",
                &token,
            ),
        }
    }

    fn indentless_sequence_entry(&mut self) -> Scan<Event> {
        let token = self.scanner.peek()?;
        if token.kind != TokenKind::BlockEntry {
            self.pop_state();
            return Ok(event(EventKind::SequenceEnd, token.start, token.start));
        }
        let next = self.after_take()?;
        match next.kind {
            TokenKind::BlockEntry | TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => {
                self.empty_then(State::IndentlessSequenceEntry, token.end)
            }
            _ => self.node_then(State::IndentlessSequenceEntry, true, false),
        }
    }

    fn block_mapping_key(&mut self) -> Scan<Event> {
        let token = self.scanner.peek()?;
        match token.kind {
            TokenKind::Key => {
                let next = self.after_take()?;
                match next.kind {
                    TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => {
                        self.empty_then(State::BlockMappingValue, token.end)
                    }
                    _ => self.node_then(State::BlockMappingValue, true, true),
                }
            }
            TokenKind::BlockEnd => Ok(self.close_block(EventKind::MappingEnd, &token)),
            _ => fault(
                "while parsing a block mapping",
                self.mark(),
                "did not find expected key",
                &token,
            ),
        }
    }

    fn block_mapping_value(&mut self) -> Scan<Event> {
        let token = self.scanner.peek()?;
        if token.kind != TokenKind::Value {
            // go-yaml v3 puts the value that is not there directly behind the key, v2 where the mapping is left.
            let at = if token.kind == TokenKind::BlockEnd {
                token.end
            } else {
                token.start
            };
            return self.empty_then(State::BlockMappingKey, at);
        }
        let next = self.after_take()?;
        match next.kind {
            TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => {
                self.empty_then(State::BlockMappingKey, token.end)
            }
            _ => self.node_then(State::BlockMappingKey, true, true),
        }
    }

    fn flow_sequence_entry(&mut self, first: bool) -> Scan<Event> {
        let mut token = self.scanner.peek()?;
        if token.kind != TokenKind::FlowSequenceEnd && !first {
            if token.kind != TokenKind::FlowEntry {
                return fault(
                    "while parsing a flow sequence",
                    self.mark(),
                    "did not find expected ',' or ']'",
                    &token,
                );
            }
            token = self.after_take()?;
        }
        match token.kind {
            TokenKind::FlowSequenceEnd => Ok(self.close_collection(EventKind::SequenceEnd, &token)),
            // `[a: b]` holds a mapping of one entry.
            TokenKind::Key => {
                self.state = State::FlowSequenceEntryMappingKey;
                self.scanner.take();
                Ok(event(
                    EventKind::MappingStart(Style::Flow),
                    token.start,
                    token.end,
                ))
            }
            _ => self.node_then(State::FlowSequenceEntry, false, false),
        }
    }

    fn flow_sequence_entry_mapping_key(&mut self) -> Scan<Event> {
        let token = self.scanner.peek()?;
        match token.kind {
            TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowSequenceEnd => {
                // libyaml takes this token although nothing has been made of it; what follows then fails or goes astray,
                // and go-yaml does the same.
                self.scanner.take();
                self.empty_then(State::FlowSequenceEntryMappingValue, token.end)
            }
            _ => self.node_then(State::FlowSequenceEntryMappingValue, false, false),
        }
    }

    fn flow_sequence_entry_mapping_value(&mut self) -> Scan<Event> {
        let mut token = self.scanner.peek()?;
        let start = token.start;
        if token.kind == TokenKind::Value {
            token = self.after_take()?;
            if !matches!(token.kind, TokenKind::FlowEntry | TokenKind::FlowSequenceEnd) {
                return self.node_then(State::FlowSequenceEntryMappingEnd, false, false);
            }
        }
        self.empty_then(State::FlowSequenceEntryMappingEnd, start)
    }

    fn flow_mapping_key(&mut self, first: bool) -> Scan<Event> {
        let mut token = self.scanner.peek()?;
        if token.kind != TokenKind::FlowMappingEnd && !first {
            if token.kind != TokenKind::FlowEntry {
                return fault(
                    "while parsing a flow mapping",
                    self.mark(),
                    "did not find expected ',' or '}'",
                    &token,
                );
            }
            token = self.after_take()?;
        }
        match token.kind {
            TokenKind::FlowMappingEnd => Ok(self.close_collection(EventKind::MappingEnd, &token)),
            TokenKind::Key => {
                let next = self.after_take()?;
                match next.kind {
                    TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowMappingEnd => {
                        self.empty_then(State::FlowMappingValue, next.start)
                    }
                    _ => self.node_then(State::FlowMappingValue, false, false),
                }
            }
            _ => self.node_then(State::FlowMappingEmptyValue, false, false),
        }
    }

    fn flow_mapping_value(&mut self, empty: bool) -> Scan<Event> {
        let mut token = self.scanner.peek()?;
        if !empty && token.kind == TokenKind::Value {
            token = self.after_take()?;
            if !matches!(token.kind, TokenKind::FlowEntry | TokenKind::FlowMappingEnd) {
                return self.node_then(State::FlowMappingKey, false, false);
            }
        }
        self.empty_then(State::FlowMappingKey, token.start)
    }

    /// Takes the directives of a document, which hold until its end.
    fn directives(&mut self) -> Scan<()> {
        let mut version = false;
        loop {
            let token = self.scanner.peek()?;
            match token.kind {
                TokenKind::VersionDirective { major, minor } => {
                    if version {
                        return fault("", (0, 0), "found duplicate %YAML directive", &token);
                    }
                    if (major, minor) != (1, 1) {
                        return fault("", (0, 0), "found incompatible YAML document", &token);
                    }
                    version = true;
                }
                TokenKind::TagDirective(index) => {
                    let Some((handle, prefix)) = self.scanner.tags.get(index as usize) else {
                        break;
                    };
                    if self.tag_directives.iter().any(|(known, _)| known == handle) {
                        return fault("", (0, 0), "found duplicate %TAG directive", &token);
                    }
                    self.tag_directives.push((handle.clone(), prefix.clone()));
                }
                _ => break,
            }
            self.scanner.take();
        }
        for (handle, prefix) in [("!", "!"), ("!!", "tag:yaml.org,2002:")] {
            if !self.tag_directives.iter().any(|(known, _)| &**known == handle) {
                self.tag_directives.push((handle.into(), prefix.into()));
            }
        }
        Ok(())
    }
}
