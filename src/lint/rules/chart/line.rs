//! The line of a template in which an action stands.

use plimsoll_gotpl::Action;

use crate::finding::Anchor;
use crate::render::ParsedTemplate;

/// An action and what is around it.
pub(super) struct Line<'t> {
    /// The text of the line before the action.
    pub(super) before: &'t str,
    /// The text of the line behind it.
    pub(super) after: &'t str,
    /// The text of all lines above.
    pub(super) above: &'t str,
    /// Whether the space before the action is taken away, by it or by the one that stands before it.
    pub(super) trims: bool,
    pub(super) at: Anchor,
}

impl<'t> Line<'t> {
    /// `None` where the text is not UTF-8.
    pub(super) fn of(template: &ParsedTemplate, action: &Action<'t>) -> Option<Self> {
        let text = std::str::from_utf8(&action.source().text).ok()?;
        let range = action.range();
        let (head, tail) = (text.get(..range.start)?, text.get(range.end..)?);
        let start = head.rfind('\n').map_or(0, |newline| newline + 1);
        Some(Self {
            before: &head[start..],
            after: tail.split('\n').next().unwrap_or_default(),
            above: &head[..start],
            trims: text[range.clone()].starts_with("{{-") || head.trim_end().ends_with("-}}"),
            at: template.anchor(range),
        })
    }

    /// Whether nothing but space stands before the action.
    pub(super) fn is_first(&self) -> bool {
        self.before.trim_start_matches(' ').is_empty()
    }
}
