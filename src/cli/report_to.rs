//! Where the reports of a run go: one to standard output, others to files.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::ValueEnum as _;
use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::ErrorKind;

use super::output::{self, When};
use crate::registry::write_whole;
use crate::report::{self, Format, Report};
use crate::suggest;

#[derive(Debug, clap::Args)]
pub(super) struct ReportArgs {
    /// How to report: FORMAT on standard output, FORMAT=FILE in a file; may be repeated
    #[arg(long, value_name = "FORMAT[=FILE]", default_value = "human", value_parser = OutputParser)]
    format: Vec<Output>,
}

/// One report.
#[derive(Debug, Clone)]
pub(super) struct Output {
    format: Format,
    /// Standard output if there is none.
    file: Option<PathBuf>,
}

/// The formats are the possible values, in help and completions; each may have `=FILE` behind it.
#[derive(Clone)]
struct OutputParser;

impl TypedValueParser for OutputParser {
    type Value = Output;

    fn parse_ref(
        &self,
        command: &clap::Command,
        _: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Output, clap::Error> {
        let text = value.to_string_lossy();
        output(&text).map_err(|problem| command.clone().error(ErrorKind::InvalidValue, problem))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(formats()))
    }
}

fn formats() -> impl Iterator<Item = PossibleValue> {
    Format::value_variants()
        .iter()
        .filter_map(Format::to_possible_value)
}

impl Output {
    /// Whether it shows how objects concern each other.
    pub(super) fn needs_relations(&self) -> bool {
        self.format.needs_relations()
    }
}

/// Reads `sarif` or `sarif=out.sarif`.
fn output(text: &str) -> Result<Output, String> {
    let (name, file) = match text.split_once('=') {
        Some((name, "" | "-")) => (name, None),
        Some((name, file)) => (name, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let Ok(format) = Format::from_str(name, false) else {
        let names: Vec<String> = formats().map(|format| format.get_name().to_owned()).collect();
        return Err(match suggest::nearest(name, names.iter().map(String::as_str)) {
            Some(meant) => format!("no format is called `{name}`; did you mean `{meant}`?"),
            None => format!("no format is called `{name}`; there are {}", names.join(", ")),
        });
    };
    Ok(Output { format, file })
}

impl ReportArgs {
    /// What to write, where.
    ///
    /// # Errors
    /// Two reports have one place.
    pub(super) fn outputs(&self) -> anyhow::Result<Vec<Output>> {
        for (number, output) in self.format.iter().enumerate() {
            if self.format[..number]
                .iter()
                .all(|other| other.file != output.file)
            {
                continue;
            }
            match &output.file {
                None => bail!(
                    "two reports for standard output: write one to a file, as in `--format sarif=out.sarif`"
                ),
                Some(file) => bail!(
                    "two reports for `{}`: each needs a file of its own",
                    file.display()
                ),
            }
        }
        Ok(self.format.clone())
    }
}

/// Writes all reports: files first, each whole, then standard output, whose reader may have gone.
///
/// # Errors
/// A file that cannot be written, or standard output.
pub(super) fn write(report: &Report, outputs: &[Output], color: When) -> anyhow::Result<()> {
    for output in outputs {
        if let Some(file) = &output.file {
            write_file(report, output.format, file)?;
        }
    }
    if let Some(output) = outputs.iter().find(|output| output.file.is_none()) {
        let mut out = output::stdout();
        report::write(report, output.format, color.on_stdout(), &mut out)?;
        out.flush()?;
    }
    Ok(())
}

fn write_file(report: &Report, format: Format, file: &Path) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    report::write(report, format, false, &mut bytes)?;
    write_whole(file, &bytes).with_context(|| format!("cannot write the report to `{}`", file.display()))
}
