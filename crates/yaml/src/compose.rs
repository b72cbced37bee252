//! Events to documents, with aliases resolved, bounds kept, and a new start behind every document that is lost.

use std::collections::HashMap;
use std::sync::Arc;

use crate::doc::{Doc, Node, NodeKind, POOLED, Props, Stream, Style};
use crate::error::{Cause, ErrorKind, SyntaxError};
use crate::event::{Event, EventKind, Parser};
use crate::limits::Limits;
use crate::scan::{self, Fault, ScalarToken, Scan, Scanner};
use crate::{Span, diagnose, merge};

/// Parses every document of `source`.
///
/// A document with a syntax error is lost and gives one [`SyntaxError`]; reading resumes at the next line that starts with
/// `---`. A byte-order mark at the start is skipped. An empty source holds no document.
#[must_use]
pub fn parse(source: impl Into<Arc<str>>, limits: &Limits) -> Stream {
    let source: Arc<str> = source.into();
    let mut stream = Stream::default();
    if source.len() > limits.max_source_bytes as usize || source.len() >= u32::MAX as usize {
        let message = format!("the source is longer than {} bytes", limits.max_source_bytes);
        stream.errors.push(SyntaxError {
            span: Span::default(),
            noticed_at: 0,
            message,
            go_line: 0,
            kind: ErrorKind::Reader,
            cause: Cause::TooLong,
            doc_index: 0,
        });
        return stream;
    }
    let text: &str = &source;
    let mut start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut line = 0;
    let mut forbidden = scan::find_forbidden(text);
    let mut composer = Composer::new(&source, limits);
    loop {
        let scanner = Scanner::new(text, start, line, forbidden);
        let mut parser = Parser::new(scanner);
        let Err(fault) = composer.compose_all(&mut parser, &mut stream.docs) else {
            break;
        };
        stream
            .errors
            .push(syntax_error(text, composer.doc_start, &fault, composer.index));
        composer.index += 1;
        let Some(next) = next_document(text, composer.doc_start, fault.at as usize) else {
            break;
        };
        line += line_breaks(&text[start..next]);
        start = next;
        composer.boundary = next as u32;
        if forbidden.is_some_and(|at| at < start) {
            forbidden = scan::find_forbidden(&text[start..]).map(|at| start + at);
        }
    }
    stream
}

fn syntax_error(text: &str, doc_start: u32, fault: &Fault, doc_index: u32) -> SyntaxError {
    let (span, cause) = diagnose::diagnose(text, doc_start, fault);
    // go-yaml prints the line from 0 for the parser's errors, and from 1 for the scanner's.
    let go_line = match fault.kind {
        ErrorKind::Scanner if fault.line > 0 => fault.line + 1,
        ErrorKind::Parser if fault.line > 0 => fault.line,
        ErrorKind::Scanner | ErrorKind::Parser => fault.context_line,
        ErrorKind::Reader | ErrorKind::Composer => 0,
    };
    SyntaxError {
        span,
        noticed_at: fault.at,
        message: fault.message.clone(),
        go_line,
        kind: fault.kind,
        cause,
        doc_index,
    }
}

fn line_breaks(text: &str) -> u32 {
    let bytes = text.as_bytes();
    let (mut at, mut count) = (0, 0);
    while at < bytes.len() {
        let width = scan::break_width(bytes, at);
        count += u32::from(width > 0);
        at += width.max(1);
    }
    count
}

/// The next line that starts with `---`, at or behind the line of `from`, but behind `doc_start`.
fn next_document(text: &str, doc_start: u32, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let from = from.min(bytes.len());
    let line = bytes[..from]
        .iter()
        .rposition(|b| matches!(b, b'\n' | b'\r'))
        .map_or(0, |at| at + 1);
    let mut at = line.max(doc_start as usize + 1);
    while let Some(found) = memchr::memmem::find(bytes.get(at..)?, b"---") {
        let start = at + found;
        let opens = start == 0 || matches!(bytes[start - 1], b'\n' | b'\r');
        let closes = matches!(bytes.get(start + 3), None | Some(b' ' | b'\t' | b'\n' | b'\r'));
        if opens && closes {
            return Some(start);
        }
        at = start + 1;
    }
    None
}

