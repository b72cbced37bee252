//! The tree: an arena of nodes per document over a shared source.
//!
//! A [`Doc`] owns an `Arc` of the whole source and 24 bytes for each node; a scalar that stands verbatim in the source is
//! a range of it, any other (escapes, folded lines) a range of one text pool of the document. Nodes lie in document
//! order, each collection followed by its descendants, and a collection knows where they end.
//!
//! Invariant: an alias node's target lies in the same document, is not an alias, and does not contain the alias, so a walk
//! through [`NodeRef`]s ends, and no deeper than [`Limits::max_depth`](crate::Limits::max_depth).

use std::fmt;
use std::sync::Arc;

use crate::error::DecodeError;
use crate::resolve::{self, Scalar};
use crate::{Span, SyntaxError};

/// What a source holds: every document that could be read, and the errors that cost the others.
#[derive(Clone, Debug, Default)]
pub struct Stream {
    /// Documents in source order. Their [`Doc::index`] has gaps where a document was lost.
    pub docs: Vec<Doc>,
    /// One error for each lost document, in source order.
    pub errors: Vec<SyntaxError>,
}

/// What a node is, aliases resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Text that [`NodeRef::resolve`] gives a type.
    Scalar,
    /// Keys and values.
    Mapping,
    /// Items.
    Sequence,
}

/// How a node is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// A scalar without quotes, or an empty one.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
    /// A collection by indentation.
    Block,
    /// A collection in brackets.
    Flow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NodeKind {
    Scalar,
    Mapping,
    Sequence,
    Alias,
}

/// Scalar text lies in the document's pool, not in the source.
pub(crate) const POOLED: u8 = 1;
/// A mapping has a merge key.
pub(crate) const HAS_MERGE: u8 = 2;
/// A mapping has two keys that go-yaml takes for the same.
pub(crate) const HAS_DUPLICATES: u8 = 4;

/// One node, 24 bytes. `a` and `b` are: of a scalar the text range; of a collection the number of children and the index
/// behind its last descendant; of an alias the target's index and nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) a: u32,
    pub(crate) b: u32,
    /// Index plus one into [`Doc::props`], 0 without tag and anchor.
    pub(crate) props: u32,
    pub(crate) kind: NodeKind,
    pub(crate) style: Style,
    pub(crate) flags: u8,
}

/// Tag and anchor of a node, kept aside because few nodes have them.
#[derive(Clone, Debug)]
pub(crate) struct Props {
    /// Where the node's own text starts, behind tag and anchor.
    pub(crate) content_start: u32,
    /// The anchor's name, without `&`.
    pub(crate) anchor: Option<Span>,
    /// The whole tag, such as `tag:yaml.org,2002:str` or `!custom`.
    pub(crate) tag: Option<Box<str>>,
}

/// One document of a stream. `Send` and `Sync`, without lifetime.
#[derive(Clone)]
pub struct Doc {
    pub(crate) source: Arc<str>,
    pub(crate) nodes: Box<[Node]>,
    pub(crate) pool: Box<str>,
    pub(crate) props: Box<[Props]>,
    pub(crate) span: Span,
    pub(crate) index: u32,
    pub(crate) explicit_start: bool,
    pub(crate) explicit_end: bool,
}

impl fmt::Debug for Doc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Doc")
            .field("index", &self.index)
            .field("span", &self.span)
            .field("root", &self.root())
            .finish()
    }
}

/// Two keys of one mapping that go-yaml takes for the same; the later value wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DuplicateKey {
    /// The key's first place in the mapping.
    pub first: Span,
    /// The place that repeats it.
    pub again: Span,
}

impl Doc {
    /// The source the document was parsed from: all of it, shared by the documents of the stream.
    #[must_use]
    pub fn source(&self) -> &Arc<str> {
        &self.source
    }

    /// The part of the source that belongs to the document, its directives, `---` and comments included. The spans of a
    /// stream's documents do not overlap.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Number of the document in its stream, from 0; lost documents count.
    #[must_use]
    pub fn index(&self) -> u32 {
        self.index
    }

