//! What can be wrong with a stream, in go-yaml's words and in a beginner's.

use std::fmt;

use crate::Span;

/// A document, or the source as a whole, that is not YAML as go-yaml reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where a person should look: an unclosed quote points at its opening, a tab at the tab.
    pub span: Span,
    /// Where go-yaml noticed it.
    pub noticed_at: u32,
    /// go-yaml's own sentence, without its `yaml: line N: ` prefix, such as `did not find expected key`.
    pub message: String,
    /// The line go-yaml prints, or 0 where it prints none. It is one of go-yaml's oddities that this is often the
    /// line before the one meant.
    pub go_line: u32,
    /// Which layer refused.
    pub kind: ErrorKind,
    /// The mistake most likely made.
    pub cause: Cause,
    /// Index in the stream of the document that is lost, counted as [`Doc::index`](crate::Doc::index).
    pub doc_index: u32,
}

impl SyntaxError {
    /// The whole sentence of go-yaml v2: `yaml: line 3: did not find expected key`.
    #[must_use]
    pub fn go_message(&self) -> String {
        if self.go_line == 0 {
            format!("yaml: {}", self.message)
        } else {
            format!("yaml: line {}: {}", self.go_line, self.message)
        }
    }

    /// What to do, as an imperative sentence fit for a beginner.
    #[must_use]
    pub fn help(&self) -> &'static str {
        self.cause.help()
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SyntaxError {}

/// The layer that refused a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The bytes: not UTF-8, a control character, a source that is too long.
    Reader,
    /// Characters that form no token.
    Scanner,
    /// Tokens in an order that is no document.
    Parser,
    /// Nodes that cannot be composed: an unknown anchor, a value that contains itself, too many aliases, too deep.
    Composer,
}

/// The mistake most likely behind a [`SyntaxError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// A tab where spaces must indent.
    TabIndent,
    /// A line that should be `key: value` has no `:`.
    MissingColon,
    /// A `:` with no space behind it.
    MissingSpaceAfterColon,
    /// A `-` with no space behind it.
    MissingSpaceAfterDash,
    /// A line that is indented more or less than its neighbors.
    Indentation,
    /// A value that starts with `{{`: a template action outside of a template, or without quotes.
    TemplateAction,
    /// A value that starts with a character YAML reserves: `@` `` ` `` `%`.
    ReservedIndicator,
    /// A value that starts with `*` and is no alias.
    AliasLike,
    /// A value that starts with `&` and is no anchor.
    AnchorLike,
    /// A value that starts with `!` and is no tag.
    TagLike,
    /// A quote that is never closed.
    UnclosedQuote,
    /// Text behind a closing quote.
    TextAfterQuote,
    /// A `[` or `{` that is never closed, or closed by the wrong one, or a comma missing inside.
    UnclosedBracket,
    /// A `: ` inside a value without quotes.
    ColonInValue,
    /// A `\` in double quotes that begins no escape.
    BadEscape,
    /// A block scalar header (`|`, `>`) followed by text.
    BlockHeader,
    /// Text behind a closing bracket.
    TextAfterBracket,
    /// A closing bracket that closes nothing.
    StrayBracket,
    /// A list item (`- `) and a `key:` on the same level.
    MixedCollection,
    /// A list item (`- `) on the line of its key.
    ListOnKeyLine,
    /// A `%` directive that is unknown or broken.
    BadDirective,
    /// An alias whose anchor is not defined before it.
    UnknownAnchor,
    /// A value that contains an alias to itself.
    SelfReference,
    /// Aliases that expand to too much.
    AliasBomb,
    /// Collections nested too deep.
    TooDeep,
    /// A character that YAML forbids.
    ControlCharacter,
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// A source longer than the limit.
    TooLong,
    /// Lines left by a version-control merge (`<<<<<<<`, `=======`, `>>>>>>>`).
    ConflictMarker,
    /// A mapping or sequence as a key.
    CollectionKey,
    /// A key that has no text in JSON: null, or a number that is too large.
    KeyWithoutText,
    /// A tag that does not fit the value.
    TagMismatch,
    /// A merge (`<<`) of something that is no mapping.
    MergeOfNoMapping,
    /// An infinite number or NaN, which JSON cannot express.
    NotInJson,
    /// None of the above is likely.
    Unknown,
}

