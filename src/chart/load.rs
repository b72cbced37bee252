//! Files to charts.
//!
//! Upstream: `LoadFiles` of `pkg/chart/v2/loader/load.go`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use plimsoll_yaml::Limits;

use super::disk::Folder;
use super::{
    Chart, Engine, File, HelmCompat, INVALID_CHART, MAX_CHART_BYTES, MAX_CHART_DEPTH, Metadata, RawFile,
    Template, UNREADABLE_CHART_FILE, archive, files, read_tree,
};
use crate::finding::{Anchor, Finding, Severity};
use crate::manifest::parse::syntax_finding;
use crate::source::{SourceKind, SourceMap, Texts};
use crate::values::{Layer, Tree, read_document};

/// Loads the chart in a folder or an archive. No chart when Helm would refuse it; the findings say why.
pub fn load(path: &Path, compat: HelmCompat, sources: &SourceMap) -> (Option<Chart>, Vec<Finding>) {
    load_with(path, &Arc::default(), compat, sources)
}

/// [`load`] with other texts in the place of some files of a folder.
pub fn load_with(
    path: &Path,
    texts: &Arc<Texts>,
    compat: HelmCompat,
    sources: &SourceMap,
) -> (Option<Chart>, Vec<Finding>) {
    let shown = path.display().to_string();
    let unreadable = |why: String| {
        Finding::new(
            &UNREADABLE_CHART_FILE,
            Anchor::File(shown.clone()),
            format!("cannot read the chart `{shown}`: {why}"),
        )
        .help("give a folder with a Chart.yaml, or a .tgz archive of one")
    };
    let (raw, mut findings) = if path.is_dir() {
        read_tree(&Folder::new(path).with_texts(texts), compat)
    } else {
        use std::io::Read as _;
        let mut bytes = Vec::new();
        let read =
            std::fs::File::open(path).and_then(|file| file.take(MAX_CHART_BYTES + 1).read_to_end(&mut bytes));
        match read {
            Err(error) => (Vec::new(), vec![unreadable(error.to_string())]),
            Ok(_) if bytes.len() as u64 > MAX_CHART_BYTES => {
                (Vec::new(), vec![files::too_large(&shown, &files::limits())])
            }
            Ok(_) => match archive::read(&bytes, &shown, compat) {
                Ok(raw) => (raw, Vec::new()),
                Err(finding) => (Vec::new(), vec![finding]),
            },
        }
    };
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return (None, findings);
    }
    let chart = load_files(&shown, raw, compat, sources, &mut findings);
    (chart, findings)
}

/// Makes a chart of its files. `path` is where the chart is, as the user knows it.
pub fn load_files(
    path: &str,
    raw: Vec<RawFile>,
    compat: HelmCompat,
    sources: &SourceMap,
    findings: &mut Vec<Finding>,
) -> Option<Chart> {
    Loader {
        compat,
        sources,
        findings,
    }
    .chart(path, raw, 0)
}

struct Loader<'a> {
    compat: HelmCompat,
    sources: &'a SourceMap,
    findings: &'a mut Vec<Finding>,
}