    /// Whether the document starts with `---`.
    #[must_use]
    pub fn has_start_marker(&self) -> bool {
        self.explicit_start
    }

    /// Whether the document ends with `...`.
    #[must_use]
    pub fn has_end_marker(&self) -> bool {
        self.explicit_end
    }

    /// The document's node. An empty document has an empty plain scalar, which is null.
    #[must_use]
    pub fn root(&self) -> NodeRef<'_> {
        self.node(0)
    }

    /// Whether the document holds nothing but comments: its root is an empty plain scalar without tag or anchor.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let root = &self.nodes[0];
        root.kind == NodeKind::Scalar && root.start == root.end && root.props == 0
    }

    /// Number of nodes as written, aliases counted as one.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// The node with this [`NodeRef::id`], or `None` if there is none.
    #[must_use]
    pub fn get_node(&self, id: u32) -> Option<NodeRef<'_>> {
        ((id as usize) < self.nodes.len()).then(|| self.node(id))
    }

    /// The scalar that is written from this byte of the source on.
    #[must_use]
    pub fn scalar_at(&self, start: u32) -> Option<NodeRef<'_>> {
        let from = self.nodes.partition_point(|node| node.start < start);
        let here = self.nodes[from..].iter().take_while(|node| node.start == start);
        let at = here.into_iter().position(|node| node.kind == NodeKind::Scalar)?;
        self.get_node(u32::try_from(from + at).ok()?)
    }

    #[inline]
    pub(crate) fn node(&self, site: u32) -> NodeRef<'_> {
        let written = &self.nodes[site as usize];
        let target = if written.kind == NodeKind::Alias {
            written.a
        } else {
            site
        };
        NodeRef {
            doc: self,
            site,
            target,
        }
    }

    /// Index behind the last descendant of the node written at `site`.
    #[inline]
    pub(crate) fn after(&self, site: u32) -> u32 {
        let node = &self.nodes[site as usize];
        match node.kind {
            NodeKind::Mapping | NodeKind::Sequence => node.b,
            NodeKind::Scalar | NodeKind::Alias => site + 1,
        }
    }
}

/// A node of a document. `Copy`; two words.
///
/// An alias is transparent: every question is answered by the node it stands for, but [`span`](Self::span) and
/// [`is_alias`](Self::is_alias), which speak of the place where the alias is written.
#[derive(Clone, Copy)]
pub struct NodeRef<'d> {
    pub(crate) doc: &'d Doc,
    /// Where the node is written: the alias, if it is one.
    pub(crate) site: u32,
    /// What it stands for.
    pub(crate) target: u32,
}

impl fmt::Debug for NodeRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_alias() {
            write!(f, "*{} ", self.alias_name().unwrap_or_default())?;
        }
        match self.kind() {
            Kind::Scalar => write!(f, "{:?}", self.str()),
            Kind::Sequence => f.debug_list().entries(self.items()).finish(),
            Kind::Mapping => f.debug_map().entries(self.entries()).finish(),
        }
    }
}

impl PartialEq for NodeRef<'_> {
    /// The same place of the same document; not equal content.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.doc, other.doc) && self.site == other.site
    }
}

impl Eq for NodeRef<'_> {}

