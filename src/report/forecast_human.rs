//! Forecasts for people: a runbook. Figures with their calculation, steps in order, what can go wrong and what to do.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::forecast::{Amount, Certainty, Figure, Forecast, Name, Pods, Risk, Step};

/// Columns of a line, where it can be broken.
const WIDTH: usize = 110;

/// Writes all forecasts.
///
/// # Errors
/// When the output cannot be written.
pub fn write(forecasts: &[Forecast], color: bool, out: &mut dyn Write) -> io::Result<()> {
    if forecasts.is_empty() {
        return writeln!(
            out,
            "nothing to forecast: no object of the input makes pods that are replaced"
        );
    }
    for (number, forecast) in forecasts.iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        write_one(forecast, color, out)?;
    }
    Ok(())
}

/// Writes what of a forecast is worth a line beneath a change: the summary, the figures at the bounds, and the risks.
///
/// # Errors
/// When the output cannot be written.
pub fn write_short(forecast: &Forecast, color: bool, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "  forecast: {}", forecast.summary)?;
    let shown = [
        Name::Peak,
        Name::LeastAvailable,
        Name::Downtime,
        Name::ExtraCpu,
        Name::ExtraMemory,
    ];
    let figures: Vec<String> = forecast
        .figures
        .iter()
        .filter(|figure| shown.contains(&figure.name))
        .map(|figure| format!("{} {}", figure.name.label(), amount(&figure.amount)))
        .collect();
    if !figures.is_empty() {
        writeln!(out, "            {}", figures.join(", "))?;
    }
    for risk in &forecast.risks {
        let style = style(risk.certainty, color);
        writeln!(out, "  {style}risk:{style:#} {}", risk.message)?;
    }
    Ok(())
}

fn style(certainty: Certainty, color: bool) -> Style {
    match certainty {
        _ if !color => Style::new(),
        Certainty::Certain => AnsiColor::Red.on_default().bold(),
        Certainty::Possible => AnsiColor::Yellow.on_default(),
    }
}

fn write_one(forecast: &Forecast, color: bool, out: &mut dyn Write) -> io::Result<()> {
    let title = if color { Style::new().bold() } else { Style::new() };
    writeln!(
        out,
        "{title}{}: {}{title:#}",
        forecast.object,
        forecast.strategy.as_str()
    )?;
    wrapped(out, "  ", "  ", &forecast.summary)?;
    figures(out, "In figures", &forecast.figures)?;
    figures(out, "When the autoscaler has it at its most", &forecast.at_most)?;
    if !forecast.steps.is_empty() {
        writeln!(out, "\n  Step by step")?;
    }
    for (number, step) in forecast.steps.iter().enumerate() {
        wrapped(out, &format!("  {:>3}. ", number + 1), "       ", &in_words(step))?;
        if let Some(Pods { old, new, available }) = step.pods {
            writeln!(out, "       → {old} old + {new} new, {available} available")?;
        }
    }
    items(out, "Meanwhile", &forecast.meanwhile)?;
    if !forecast.risks.is_empty() {
        writeln!(out, "\n  What can go wrong")?;
    }
    for Risk {
        name,
        certainty,
        message,
        remedy,
    } in &forecast.risks
    {
        let style = style(*certainty, color);
        let word = match certainty {
            Certainty::Certain => "it will: ",
            Certainty::Possible => "",
        };
        let head = format!("    {style}{name}{style:#}: ");
        wrapped(out, &head, "      ", &format!("{word}{message}"))?;
        wrapped(out, "      → ", "        ", remedy)?;
    }
    if !forecast.rollback.is_empty() {
        writeln!(out, "\n  The way back")?;
        wrapped(out, "    ", "    ", &forecast.rollback)?;
    }
    items(out, "Taken for granted", &forecast.assumptions)
}

fn figures(out: &mut dyn Write, title: &str, figures: &[Figure]) -> io::Result<()> {
    if figures.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n  {title}")?;
    let width = |text: &str| text.chars().count();
    let labels = figures.iter().map(|figure| width(figure.name.label())).max();
    let amounts = figures.iter().map(|figure| width(&amount(&figure.amount))).max();
    let (labels, amounts) = (labels.unwrap_or(0), amounts.unwrap_or(0));
    for figure in figures {
        let head = format!(
            "    {:<labels$}  {:>amounts$}  ",
            figure.name.label(),
            amount(&figure.amount)
        );
        let indent = " ".repeat(width(&head));
        wrapped(out, &head, &indent, &figure.because)?;
    }
    Ok(())
}

fn items(out: &mut dyn Write, title: &str, items: &[String]) -> io::Result<()> {
    if !items.is_empty() {
        writeln!(out, "\n  {title}")?;
    }
    for item in items {
        wrapped(out, "    - ", "      ", item)?;
    }
    Ok(())
}

fn in_words(step: &Step) -> String {
    let when = match step.by {
        None => String::new(),
        Some(0) => "at once: ".to_owned(),
        Some(by) => format!("within {by} s: "),
    };
    format!("{when}{}", step.text)
}

fn amount(amount: &Amount) -> String {
    match amount {
        Amount::Count(number) => number.to_string(),
        Amount::Seconds(seconds) => format!("{seconds} s"),
        Amount::Quantity(quantity) => quantity.clone(),
    }
}

/// Writes words in lines of at most [`WIDTH`] columns, if they can be broken; code in backticks stays on one line.
fn wrapped(out: &mut dyn Write, first: &str, others: &str, text: &str) -> io::Result<()> {
    let columns = |text: &str| text.chars().count();
    let mut line = first.to_owned();
    let mut is_empty = true;
    let mut in_code = false;
    let mut word = String::new();
    for part in text.split(' ') {
        if !word.is_empty() {
            word.push(' ');
        }
        word.push_str(part);
        in_code ^= part.matches('`').count() % 2 == 1;
        if in_code {
            continue;
        }
        if !is_empty && columns(&line) + 1 + columns(&word) > WIDTH {
            writeln!(out, "{line}")?;
            others.clone_into(&mut line);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(&word);
        is_empty = false;
        word.clear();
    }
    if !word.is_empty() {
        line.push_str(&word);
    }
    writeln!(out, "{line}")
}