impl Loader<'_> {
    fn chart(&mut self, path: &str, raw: Vec<RawFile>, depth: usize) -> Option<Chart> {
        if depth > MAX_CHART_DEPTH {
            let limit = format!("charts nest deeper than {MAX_CHART_DEPTH} levels");
            self.findings.push(files::too_large(path, &limit));
            return None;
        }
        let before = self.findings.len();
        let mut metadata = Metadata::default();
        let mut anchor = Anchor::File(path.to_owned());
        let Some(chart_yaml) = raw.iter().find(|file| file.name == "Chart.yaml") else {
            self.findings.push(
                Finding::new(
                    &INVALID_CHART,
                    anchor,
                    format!("`{path}` has no Chart.yaml, so it is not a chart"),
                )
                .help("write a Chart.yaml with apiVersion, name and version, or give another folder"),
            );
            return None;
        };
        self.fill(&mut metadata, chart_yaml);
        if metadata.api_version.is_empty() {
            "v1".clone_into(&mut metadata.api_version);
        }
        anchor = Anchor::File(chart_yaml.path.clone());

        let mut chart = Chart {
            path: path.to_owned(),
            metadata: Metadata::default(),
            templates: Vec::new(),
            files: Vec::new(),
            values: Arc::default(),
            values_source: None,
            schema: None,
            lock: None,
            dependencies: Vec::new(),
        };
        let mut subcharts: BTreeMap<String, Vec<RawFile>> = BTreeMap::new();
        for file in raw {
            match file.name.as_str() {
                "Chart.yaml" => {}
                "Chart.lock" => chart.lock = Some(plain(file)),
                "values.yaml" => self.values(&mut chart, &file),
                "values.schema.json" => chart.schema = Some(plain(file)),
                "requirements.yaml" => {
                    self.fill(&mut metadata, &file);
                    if metadata.api_version == "v1" {
                        chart.files.push(plain(file));
                    }
                }
                "requirements.lock" => {
                    let file = plain(file);
                    chart.lock = Some(file.clone());
                    if metadata.api_version == "v1" {
                        chart.files.push(file);
                    }
                }
                name if name.starts_with("templates/") => chart.templates.push(self.template(file)),
                name => match name.strip_prefix("charts/") {
                    Some(rest) if !is_provenance(rest) => {
                        let (folder, rest) = rest.split_once('/').unwrap_or((rest, ""));
                        let (folder, rest) = (folder.to_owned(), rest.to_owned());
                        subcharts
                            .entry(folder)
                            .or_default()
                            .push(RawFile { name: rest, ..file });
                    }
                    _ => chart.files.push(plain(file)),
                },
            }
        }
        if let Err(refused) = metadata.validate() {
            self.findings.push(
                Finding::new(
                    &INVALID_CHART,
                    refused.at.map_or(anchor, Anchor::Text),
                    refused.message,
                )
                .help("repair the Chart.yaml; Helm does not load the chart either"),
            );
        }
        for (name, raw) in subcharts {
            if let Some(subchart) = self.subchart(path, &name, raw, depth) {
                chart.dependencies.push(Arc::new(subchart));
            }
        }
        chart.metadata = metadata;
        let broken = self.findings[before..]
            .iter()
            .any(|finding| finding.severity == Severity::Error);
        (!broken).then_some(chart)
    }

    fn fill(&mut self, metadata: &mut Metadata, file: &RawFile) {
        let refuse = |message: String, at: Anchor| {
            Finding::new(&INVALID_CHART, at, message)
                .help("Chart.yaml is a mapping with apiVersion, name and version; see https://helm.sh/docs/topics/charts/")
        };
        let Ok(text) = std::str::from_utf8(&file.bytes) else {
            let message = format!("`{}` is not UTF-8 text", file.path);
            self.findings
                .push(refuse(message, Anchor::File(file.path.clone())));
            return;
        };
        let source = self.sources.add(file.path.as_str(), text, SourceKind::File);
        let text = Arc::clone(self.sources.get(source).text());
        let stream = plimsoll_yaml::parse(text, &Limits::default());
        if let Some(error) = stream.errors.iter().find(|error| error.doc_index == 0) {
            self.findings.push(syntax_finding(error, source, 0));
            return;
        }
        let Some(doc) = stream.docs.first() else { return };
        if let Err(refused) = metadata.fill(doc.root(), source) {
            let at = refused
                .at
                .map_or_else(|| Anchor::File(file.path.clone()), Anchor::Text);
            self.findings.push(refuse(refused.message, at));
        }
    }

    fn values(&mut self, chart: &mut Chart, file: &RawFile) {
        let Ok(text) = std::str::from_utf8(&file.bytes) else {
            let message = format!("`{}` is not UTF-8 text", file.path);
            self.findings.push(
                Finding::new(&INVALID_CHART, Anchor::File(file.path.clone()), message)
                    .help("save the file as UTF-8"),
            );
            return;
        };
        let source = self.sources.add(file.path.as_str(), text, SourceKind::File);
        let mut tree = Tree::new();
        let root = read_document(
            &mut tree,
            source,
            self.sources,
            Layer::Chart,
            self.compat,
            self.findings,
        );
        tree.set_root(root);
        chart.values = Arc::new(tree);
        chart.values_source = Some(source);
    }

    fn template(&self, file: RawFile) -> Template {
        let is_jinja = file.name.ends_with(".j2") || file.name.ends_with(".jinja");
        let source = self
            .sources
            .add_bytes(file.path, Arc::clone(&file.bytes), SourceKind::File);
        Template {
            name: file.name,
            engine: if is_jinja { Engine::Jinja } else { Engine::Go },
            source,
            bytes: file.bytes,
        }
    }

    fn subchart(&mut self, parent: &str, name: &str, raw: Vec<RawFile>, depth: usize) -> Option<Chart> {
        if name.starts_with(['_', '.']) {
            return None;
        }
        let path = format!("{parent}/charts/{name}");
        if name.ends_with(".tgz") {
            // A folder with the name of an archive is no chart.
            let file = raw.into_iter().next()?;
            if !file.name.is_empty() {
                let message = format!("`{path}` must be an archive, not a folder");
                self.findings.push(
                    Finding::new(&INVALID_CHART, Anchor::File(path), message)
                        .help("rename the folder, or remove it"),
                );
                return None;
            }
            return match archive::read(&file.bytes, &file.path, self.compat) {
                Ok(raw) => self.chart(&file.path, raw, depth + 1),
                Err(finding) => {
                    self.findings.push(finding);
                    None
                }
            };
        }
        // A file right in `charts/` is passed over, but Helm takes it for a chart without files.
        let raw: Vec<RawFile> = raw.into_iter().filter(|file| !file.name.is_empty()).collect();
        self.chart(&path, raw, depth + 1)
    }
}

fn is_provenance(name: &str) -> bool {
    name.rsplit('/')
        .next()
        .is_some_and(|name| name.ends_with(".prov"))
}

fn plain(file: RawFile) -> File {
    File {
        name: file.name,
        path: file.path,
        bytes: file.bytes,
    }
}