impl Cause {
    /// What to do, as an imperative sentence.
    #[must_use]
    pub fn help(self) -> &'static str {
        match self {
            Self::TabIndent => "replace the tab by spaces: YAML allows only spaces for indentation",
            Self::MissingColon => "write a `:` and a space between the key and its value",
            Self::MissingSpaceAfterColon => "put a space after the `:`",
            Self::MissingSpaceAfterDash => "put a space after the `-`",
            Self::Indentation => "indent this line exactly as far as the other keys of the same level",
            Self::TemplateAction => {
                "put the value in quotes, or render the template first: `{{` opens a mapping in YAML"
            }
            Self::ReservedIndicator => {
                "put the value in quotes: it starts with a character that YAML reserves"
            }
            Self::AliasLike => "put the value in quotes: an unquoted `*` starts an alias",
            Self::AnchorLike => "put the value in quotes: an unquoted `&` starts an anchor",
            Self::TagLike => "put the value in quotes: an unquoted `!` starts a tag",
            Self::UnclosedQuote => "close the quote that opens here",
            Self::TextAfterQuote => "put the whole value inside the quotes",
            Self::UnclosedBracket => "close the bracket that opens here, and separate its items by commas",
            Self::ColonInValue => "put the value in quotes: it contains `: `",
            Self::BadEscape => "double the `\\`, or use single quotes, in which `\\` has no meaning",
            Self::BlockHeader => "start the text on the line below the `|` or `>`",
            Self::MixedCollection => "use either list items (`- `) or keys on one level, not both",
            Self::TextAfterBracket => "put the value in quotes: an unquoted `[` or `{` opens a collection",
            Self::ListOnKeyLine => "start the list on the line below its key, or put the value in quotes",
            Self::BadDirective => {
                "put the value in quotes, or remove the line: a `%` at the line start is a directive"
            }
            Self::UnknownAnchor => {
                "define the anchor (`&name`) before this alias, or put the value in quotes if no alias is meant"
            }
            Self::SelfReference => "remove the alias: its anchor contains it",
            Self::AliasBomb => "write the repeated parts out, or use fewer aliases",
            Self::TooDeep => "nest the collections less deeply",
            Self::ControlCharacter => "remove the character, or write it as an escape in double quotes",
            Self::NotUtf8 => "save the file as UTF-8",
            Self::TooLong => "split the file",
            Self::ConflictMarker => "resolve the merge conflict and remove its marker lines",
            Self::StrayBracket => {
                "remove the bracket, or put the value in quotes: nothing is open that it could close"
            }
            Self::CollectionKey => "use text as the key: a mapping or list cannot be a key here",
            Self::KeyWithoutText => "put the key in quotes",
            Self::TagMismatch => "remove the tag, or write a value that fits it",
            Self::MergeOfNoMapping => "merge a mapping, or a list of mappings",
            Self::NotInJson => "write a finite number, or put the value in quotes",
            Self::Unknown => {
                "compare this line with the ones around it: look at indentation, colons and quotes"
            }
        }
    }

    /// What is wrong, as a beginner would see it; `None` where go-yaml's own sentence says it as well.
    #[must_use]
    pub fn what(self) -> Option<&'static str> {
        Some(match self {
            Self::TabIndent => "a tab is used for indentation",
            Self::MissingColon => "a key has no `:`",
            Self::MissingSpaceAfterColon => "there is no space after the `:`",
            Self::MissingSpaceAfterDash => "there is no space after the `-`",
            Self::Indentation => "this line is indented differently from its neighbors",
            Self::TemplateAction => "a value starts with `{{` and has no quotes",
            Self::ReservedIndicator => "a value starts with a character that YAML reserves",
            Self::AliasLike => "a value starts with `*` and has no quotes",
            Self::AnchorLike => "a value starts with `&` and has no quotes",
            Self::TagLike => "a value starts with `!` and has no quotes",
            Self::UnclosedQuote => "a quote is never closed",
            Self::TextAfterQuote => "there is text behind a closing quote",
            Self::UnclosedBracket => "a bracket is never closed",
            Self::ColonInValue => "a value contains `: ` and has no quotes",
            Self::BadEscape => "a `\\` in double quotes begins no escape",
            Self::BlockHeader => "there is text behind `|` or `>`",
            Self::TextAfterBracket => "there is text behind a closing bracket",
            Self::StrayBracket => "a bracket closes nothing",
            Self::MixedCollection => "list items and keys are mixed on one level",
            Self::ListOnKeyLine => "a list begins on the line of its key",
            Self::UnknownAnchor => "an alias names an anchor that is not there",
            _ => return None,
        })
    }
}

/// A node that parses but has no value: go-yaml refuses it when it decodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// The node.
    pub span: Span,
    /// go-yaml's sentence without `yaml: `.
    pub message: String,
}

impl DecodeError {
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
        }
    }

    /// The mistake most likely made, in the source the node is of.
    #[must_use]
    pub fn cause(&self, source: &str) -> Cause {
        let message = self.message.as_str();
        if message.starts_with("invalid map key") {
            let action = source
                .get(self.span.range())
                .is_some_and(|text| text.starts_with("{{"));
            return if action {
                Cause::TemplateAction
            } else {
                Cause::CollectionKey
            };
        }
        if message.starts_with("unsupported map key") {
            Cause::KeyWithoutText
        } else if message.starts_with("cannot decode") || message.starts_with("!!binary") {
            Cause::TagMismatch
        } else if message.starts_with("map merge") {
            Cause::MergeOfNoMapping
        } else if message.starts_with("json: unsupported value") {
            Cause::NotInJson
        } else {
            Cause::Unknown
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for DecodeError {}