/// What an anchor stands for.
#[derive(Clone, Copy)]
struct Anchored {
    node: u32,
    /// Whether the node is not complete yet.
    open: bool,
    /// Steps go-yaml's decoder takes for the node.
    steps: u64,
    /// Levels of collections in the node, itself included.
    height: u32,
}

/// A collection that is not complete yet.
struct Frame<'s> {
    node: u32,
    anchor: Option<&'s str>,
    mapping: bool,
    children: u32,
    /// Height of the highest child.
    height: u32,
    /// [`Composer::steps`] before this node.
    steps_before: u64,
    /// The value to come belongs to a merge key.
    merging: bool,
}

struct Composer<'s> {
    source: &'s Arc<str>,
    text: &'s str,
    limits: &'s Limits,
    nodes: Vec<Node>,
    props: Vec<Props>,
    frames: Vec<Frame<'s>>,
    anchors: HashMap<&'s str, Anchored>,
    /// Number of the current document.
    index: u32,
    /// Where the current document's `---`, directives or first node start.
    doc_start: u32,
    /// Where the previous document ended.
    boundary: u32,
    /// go-yaml's `decodeCount` and `aliasCount` of the current document.
    steps: u64,
    alias_steps: u64,
    /// Steps that aliases have made in all documents.
    total_alias_steps: u64,
    /// An error that go-yaml would find after all syntax errors.
    pending: Option<Box<Fault>>,
}

impl<'s> Composer<'s> {
    fn new(source: &'s Arc<str>, limits: &'s Limits) -> Self {
        Self {
            source,
            text: source,
            limits,
            nodes: Vec::new(),
            props: Vec::new(),
            frames: Vec::new(),
            anchors: HashMap::new(),
            index: 0,
            doc_start: 0,
            boundary: 0,
            steps: 0,
            alias_steps: 0,
            total_alias_steps: 0,
            pending: None,
        }
    }

    /// Composes documents until the stream ends or one is lost.
    fn compose_all(&mut self, parser: &mut Parser<'s>, docs: &mut Vec<Doc>) -> Scan<()> {
        loop {
            self.nodes.clear();
            self.props.clear();
            self.frames.clear();
            self.anchors.clear();
            self.pending = None;
            self.alias_steps = 0;
            // go-yaml counts the document node.
            self.steps = 1;
            self.doc_start = self.boundary;
            let event = parser.next_event()?;
            let EventKind::DocumentStart(explicit_start) = event.kind else {
                return Ok(());
            };
            self.doc_start = event.start;
            let end = loop {
                let event = parser.next_event()?;
                if let EventKind::DocumentEnd(_) = event.kind {
                    break event;
                }
                self.node(event)?;
            };
            if let Some(fault) = self.pending.take() {
                return Err(fault);
            }
            let explicit_end = end.kind == EventKind::DocumentEnd(true);
            let end = if explicit_end { end.end } else { end.start };
            let pool = if parser.scanner.pool.is_empty() {
                Box::default()
            } else {
                std::mem::take(&mut parser.scanner.pool).into_boxed_str()
            };
            docs.push(Doc {
                source: Arc::clone(self.source),
                nodes: self.take_nodes(),
                pool,
                props: std::mem::take(&mut self.props).into_boxed_slice(),
                span: Span::new(self.boundary, end),
                index: self.index,
                explicit_start,
                explicit_end,
            });
            let at = docs.len() - 1;
            flag_mappings(&mut docs[at]);
            self.index += 1;
            self.boundary = end;
        }
    }

    /// The nodes of the document that ends. Small documents are copied, so that the vector keeps its room for the next.
    fn take_nodes(&mut self) -> Box<[Node]> {
        const LARGE: usize = 1 << 14;
        if self.nodes.len() < LARGE {
            self.nodes.as_slice().into()
        } else {
            std::mem::take(&mut self.nodes).into_boxed_slice()
        }
    }

    fn node(&mut self, event: Event) -> Scan<()> {
        match event.kind {
            EventKind::Scalar(scalar) => self.scalar(event, scalar),
            EventKind::Alias => self.alias(&event),
            EventKind::SequenceStart(style) => self.open(event, NodeKind::Sequence, style),
            EventKind::MappingStart(style) => self.open(event, NodeKind::Mapping, style),
            EventKind::SequenceEnd | EventKind::MappingEnd => {
                self.close(&event);
                Ok(())
            }
            EventKind::DocumentStart(_) | EventKind::DocumentEnd(_) | EventKind::StreamEnd => Ok(()),
        }
    }