impl<'d> NodeRef<'d> {
    #[inline]
    pub(crate) fn raw(self) -> &'d Node {
        &self.doc.nodes[self.target as usize]
    }

    #[inline]
    pub(crate) fn props(self) -> Option<&'d Props> {
        self.doc.props.get((self.raw().props as usize).checked_sub(1)?)
    }

    /// The document.
    #[must_use]
    pub fn doc(self) -> &'d Doc {
        self.doc
    }

    /// A number that identifies the node in its document: its place in document order.
    #[must_use]
    pub fn id(self) -> u32 {
        self.site
    }

    /// What the node is.
    #[must_use]
    #[inline]
    pub fn kind(self) -> Kind {
        match self.raw().kind {
            NodeKind::Mapping => Kind::Mapping,
            NodeKind::Sequence => Kind::Sequence,
            // An alias never has an alias as its target.
            NodeKind::Scalar | NodeKind::Alias => Kind::Scalar,
        }
    }

    /// Whether this is a scalar.
    #[must_use]
    #[inline]
    pub fn is_scalar(self) -> bool {
        self.kind() == Kind::Scalar
    }

    /// Whether this is a mapping.
    #[must_use]
    #[inline]
    pub fn is_mapping(self) -> bool {
        self.kind() == Kind::Mapping
    }

    /// Whether this is a sequence.
    #[must_use]
    pub fn is_sequence(self) -> bool {
        self.kind() == Kind::Sequence
    }

    /// Whether the node is written as an alias (`*name`).
    #[must_use]
    #[inline]
    pub fn is_alias(self) -> bool {
        self.site != self.target
    }

    /// The name behind `*`, of an alias.
    #[must_use]
    pub fn alias_name(self) -> Option<&'d str> {
        if !self.is_alias() {
            return None;
        }
        let span = self.span();
        self.doc.source.get(span.start as usize + 1..span.end as usize)
    }

    /// The node an alias stands for, at its own place; the node itself if it is no alias.
    #[must_use]
    pub fn target(self) -> Self {
        Self {
            site: self.target,
            ..self
        }
    }

    /// Where the node is written; for an alias, the alias. It starts where go-yaml v3's `Node.Line` and `Node.Column` point:
    /// at the tag or anchor if there is one. A block collection ends with its last descendant, a block scalar behind its
    /// last line break.
    #[must_use]
    pub fn span(self) -> Span {
        let node = &self.doc.nodes[self.site as usize];
        Span {
            start: node.start,
            end: node.end,
        }
    }

    /// As [`span`](Self::span), without tag and anchor.
    #[must_use]
    pub fn content_span(self) -> Span {
        let node = &self.doc.nodes[self.site as usize];
        let start = match self.props() {
            Some(props) if !self.is_alias() => props.content_start,
            _ => node.start,
        };
        Span::new(start, node.end)
    }

    /// The source text of [`span`](Self::span).
    #[must_use]
    pub fn source_text(self) -> &'d str {
        self.doc.source.get(self.span().range()).unwrap_or_default()
    }

    /// How the node is written.
    #[must_use]
    pub fn style(self) -> Style {
        self.raw().style
    }

    /// The tag in full (`tag:yaml.org,2002:str`, `!custom`, `!`), if one is written.
    #[must_use]
    pub fn tag(self) -> Option<&'d str> {
        self.props()?.tag.as_deref()
    }

    /// The anchor's name, if one is written.
    #[must_use]
    pub fn anchor(self) -> Option<&'d str> {
        self.doc.source.get(self.props()?.anchor?.range())
    }

    /// The scalar's text after unquoting, unescaping and folding; empty for a collection.
    #[must_use]
    #[inline]
    pub fn str(self) -> &'d str {
        let node = self.raw();
        if node.kind != NodeKind::Scalar {
            return "";
        }
        let text: &'d str = if node.flags & POOLED == 0 {
            &self.doc.source
        } else {
            &self.doc.pool
        };
        text.get(node.a as usize..node.b as usize).unwrap_or_default()
    }

    /// Whether the scalar's type is decided by its text: plain without a tag, or with the tag `!`.
    #[must_use]
    pub fn is_implicit(self) -> bool {
        match self.tag() {
            None => self.raw().style == Style::Plain,
            Some(tag) => tag == "!",
        }
    }

    /// The value as go-yaml v2 decodes it into an `interface{}`. What go-yaml would refuse to decode is a string here; use
    /// [`try_resolve`](Self::try_resolve) where that matters. A collection gives null.
    #[must_use]
    pub fn resolve(self) -> Scalar<'d> {
        self.try_resolve().unwrap_or_else(|_| Scalar::Str(self.str()))
    }

    /// The value as go-yaml v2 decodes it into an `interface{}`. A collection gives null.
    ///
    /// # Errors
    /// A tag that does not fit the text: ``cannot decode !!str `abc` as a !!int``, or invalid base64 in `!!binary`.
    pub fn try_resolve(self) -> Result<Scalar<'d>, DecodeError> {
        let node = self.raw();
        if node.kind != NodeKind::Scalar {
            return Ok(Scalar::Null);
        }
        let text = self.str();
        match self.tag() {
            None if node.style == Style::Plain => Ok(resolve::plain(text)),
            None => Ok(Scalar::Str(text)),
            Some(tag) => resolve::tagged(tag, text).map_err(|message| DecodeError::new(self.span(), message)),
        }
    }

    /// Whether the value is null: `~`, `null`, or nothing.
    #[must_use]
    pub fn is_null(self) -> bool {
        let node = self.raw();
        if node.props != 0 {
            return self.is_scalar() && matches!(self.resolve(), Scalar::Null);
        }
        // No null is longer than `null`, and most values are.
        node.kind == NodeKind::Scalar
            && node.style == Style::Plain
            && node.b - node.a <= 4
            && matches!(resolve::plain(self.str()), Scalar::Null)
    }

    /// The text, if the scalar is a string for go-yaml (a timestamp counts as one).
    #[must_use]
    pub fn as_str(self) -> Option<&'d str> {
        if !self.is_scalar() {
            return None;
        }
        match self.resolve() {
            Scalar::Str(text) | Scalar::Timestamp(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if the scalar is an integer that fits.
    #[must_use]
    pub fn as_i64(self) -> Option<i64> {
        match self.resolve() {
            Scalar::Int(value) => Some(value),
            _ => None,
        }
    }

    /// The truth value, if the scalar is one (`yes` and `on` are).
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        match self.resolve() {
            Scalar::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// Number of items of a sequence, or of entries of a mapping as written; 0 for a scalar.
    #[must_use]
    pub fn len(self) -> usize {
        let node = self.raw();
        match node.kind {
            NodeKind::Sequence => node.a as usize,
            NodeKind::Mapping => node.a as usize / 2,
            NodeKind::Scalar | NodeKind::Alias => 0,
        }
    }

    /// Whether [`len`](Self::len) is 0.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The items of a sequence; nothing for any other node.
    #[must_use]
    pub fn items(self) -> Items<'d> {
        let count = if self.is_sequence() { self.raw().a } else { 0 };
        Items {
            doc: self.doc,
            next: self.target + 1,
            left: count,
        }
    }

    /// The item at `index` of a sequence.
    #[must_use]
    pub fn item(self, index: usize) -> Option<Self> {
        self.items().nth(index)
    }

    /// Key and value of each entry of a mapping as written: document order, duplicates and merge keys included. Nothing for
    /// any other node.
    #[must_use]
    pub fn entries(self) -> Entries<'d> {
        let count = if self.is_mapping() { self.raw().a } else { 0 };
        Entries(Items {
            doc: self.doc,
            next: self.target + 1,
            left: count,
        })
    }
}

/// Iterator over the items of a sequence.
#[derive(Clone, Debug)]
pub struct Items<'d> {
    doc: &'d Doc,
    next: u32,
    left: u32,
}

impl<'d> Iterator for Items<'d> {
    type Item = NodeRef<'d>;

    #[inline]
    fn next(&mut self) -> Option<NodeRef<'d>> {
        self.left = self.left.checked_sub(1)?;
        let node = self.doc.node(self.next);
        self.next = self.doc.after(self.next);
        Some(node)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left as usize, Some(self.left as usize))
    }
}

impl ExactSizeIterator for Items<'_> {}

/// Iterator over the entries of a mapping as written.
#[derive(Clone, Debug)]
pub struct Entries<'d>(Items<'d>);

impl<'d> Iterator for Entries<'d> {
    type Item = (NodeRef<'d>, NodeRef<'d>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        Some((self.0.next()?, self.0.next()?))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = self.0.left as usize / 2;
        (len, Some(len))
    }
}

impl ExactSizeIterator for Entries<'_> {}
