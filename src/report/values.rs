//! Merged values with their origins: YAML with a comment at each leaf, JSON (`schemas/merged-values.schema.json`), and what
//! every layer says of one value.

use std::collections::HashMap;
use std::io;

use plimsoll_yaml::{Limits, NodeRef, Style};
use serde::Serialize;
use serde_json::Value;

use super::text::{cut, one_line};
use crate::finding::secret::{MASK, Secrets};
use crate::manifest::Route;
use crate::source::{SourceKind, SourceMap};
use crate::values::{Author, Leaf, Origin, Said, Values, Word, json_of};

/// The version of the JSON contract; it changes when a consumer would have to.
const VERSION: u32 = 1;
/// Where comments begin, when there is room.
const COMMENTS: usize = 38;
/// How much of a value `--explain` shows on its line.
const SHOWN: usize = 60;

/// The values of a release, with what is needed to show them.
#[derive(Debug)]
pub struct Merged {
    /// The values.
    pub values: Values,
    /// The texts they were written in.
    pub sources: SourceMap,
    /// What Secrets of the release hold; none when everything may be shown.
    pub(crate) secrets: Option<Secrets>,
}

/// What every layer says of one value.
#[derive(Debug)]
pub struct Explained {
    /// The path of the value.
    pub route: Route,
    /// The layers, the strongest last; never empty.
    pub words: Vec<Word>,
}

#[derive(Serialize)]
struct WirePlace {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flag: Option<String>,
}

impl Merged {
    /// A value with what is secret masked.
    fn shown(&self, value: Value) -> Value {
        let Some(secrets) = &self.secrets else {
            return value;
        };
        match value {
            Value::String(text) if secrets.hides(&text) => Value::from(MASK),
            Value::Number(number) if secrets.hides(&number.to_string()) => Value::from(MASK),
            Value::Array(items) => items.into_iter().map(|item| self.shown(item)).collect(),
            Value::Object(map) => map
                .into_iter()
                .map(|(key, value)| (key, self.shown(value)))
                .collect(),
            value => value,
        }
    }

    fn place(&self, origin: Origin) -> WirePlace {
        let mut place = WirePlace {
            file: None,
            line: None,
            column: None,
            flag: None,
        };
        if let Some(span) = origin.span() {
            let source = self.sources.get(span.file);
            match source.kind {
                SourceKind::Flag => place.flag = Some(source.path.to_string()),
                SourceKind::File | SourceKind::Rendered => {
                    let (line, column) = source.line_column(span.start);
                    place.file = Some(source.path.to_string());
                    (place.line, place.column) = (Some(line), Some(column));
                }
            }
        }
        place
    }
}

impl WirePlace {
    /// `values.yaml:4`, or the flag's name; nothing of what nobody wrote.
    fn words(&self) -> String {
        match (&self.file, self.line, &self.flag) {
            (Some(file), Some(line), _) => format!("{}:{line}", one_line(file)),
            (_, _, Some(flag)) => flag.clone(),
            _ => String::new(),
        }
    }
}