    fn composer_fault(event_start: u32, event_end: u32, message: String) -> Box<Fault> {
        Box::new(Fault {
            kind: ErrorKind::Composer,
            message,
            context: "",
            at: event_start,
            line: 0,
            context_at: event_end,
            context_line: 0,
        })
    }

    /// Adds the node of `event` with its tag and anchor. Returns its index and anchor.
    fn add(&mut self, event: Event, kind: NodeKind, style: Style, a: u32, b: u32) -> (u32, Option<&'s str>) {
        let mut props = 0;
        let mut anchor = None;
        if let Some(event_props) = event.props {
            anchor = event_props.anchor.and_then(|span| self.text.get(span.range()));
            self.props.push(Props {
                content_start: event_props.content_start,
                anchor: event_props.anchor,
                tag: event_props.tag,
            });
            props = self.props.len() as u32;
        }
        let index = self.nodes.len() as u32;
        self.nodes.push(Node {
            start: event.start,
            end: event.end,
            a,
            b,
            props,
            kind,
            style,
            flags: 0,
        });
        if let Some(frame) = self.frames.last_mut() {
            frame.children += 1;
        }
        (index, anchor)
    }

    /// Counts decoder steps and applies go-yaml's ratio of steps made by aliases.
    fn count(&mut self, steps: u64, at: &Node) {
        self.steps = self.steps.saturating_add(steps);
        if self.alias_steps > 100 && self.steps > 1000 && self.pending.is_none() {
            let steps = self.steps as f64;
            let allowed = match self.steps {
                0..=400_000 => 0.99,
                4_000_000.. => 0.10,
                _ => 0.99 - 0.89 * ((steps - 400_000.0) / 3_600_000.0),
            };
            if self.alias_steps as f64 / steps > allowed {
                let message = "document contains excessive aliasing".to_owned();
                self.pending = Some(Self::composer_fault(at.start, at.end, message));
            }
        }
    }

    /// Whether the next node is a mapping's key.
    fn at_key(&self) -> bool {
        self.frames
            .last()
            .is_some_and(|frame| frame.mapping && frame.children % 2 == 0)
    }

    fn scalar(&mut self, event: Event, scalar: ScalarToken) -> Scan<()> {
        let at_key = self.at_key();
        let (index, anchor) = self.add(event, NodeKind::Scalar, scalar.style, scalar.from, scalar.to);
        if scalar.pooled {
            self.nodes[index as usize].flags = POOLED;
        }
        if let Some(anchor) = anchor {
            self.anchors.insert(
                anchor,
                Anchored {
                    node: index,
                    open: false,
                    steps: 1,
                    height: 0,
                },
            );
        }
        if at_key {
            let merging = self.is_merge_key(index);
            if let Some(frame) = self.frames.last_mut() {
                frame.merging = merging;
            }
            if merging {
                return Ok(());
            }
        }
        let node = self.nodes[index as usize];
        self.count(1, &node);
        if let Some(anchor) = anchor {
            self.anchors.insert(
                anchor,
                Anchored {
                    node: index,
                    open: false,
                    steps: 1,
                    height: 0,
                },
            );
        }
        Ok(())
    }

    fn is_merge_key(&self, index: u32) -> bool {
        let node = &self.nodes[index as usize];
        if node.b - node.a != 2
            || node.flags & POOLED != 0
            || self.text.get(node.a as usize..node.b as usize) != Some("<<")
        {
            return false;
        }
        match (node.props as usize)
            .checked_sub(1)
            .and_then(|at| self.props[at].tag.as_deref())
        {
            None => node.style == Style::Plain,
            Some(tag) => tag == "!" || tag == "tag:yaml.org,2002:merge",
        }
    }

