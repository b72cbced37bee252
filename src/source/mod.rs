//! Every text of a run, once.
//!
//! Values files, templates, manifests and rendered output are all [`Source`]s in one [`SourceMap`]; everything else
//! speaks of them by [`Span`]. Lines and columns are computed only when something is shown.

mod span;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock, RwLock};

pub use span::{SourceId, Span};

use plimsoll_yaml::LineIndex;

/// What a text is; it decides how a place in it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceKind {
    /// A file as it is on disk, in an archive, or standard input (`-`).
    File,
    /// What a template printed. The path is the template's: nobody wrote this text.
    Rendered,
    /// The text of a command line flag such as `--set`.
    Flag,
}

/// One text with the name the user knows it by.
#[derive(Debug)]
pub struct Source {
    /// The path as the user gave it, `-` for standard input, or the flag.
    pub path: Arc<str>,
    /// What the text is.
    pub kind: SourceKind,
    text: OnceLock<Arc<str>>,
    /// What the text is made of, when nobody has asked for it yet.
    bytes: Option<Arc<[u8]>>,
    lines: OnceLock<LineIndex>,
}

impl Source {
    /// The text; U+FFFD stands where bytes are not UTF-8.
    pub fn text(&self) -> &Arc<str> {
        self.text.get_or_init(|| {
            let bytes = self.bytes.as_deref().unwrap_or_default();
            String::from_utf8_lossy(bytes).into()
        })
    }

    /// Line and column (both from 1, columns in characters) of a byte offset; past the end counts as the end.
    pub fn line_column(&self, offset: u32) -> (u32, u32) {
        let lines = self.lines.get_or_init(|| LineIndex::new(self.text()));
        let position = lines.position(self.text(), offset);
        (position.line, position.column)
    }
}

/// Texts that stand in for what files hold, by the path the user knows.
pub type Texts = BTreeMap<String, Arc<str>>;

/// The texts of a run, append-only and shared between threads.
///
/// Ids depend on the order of insertion, so nothing a user sees may depend on an id: findings sort by path.
#[derive(Debug, Default)]
pub struct SourceMap {
    sources: RwLock<Vec<Arc<Source>>>,
    /// What paths begin with, and what is shown instead.
    names: Vec<(String, String)>,
}

impl SourceMap {
    /// A map whose texts lie elsewhere than the user knows: what a path begins with, and what is shown instead. The first
    /// pair that fits counts.
    pub fn with_names(names: Vec<(String, String)>) -> Self {
        Self {
            names,
            ..Self::default()
        }
    }

    /// A path as the user knows it.
    pub fn shown<'p>(&self, path: &'p str) -> Cow<'p, str> {
        let renamed = self.names.iter().find_map(|(from, to)| {
            let rest = Path::new(path).strip_prefix(from).ok()?;
            Some(Path::new(to).join(rest))
        });
        match renamed {
            None => Cow::Borrowed(path),
            Some(path) => {
                let short = path.strip_prefix(".").ok().filter(|rest| *rest != Path::new(""));
                Cow::Owned(short.unwrap_or(&path).display().to_string())
            }
        }
    }

    /// A sentence with paths as the user knows them.
    pub fn shown_within(&self, sentence: String) -> String {
        self.names
            .iter()
            .fold(sentence, |sentence, (from, to)| match to.as_str() {
                "." => sentence.replace(&format!("{from}{}", std::path::MAIN_SEPARATOR), ""),
                to => sentence.replace(from, to),
            })
    }
    /// Adds a text and names it.
    pub fn add(&self, path: impl Into<Arc<str>>, text: impl Into<Arc<str>>, kind: SourceKind) -> SourceId {
        self.push(Source {
            path: self.named(path.into()),
            kind,
            text: OnceLock::from(text.into()),
            bytes: None,
            lines: OnceLock::new(),
        })
    }

    /// Adds what need not be UTF-8, and is text only for who shows it: a template, of which most are right.
    pub fn add_bytes(&self, path: impl Into<Arc<str>>, bytes: Arc<[u8]>, kind: SourceKind) -> SourceId {
        self.push(Source {
            path: self.named(path.into()),
            kind,
            text: OnceLock::new(),
            bytes: Some(bytes),
            lines: OnceLock::new(),
        })
    }

    fn named(&self, path: Arc<str>) -> Arc<str> {
        if self.names.is_empty() {
            return path;
        }
        Arc::from(&*self.shown(&path))
    }

    fn push(&self, source: Source) -> SourceId {
        let mut sources = self
            .sources
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let id = SourceId(u32::try_from(sources.len()).unwrap_or(u32::MAX));
        sources.push(Arc::new(source));
        id
    }

    /// All texts, in an order that may be another in each run.
    pub fn all(&self) -> Vec<Arc<Source>> {
        let sources = self.sources.read();
        sources.unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// The text behind an id of this map.
    ///
    /// # Panics
    /// If the id came from another map, which is a bug.
    pub fn get(&self, id: SourceId) -> Arc<Source> {
        let sources = self
            .sources
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Arc::clone(&sources[id.0 as usize])
    }
}
