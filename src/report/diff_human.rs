//! The difference for people: what changes, what that does, and the lines; worst first.

use std::fmt;
use std::io;

use anstyle::{AnsiColor, Style};

use super::diff::{self, FieldLine, Telling};
use super::forecast_human;
use crate::diff::{ChangeSet, FieldChangeKind, Hunk, Impact};

/// Writes all changes: a summary line, then by impact for each object its reasons, its fields and its text.
///
/// # Errors
/// When the output cannot be written.
pub fn write(changes: &ChangeSet, color: bool, out: &mut dyn io::Write) -> io::Result<()> {
    let palette = if color { Palette::COLORED } else { Palette::PLAIN };
    writeln!(out, "{}", paint(palette.title, &diff::summary(changes)))?;
    let tellings = diff::tellings(changes);
    let mut impact = None;
    for telling in &tellings {
        writeln!(out)?;
        // A title for what is alone would only say it twice.
        if impact != Some(telling.change.impact) && tellings.len() > 1 {
            let title = format!(
                "# {}: {}",
                telling.change.impact.as_str(),
                telling.change.impact.meaning()
            );
            writeln!(out, "{}\n", paint(palette.of(telling.change.impact), &title))?;
        }
        impact = Some(telling.change.impact);
        write_telling(telling, &palette, out)?;
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
    /// What differs within a line.
    marked: fn(Style) -> Style,
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
        marked: |style| style,
    };

    const COLORED: Self = Self {
        title: Style::new().bold(),
        faint: Style::new().dimmed(),
        hunk: AnsiColor::Cyan.on_default(),
        added: AnsiColor::Green.on_default(),
        removed: AnsiColor::Red.on_default(),
        mild: AnsiColor::Yellow.on_default(),
        grave: AnsiColor::Red.on_default().bold(),
        marked: |style| style.bold().underline(),
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

fn write_telling(telling: &Telling<'_>, palette: &Palette, out: &mut dyn io::Write) -> io::Result<()> {
    let change = telling.change;
    let style = match diff::sign(change) {
        '+' => palette.added,
        '-' => palette.removed,
        _ => palette.title,
    };
    let header = format!("{} {}", diff::sign(change), change.object);
    writeln!(
        out,
        "{}  {}{}",
        paint(style, &header),
        paint(palette.of(change.impact), &change.impact.as_str()),
        diff::accepted(change.is_accepted())
    )?;
    if let Some(before) = &change.moved_from {
        writeln!(out, "  {}", paint(palette.faint, &format_args!("was {before}")))?;
    }
    if let Some(elsewhere) = telling.elsewhere() {
        writeln!(out, "  {elsewhere}")?;
    }
    for reason in diff::reasons(change) {
        let message = format!("{}{}", reason.message, diff::accepted(reason.accepted));
        writeln!(out, "  {}", paint(palette.faint, &message))?;
    }
    if let Some(forecast) = &change.forecast {
        let color = palette.title != Style::new();
        forecast_human::write_short(forecast, color, out)?;
    }
    if !change.fields.is_empty() {
        writeln!(out)?;
    }
    for field in diff::fields(change) {
        write_field(&field, palette, out)?;
    }
    let hunks = change.hunks(diff::CONTEXT);
    if !hunks.is_empty() {
        writeln!(out)?;
    }
    hunks.iter().try_for_each(|hunk| write_hunk(hunk, palette, out))
}

fn write_field(field: &FieldLine, palette: &Palette, out: &mut dyn io::Write) -> io::Result<()> {
    let FieldLine { kind, path, old, new } = field;
    match kind {
        FieldChangeKind::Added => {
            writeln!(
                out,
                "  {}",
                paint(palette.added, &format_args!("+ {path}: {new}"))
            )
        }
        FieldChangeKind::Removed => {
            writeln!(
                out,
                "  {}",
                paint(palette.removed, &format_args!("- {path}: {old}"))
            )
        }
        FieldChangeKind::Changed => writeln!(
            out,
            "    {path}: {} → {}",
            paint(palette.removed, old),
            paint(palette.added, new)
        ),
        FieldChangeKind::Reordered => writeln!(out, "    {path}: order {old} → {new}"),
    }
}

fn write_hunk(hunk: &Hunk, palette: &Palette, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "  {}", paint(palette.hunk, &hunk.header))?;
    for line in &hunk.lines {
        let style = match line.sign {
            '+' => palette.added,
            '-' => palette.removed,
            _ => Style::new(),
        };
        write!(out, "  {}", paint(style, &line.sign))?;
        for (is_marked, part) in &line.parts {
            let style = if *is_marked {
                (palette.marked)(style)
            } else {
                style
            };
            write!(out, "{}", paint(style, part))?;
        }
        writeln!(out)?;
    }
    Ok(())
}
