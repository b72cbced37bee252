//! The difference for people: what changes, what that does, and the lines.

use std::fmt;
use std::io;

use anstyle::{AnsiColor, Style};
use serde_json::Value;

use crate::diff::{Change, ChangeSet, FieldChange, FieldChangeKind, Impact, Reason};

/// Unchanged lines around each hunk.
const CONTEXT: usize = 3;
/// Characters of a value that are shown on a field's line; the text below it shows all.
const MAX_VALUE: usize = 60;

/// Writes all changes: a summary line, then for each object its impact, its fields and its text.
///
/// # Errors
/// When the output cannot be written.
pub fn write(changes: &ChangeSet, color: bool, out: &mut dyn io::Write) -> io::Result<()> {
    let palette = if color { Palette::COLORED } else { Palette::PLAIN };
    writeln!(out, "{}", paint(palette.title, &summary(changes)))?;
    for change in &changes.changes {
        writeln!(out)?;
        write_change(change, &palette, out)?;
    }
    Ok(())
}

/// The styles in use; all of them empty when there is no color.
struct Palette {
    title: Style,
    faint: Style,
    hunk: Style,
    added: Style,
    removed: Style,
    mild: Style,
    grave: Style,
}

impl Palette {
    const PLAIN: Self = Self {
        title: Style::new(),
        faint: Style::new(),
        hunk: Style::new(),
        added: Style::new(),
        removed: Style::new(),
        mild: Style::new(),
        grave: Style::new(),
    };

    const COLORED: Self = Self {
        title: Style::new().bold(),
        faint: Style::new().dimmed(),
        hunk: AnsiColor::Cyan.on_default(),
        added: AnsiColor::Green.on_default(),
        removed: AnsiColor::Red.on_default(),
        mild: AnsiColor::Yellow.on_default(),
        grave: AnsiColor::Red.on_default().bold(),
    };

    const fn of(&self, impact: Impact) -> Style {
        match impact {
            Impact::None | Impact::InPlace => self.faint,
            Impact::Added => self.added,
            Impact::Scale
            | Impact::Schedule
            | Impact::Permissions
            | Impact::RollingRestart
            | Impact::Traffic => self.mild,
            Impact::Removed | Impact::Recreate | Impact::Data | Impact::Refused => self.grave,
        }
    }
}

/// Text in a style; without one, the text alone.
fn paint<'a>(style: Style, text: &'a dyn fmt::Display) -> impl fmt::Display + 'a {
    struct Painted<'a>(Style, &'a dyn fmt::Display);

    impl fmt::Display for Painted<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{}{}{:#}", self.0, self.1, self.0)
        }
    }

    Painted(style, text)
}

/// `2 changed, 1 added, 12 unchanged: 1 rolling-restart, 1 traffic`.
fn summary(changes: &ChangeSet) -> String {
    let (added, removed) = (changes.added(), changes.removed());
    let changed = changes.changes.len() - added - removed;
    if changes.is_empty() {
        return match changes.unchanged {
            1 => "no difference in 1 object".to_owned(),
            count => format!("no difference in {count} objects"),
        };
    }
    let counts = [
        (changed, "changed"),
        (added, "added"),
        (removed, "removed"),
        (changes.unchanged, "unchanged"),
    ];
    let counts = join(counts.into_iter().map(|(count, word)| (count, word.to_owned())));
    let impacts = Impact::ALL
        .into_iter()
        .rev()
        .filter(|impact| !matches!(impact, Impact::Added | Impact::Removed))
        .map(|impact| (changes.count(impact), impact.as_str().to_owned()));
    let accepted = std::iter::once((changes.accepted(), "accepted".to_owned()));
    let impacts = join(impacts.chain(accepted));
    if impacts.is_empty() {
        counts
    } else {
        format!("{counts}: {impacts}")
    }
}

fn join(counts: impl Iterator<Item = (usize, String)>) -> String {
    let words: Vec<String> = counts
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    words.join(", ")
}

fn write_change(change: &Change, palette: &Palette, out: &mut dyn io::Write) -> io::Result<()> {
    let (sign, style) = match (&change.old, &change.new) {
        (None, _) => ('+', palette.added),
        (_, None) => ('-', palette.removed),
        _ => ('~', palette.title),
    };
    let header = format!("{sign} {}", change.object);
    let accepted = |is_so: bool| if is_so { " (accepted)" } else { "" };
    writeln!(
        out,
        "{}  {}{}",
        paint(style, &header),
        paint(palette.of(change.impact), &change.impact.as_str()),
        accepted(change.is_accepted())
    )?;
    if let Some(before) = &change.moved_from {
        writeln!(out, "  {}", paint(palette.faint, &format_args!("was {before}")))?;
    }
    // That an object comes or goes is in its line already.
    let is_told = |reason: &Reason| matches!(reason.impact, Impact::Added | Impact::Removed);
    let reasons = match change.reasons.as_slice() {
        [only] if is_told(only) => &[],
        reasons => reasons,
    };
    for reason in reasons {
        let message = format!("{}{}", reason.message, accepted(reason.accepted));
        writeln!(out, "  {}", paint(palette.faint, &message))?;
    }
    if !change.fields.is_empty() {
        writeln!(out)?;
    }
    for field in &change.fields {
        write_field(field, palette, out)?;
    }
    writeln!(out)?;
    for line in change.unified(CONTEXT).lines() {
        let style = match line.as_bytes().first() {
            Some(b'+') => palette.added,
            Some(b'-') => palette.removed,
            Some(b'@') => palette.hunk,
            _ => Style::new(),
        };
        writeln!(out, "  {}", paint(style, &line))?;
    }
    Ok(())
}

fn write_field(field: &FieldChange, palette: &Palette, out: &mut dyn io::Write) -> io::Result<()> {
    let path = field.path();
    let value = |side: &Option<crate::diff::FieldSide>| {
        side.as_ref().map(|side| shown(&side.value)).unwrap_or_default()
    };
    let (old, new) = (value(&field.old), value(&field.new));
    match field.kind {
        FieldChangeKind::Added => writeln!(
            out,
            "  {}",
            paint(palette.added, &format_args!("+ {path}: {new}"))
        ),
        FieldChangeKind::Removed => writeln!(
            out,
            "  {}",
            paint(palette.removed, &format_args!("- {path}: {old}"))
        ),
        FieldChangeKind::Changed => {
            writeln!(
                out,
                "    {path}: {} → {}",
                paint(palette.removed, &old),
                paint(palette.added, &new)
            )
        }
        FieldChangeKind::Reordered => writeln!(out, "    {path}: order {old} → {new}"),
    }
}

/// A value on one line, cut where it is long.
fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) if text.contains('\n') => {
            let lines = text.lines().count();
            return if lines == 1 {
                "1 line".to_owned()
            } else {
                format!("{lines} lines")
            };
        }
        Value::String(text) if !text.is_empty() && is_unambiguous(text) => text.clone(),
        other => other.to_string(),
    };
    if text.chars().count() <= MAX_VALUE {
        return text;
    }
    text.chars().take(MAX_VALUE - 1).chain(['…']).collect()
}

/// Whether text needs no quotes to be told from a number, a boolean or nothing.
fn is_unambiguous(text: &str) -> bool {
    plimsoll_yaml::resolve::is_plain_string(text)
        && !text.starts_with(['{', '[', '"'])
        && text.trim() == text
        && !text.contains(char::is_control)
}
