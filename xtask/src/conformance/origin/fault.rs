//! Faults as people make them: a letter wrong in a field's name, a value of another type, a line that is gone.

use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_yaml::{Limits, NodeRef};
use walkdir::WalkDir;

use crate::conformance::apiserver::random::Random;

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// A letter is wrong in the name of a field in a template.
    Misspelled,
    /// A value of the chart's values file has another type.
    Retyped,
    /// A field's line is gone from a template.
    Removed,
}

/// One changed file.
pub(super) struct Fault {
    pub(super) file: PathBuf,
    pub(super) text: String,
    /// The lines, from 1, that the first place may be at.
    pub(super) expected: Vec<usize>,
    /// The template that a removed line was the outermost level of: what includes it is the parent then.
    pub(super) defined: Option<String>,
    /// The line that is gone, from 1.
    pub(super) removed: Option<usize>,
    /// What was done.
    pub(super) what: String,
}

/// A place where a fault can be made.
pub(super) enum Place {
    /// A field's name, by its bytes.
    Name {
        file: PathBuf,
        text: String,
        start: usize,
        end: usize,
    },
    /// A scalar of a values file, by its bytes.
    Scalar {
        file: PathBuf,
        text: String,
        start: usize,
        end: usize,
    },
    /// A line, by its number from 0.
    Line {
        file: PathBuf,
        text: String,
        number: usize,
    },
}

impl Class {
    pub(super) const ALL: [Self; 3] = [Self::Misspelled, Self::Retyped, Self::Removed];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Misspelled => "misspelled field in a template",
            Self::Retyped => "wrong type in values",
            Self::Removed => "removed line in a template",
        }
    }

    /// Every place of a chart where a fault of this class can be made.
    pub(super) fn faults(self, chart: &Path) -> Vec<Place> {
        match self {
            Self::Misspelled => in_templates(chart, |file, text| {
                let fields = fields(text).filter(|field| field.end - field.start >= 4);
                fields
                    .map(|field| Place::Name {
                        file: file.to_owned(),
                        text: text.to_owned(),
                        start: field.start,
                        end: field.end,
                    })
                    .collect()
            }),
            Self::Retyped => scalars(&chart.join("values.yaml")),
            Self::Removed => in_templates(chart, |file, text| {
                fields(text)
                    .filter(|field| field.is_removable)
                    .map(|field| Place::Line {
                        file: file.to_owned(),
                        text: text.to_owned(),
                        number: field.line,
                    })
                    .collect()
            }),
        }
    }
}

impl Place {
    /// Makes the fault.
    pub(super) fn choose(self, random: &mut Random) -> Fault {
        match self {
            Self::Name {
                file,
                text,
                start,
                end,
            } => {
                let name = &text[start..end];
                let wrong = misspell(name, random);
                let what = format!("`{name}` to `{wrong}`");
                replaced(file, &text, (start, end), &wrong, what)
            }
            Self::Scalar {
                file,
                text,
                start,
                end,
            } => {
                let right = &text[start..end];
                let wrong = retype(right, random);
                let what = format!("`{right}` to `{wrong}`");
                replaced(file, &text, (start, end), wrong, what)
            }
            Self::Line { file, text, number } => removed(file, &text, number),
        }
    }
}

fn replaced(file: PathBuf, text: &str, (start, end): (usize, usize), by: &str, what: String) -> Fault {
    Fault {
        file,
        text: [&text[..start], by, &text[end..]].concat(),
        expected: vec![1 + text[..start].matches('\n').count()],
        defined: None,
        removed: None,
        what,
    }
}

/// The parent's line or the line before; of a field of the object itself, also the object's first.
fn removed(file: PathBuf, text: &str, number: usize) -> Fault {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let own = indent(lines[number]);
    let is_field = |line: &str| field_of(line).is_some();
    let mut expected = vec![number];
    // The first line of an item begins further left by its dash, so it counts as what holds its other fields.
    let begins = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let parent = (0..number)
        .rev()
        .find(|at| is_field(lines[*at]) && begins(lines[*at]) < own);
    expected.extend(parent.map(|at| at + 1));
    if own == 0 {
        let start = (0..number)
            .rev()
            .find(|at| lines[*at].starts_with("---"))
            .map_or(0, |at| at + 1);
        let mut rest = (start..lines.len()).filter(|at| *at != number);
        let first = rest.find(|at| is_field(lines[*at]) && indent(lines[*at]) == 0);
        // What follows has moved up.
        expected.extend(first.map(|at| if at > number { at } else { at + 1 }));
    }
    expected.sort_unstable();
    expected.dedup();
    Fault {
        file,
        text: [lines[..number].concat(), lines[number + 1..].concat()].concat(),
        expected,
        defined: parent.is_none().then(|| define_around(&lines, number)).flatten(),
        removed: Some(number + 1),
        what: format!("line {} `{}` removed", number + 1, lines[number].trim()),
    }
}

/// The name of the template that a line is defined in.
fn define_around(lines: &[&str], number: usize) -> Option<String> {
    let line = lines[..number]
        .iter()
        .rev()
        .find(|line| line.contains("define \""))?;
    let (_, rest) = line.split_once("define \"")?;
    Some(rest.split('"').next()?.to_owned())
}