    fn alias(&mut self, event: &Event) -> Scan<()> {
        let name = self
            .text
            .get(event.start as usize + 1..event.end as usize)
            .unwrap_or_default();
        let Some(&target) = self.anchors.get(name) else {
            let message = format!("unknown anchor '{name}' referenced");
            return Err(Self::composer_fault(event.start, event.end, message));
        };
        if self.at_key()
            && let Some(frame) = self.frames.last_mut()
        {
            frame.merging = false;
        }
        let event = Event {
            kind: event.kind,
            start: event.start,
            end: event.end,
            props: None,
        };
        if target.open {
            if self.pending.is_none() {
                let message = format!("anchor '{name}' value contains itself");
                self.pending = Some(Self::composer_fault(event.start, event.end, message));
            }
            self.add(event, NodeKind::Scalar, Style::Plain, 0, 0);
            return Ok(());
        }
        self.deepen(target.height, &event)?;
        let (index, _) = self.add(event, NodeKind::Alias, Style::Plain, target.node, 0);
        self.alias_steps = self.alias_steps.saturating_add(target.steps);
        self.total_alias_steps = self.total_alias_steps.saturating_add(target.steps);
        let node = self.nodes[index as usize];
        self.count(target.steps.saturating_add(1), &node);
        if self.total_alias_steps > self.limits.max_alias_nodes && self.pending.is_none() {
            let message = format!(
                "aliases of the stream expand to more than {} nodes",
                self.limits.max_alias_nodes
            );
            self.pending = Some(Self::composer_fault(node.start, node.end, message));
        }
        Ok(())
    }

    /// Notes a child of `height` levels in the open collections; fails if that is too deep.
    fn deepen(&mut self, height: u32, event: &Event) -> Scan<()> {
        let depth = self.frames.len() as u64 + u64::from(height);
        if depth > u64::from(self.limits.max_depth) {
            let message = format!("exceeded max depth of {}", self.limits.max_depth);
            return Err(Self::composer_fault(event.start, event.end, message));
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.height = frame.height.max(height);
        }
        Ok(())
    }

    fn open(&mut self, event: Event, kind: NodeKind, style: Style) -> Scan<()> {
        self.deepen(1, &event)?;
        // A merge of a list decodes the items, not the list.
        let merged_list = kind == NodeKind::Sequence
            && !self.at_key()
            && self.frames.last().is_some_and(|frame| frame.merging);
        if self.at_key()
            && let Some(frame) = self.frames.last_mut()
        {
            frame.merging = false;
        }
        let steps_before = self.steps;
        let (index, anchor) = self.add(event, kind, style, 0, 0);
        if !merged_list {
            let node = self.nodes[index as usize];
            self.count(1, &node);
        }
        if let Some(anchor) = anchor {
            self.anchors.insert(
                anchor,
                Anchored {
                    node: index,
                    open: true,
                    steps: 0,
                    height: 0,
                },
            );
        }
        self.frames.push(Frame {
            node: index,
            anchor,
            mapping: kind == NodeKind::Mapping,
            children: 0,
            height: 0,
            steps_before,
            merging: false,
        });
        Ok(())
    }

    fn close(&mut self, event: &Event) {
        let Some(frame) = self.frames.pop() else { return };
        let after = self.nodes.len() as u32;
        // A closing bracket ends a flow collection; nothing is written where a block collection ends.
        let end = if event.end > event.start {
            event.end
        } else {
            self.last_end(frame.node)
        };
        let node = &mut self.nodes[frame.node as usize];
        node.end = end.max(node.start);
        node.a = frame.children;
        node.b = after;
        let height = frame.height + 1;
        if let Some(parent) = self.frames.last_mut() {
            parent.height = parent.height.max(height);
        }
        let steps = self.steps - frame.steps_before;
        if let Some(anchored) = frame.anchor.and_then(|name| self.anchors.get_mut(name))
            && anchored.node == frame.node
        {
            *anchored = Anchored {
                node: frame.node,
                open: false,
                steps,
                height,
            };
        }
    }

    /// End of the last descendant written in the collection `node`, which ends the arena.
    fn last_end(&self, node: u32) -> u32 {
        self.nodes[node as usize..]
            .iter()
            .map(|node| node.end)
            .next_back()
            .unwrap_or_default()
    }
}

/// Notes which mappings have merge keys or duplicates.
fn flag_mappings(doc: &mut Doc) {
    for site in 0..doc.nodes.len() {
        if doc.nodes[site].kind == NodeKind::Mapping {
            let flags = merge::flags(doc.node(site as u32));
            doc.nodes[site].flags |= flags;
        }
    }
}