/// Writes the values as YAML, each leaf with its origin in a comment.
///
/// # Errors
/// When the output cannot be written.
pub fn write_yaml(merged: &Merged, out: &mut dyn io::Write) -> io::Result<()> {
    let leaves = merged.values.leaves();
    let comments: HashMap<&Route, String> = leaves
        .iter()
        .map(|leaf| (&leaf.route, comment(leaf, merged)))
        .collect();
    let all = merged.values.value(&Route::root()).unwrap_or_default();
    let text = plimsoll_yaml::print_json(&merged.shown(all));
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let stream = plimsoll_yaml::parse(text.as_str(), &Limits::default());
    if let Some(document) = stream.docs.first() {
        let starts: Vec<usize> = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        let mut noted = Vec::new();
        note(document.root(), &mut Route::root(), &comments, &mut noted);
        for (at, comment) in noted {
            let number = starts.partition_point(|start| *start <= at).saturating_sub(1);
            if let Some(line) = lines.get_mut(number).filter(|_| !comment.is_empty()) {
                *line = format!("{line:COMMENTS$}  # {comment}");
            }
        }
    }
    for line in lines {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Collects the comment of each leaf with a byte of the line that it belongs on.
fn note<'c>(
    node: NodeRef<'_>,
    route: &mut Route,
    comments: &'c HashMap<&Route, String>,
    noted: &mut Vec<(usize, &'c str)>,
) {
    if let Some(comment) = comments.get(route) {
        let span = node.span();
        let at = match node.style() {
            // A comment stands behind `|`, for the text goes to its end.
            Style::Literal | Style::Folded => span.start,
            _ => span.end.saturating_sub(1).max(span.start),
        };
        noted.push((at as usize, comment));
        return;
    }
    for (index, item) in node.items().enumerate() {
        route.push(index);
        note(item, route, comments, noted);
        route.pop();
    }
    for (key, value) in node.entries() {
        route.push(key.str());
        note(value, route, comments, noted);
        route.pop();
    }
}

fn comment(leaf: &Leaf<'_>, merged: &Merged) -> String {
    let place = merged.place(leaf.item.origin).words();
    let how = match leaf.author {
        _ if leaf.is_global => " through global",
        Author::Import => " by import-values",
        _ => "",
    };
    format!("{place}{how}")
}

/// Writes what every layer says of a value.
///
/// # Errors
/// When the output cannot be written.
pub fn write_explained(merged: &Merged, explained: &Explained, out: &mut dyn io::Write) -> io::Result<()> {
    let route = &explained.route;
    match merged.values.value(route) {
        Some(value) => writeln!(out, "{route} is {}", short(&merged.shown(value)))?,
        None => writeln!(out, "{route} is not set")?,
    }
    let holding = merged.values.find(route).map(|item| item.origin);
    let mut rows = Vec::new();
    for (number, word) in explained.words.iter().enumerate() {
        let said = match &word.said {
            Said::This(value) | Said::Above(_, value) => short(&merged.shown(value.clone())),
        };
        let mut deed = deed(number.checked_sub(1).map(|before| &explained.words[before]), word);
        if !matches!(word.said, Said::Above(..)) && holding == Some(word.origin) {
            deed.push_str("; this is what holds");
        }
        rows.push((merged.place(word.origin).words(), said, deed));
    }
    let widest = |column: fn(&(String, String, String)) -> &String| {
        rows.iter()
            .map(|row| column(row).chars().count())
            .max()
            .unwrap_or(0)
    };
    let (places, values) = (widest(|row| &row.0), widest(|row| &row.1));
    for (place, said, deed) in &rows {
        writeln!(out, "  {place:places$}  {said:values$}  {deed}")?;
    }
    Ok(())
}

/// What a layer does, and whose it is.
fn deed(before: Option<&Word>, word: &Word) -> String {
    let both_map = |before: &Word| {
        matches!(
            (&before.said, &word.said),
            (Said::This(Value::Object(_)), Said::This(Value::Object(_)))
        )
    };
    let does = match &word.said {
        Said::Above(above, Value::Null) => format!("removes all of `{above}`"),
        Said::Above(above, _) => format!("puts something else in the place of `{above}`"),
        Said::This(Value::Null) if before.is_some() => "removes it".to_owned(),
        Said::This(_) => match before {
            None => "sets it".to_owned(),
            Some(before) if both_map(before) => "is laid over it".to_owned(),
            Some(_) => "overrides it".to_owned(),
        },
    };
    let chart = match &word.chart {
        Some(chart) => format!("chart `{chart}`"),
        None => "another chart".to_owned(),
    };
    let whose = match word.author {
        Author::Default | Author::Parent | Author::Import if word.is_global => format!("`global` of {chart}"),
        Author::Default => format!("default of {chart}"),
        Author::Parent => format!("{chart}, for its subchart"),
        Author::Import => format!("{chart}, by `import-values`"),
        Author::File if word.is_global => "values file, through `global`".to_owned(),
        Author::File => "values file".to_owned(),
        Author::Flag if word.is_global => "flag, through `global`".to_owned(),
        Author::Flag => "flag".to_owned(),
    };
    format!("{whose}: {does}")
}

/// A value on one line.
fn short(value: &Value) -> String {
    cut(&one_line(&value.to_string()), SHOWN).into_owned()
}

#[derive(Serialize)]
struct WireReport<'m> {
    version: u32,
    chart: &'m str,
    values: Vec<WireLeaf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explained: Option<WireExplained>,
}

#[derive(Serialize)]
struct WireLeaf {
    path: String,
    value: Value,
    layer: &'static str,
    global: bool,
    #[serde(flatten)]
    place: WirePlace,
}

#[derive(Serialize)]
struct WireExplained {
    path: String,
    set: bool,
    layers: Vec<WireWord>,
}

#[derive(Serialize)]
struct WireWord {
    layer: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    chart: Option<String>,
    global: bool,
    value: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    above: Option<String>,
    #[serde(flatten)]
    place: WirePlace,
}

const fn layer(author: Author) -> &'static str {
    match author {
        Author::Default => "default",
        Author::Parent => "parent",
        Author::Import => "import",
        Author::File => "file",
        Author::Flag => "flag",
    }
}

/// Writes the values as JSON, those below a path when one is explained.
///
/// # Errors
/// When the output cannot be written.
pub fn write_json(merged: &Merged, explained: Option<&Explained>, out: &mut dyn io::Write) -> io::Result<()> {
    let Values { tree, units, .. } = &merged.values;
    let is_meant =
        |leaf: &Leaf<'_>| explained.is_none_or(|one| leaf.route.steps().starts_with(one.route.steps()));
    let leaves = merged.values.leaves();
    let wire = WireReport {
        version: VERSION,
        chart: &units.get(crate::values::UnitId::ROOT).name,
        values: leaves
            .iter()
            .filter(|leaf| is_meant(leaf))
            .map(|leaf| WireLeaf {
                path: leaf.route.to_string(),
                value: merged.shown(json_of(tree, leaf.item)),
                layer: layer(leaf.author),
                global: leaf.is_global,
                place: merged.place(leaf.item.origin),
            })
            .collect(),
        explained: explained.map(|explained| WireExplained {
            path: explained.route.to_string(),
            set: merged.values.find(&explained.route).is_some(),
            layers: explained
                .words
                .iter()
                .map(|word| {
                    let (value, above) = match &word.said {
                        Said::This(value) => (value, None),
                        Said::Above(above, value) => (value, Some(above.to_string())),
                    };
                    WireWord {
                        layer: layer(word.author),
                        chart: word.chart.clone(),
                        global: word.is_global,
                        value: merged.shown(value.clone()),
                        above,
                        place: merged.place(word.origin),
                    }
                })
                .collect(),
        }),
    };
    serde_json::to_writer_pretty(&mut *out, &wire)?;
    writeln!(out)
}