/// Whether a line includes a template, or is the field that holds what it includes: the parent of what that template prints.
pub(super) fn is_parent_of(text: &str, line: usize, defined: &str) -> bool {
    let includes = |line: &str| {
        [
            format!("include \"{defined}\""),
            format!("template \"{defined}\""),
        ]
        .iter()
        .any(|call| line.contains(call.as_str()))
    };
    let lines: Vec<&str> = text.lines().collect();
    let here = |at: usize| lines.get(at).copied().unwrap_or_default();
    let at = line.saturating_sub(1);
    includes(here(at))
        || field_of(here(at)).is_some_and(|(_, value)| value.is_empty()) && includes(here(at + 1))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '-']).len()
}

/// A field's name in a template.
struct Field {
    line: usize,
    start: usize,
    end: usize,
    /// It has its value on its line, and the line is nothing else's.
    is_removable: bool,
}

fn in_templates(chart: &Path, places: impl Fn(&Path, &str) -> Vec<Place>) -> Vec<Place> {
    let files = WalkDir::new(chart.join("templates")).sort_by_file_name();
    files
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .filter(|entry| {
            let name = entry.file_name().to_string_lossy();
            [".yaml", ".yml", ".tpl"].iter().any(|end| name.ends_with(end))
        })
        .filter_map(|entry| Some((entry.path().to_owned(), fs::read_to_string(entry.path()).ok()?)))
        .flat_map(|(file, text)| places(&file, &text))
        .collect()
}

/// The name that begins a line, `name:` or `- name:`, and what follows the colon.
fn field_of(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start_matches([' ', '-']);
    let (name, value) = line.split_once(':')?;
    let is_name = name.starts_with(|char: char| char.is_ascii_lowercase())
        && name.chars().all(|char| char.is_ascii_alphanumeric());
    (is_name && (value.trim().is_empty() || value.starts_with(' '))).then_some((name, value.trim()))
}

fn fields(text: &str) -> impl Iterator<Item = Field> + '_ {
    let mut start = 0;
    let mut is_comment = false;
    text.split_inclusive('\n')
        .enumerate()
        .filter_map(move |(number, line)| {
            let begins = start;
            start += line.len();
            is_comment |= line.contains("/*");
            if is_comment {
                is_comment = !line.contains("*/");
                return None;
            }
            let (name, value) = field_of(line)?;
            let at = begins + indent(line);
            let has_block = [
                "{{ if", "{{if", "{{- if", "end }}", "end}}", "end -}}", "range ", "with ", "define ", "else",
            ]
            .iter()
            .any(|word| value.contains(word));
            Some(Field {
                line: number,
                start: at,
                end: at + name.len(),
                is_removable: !value.is_empty()
                    && !value.starts_with(['|', '>', '&'])
                    && !has_block
                    && !line.trim_start().starts_with('-')
                    && value.matches("{{").count() == value.matches("}}").count()
                    && !value.contains("nindent"),
            })
        })
}

fn misspell(name: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let at = 1 + random.below(letters.len() - 2);
    match random.below(3) {
        0 => {
            letters.remove(at);
        }
        1 if letters[at] != letters[at + 1] => letters.swap(at, at + 1),
        _ => letters.insert(at, letters[at]),
    }
    letters.into_iter().collect()
}

/// A value of another type than what was there. What templates take for false stays that, so that the same branches are taken
/// and the value is printed as before.
fn retype(right: &str, random: &mut Random) -> &'static str {
    let wrong: &[&str] = match right {
        "false" => &["0", "\"\"", "[]", "{}"],
        "true" => &["not-a-boolean", "[true]", "{wrong: true}", "3"],
        "\"\"" | "''" => &["0", "false", "[]", "{}"],
        number if number.parse::<f64>() == Ok(0.0) => &["false", "\"\"", "[]", "{}"],
        number if number.parse::<f64>().is_ok() => &["not-a-number", "[3]", "{wrong: 3}", "true"],
        _ => &["31337", "true", "[wrong]", "{wrong: text}"],
    };
    wrong[random.below(wrong.len())]
}

/// The scalars of a values file that lie on one line.
fn scalars(file: &Path) -> Vec<Place> {
    let Ok(text) = fs::read_to_string(file) else {
        return Vec::new();
    };
    let stream = plimsoll_yaml::parse(text.as_str(), &Limits::default());
    let Some(doc) = stream.docs.first() else {
        return Vec::new();
    };
    let mut open: Vec<NodeRef<'_>> = vec![doc.root()];
    let mut places = Vec::new();
    while let Some(node) = open.pop() {
        open.extend(node.entries().map(|(_, value)| value));
        open.extend(node.items());
        let range = node.span().range();
        let source = text.get(range.clone()).unwrap_or_default();
        if node.is_scalar() && !node.is_alias() && !source.is_empty() && !source.contains('\n') {
            places.push(Place::Scalar {
                file: file.to_owned(),
                text: text.clone(),
                start: range.start,
                end: range.end,
            });
        }
    }
    places
}
