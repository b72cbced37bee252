//! Whole charts against what the real helm printed for them.
//!
//! The expected texts are `helm template rel CHART -f CASE --include-crds` of Helm 3.22.0 (`*.helm3`) and 4.3.1 (`*.helm4`); an
//! empty one means that helm refuses the values.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::output::{self, Selection};
use super::{Capabilities, Options, Release};
use crate::chart::{self, HelmCompat};
use crate::finding::Severity;
use crate::source::SourceMap;
use crate::values::{self, Layers, ValuesFile};

/// What `template` prints, or nothing with the reasons.
fn template(chart: &Path, case: &Path, compat: HelmCompat) -> (Vec<u8>, Vec<String>) {
    let sources = SourceMap::default();
    let (loaded, mut findings) = chart::load(chart, compat, &sources);
    let mut text = Vec::new();
    if let Some(loaded) = loaded.map(Arc::new) {
        let file = ValuesFile {
            path: case.display().to_string(),
            bytes: fs::read(case).map_err(|error| error.to_string()),
        };
        let layers = Layers {
            files: vec![file],
            ..Layers::default()
        };
        let (resolved, more) =
            values::resolve(&loaded, &layers, compat, &sources, &|path| Err(path.to_owned()));
        findings.extend(more);
        if let Some(resolved) = resolved {
            findings.extend(values::validate(
                &resolved,
                &values::ValueSchemas::default(),
                &sources,
            ));
            let release = Release {
                name: "rel".to_owned(),
                ..Release::default()
            };
            let (rendered, more) = super::render(
                &loaded,
                &resolved,
                &release,
                &Capabilities::default(),
                &Options::default(),
                &super::Parses::default(),
                &sources,
            );
            findings.extend(more);
            let (sorted, more) = output::sort(&rendered, compat, &sources);
            findings.extend(more);
            let selection = Selection {
                include_crds: true,
                ..Selection::default()
            };
            text = output::print(&rendered, &sorted, &selection);
        }
    }
    let errors: Vec<String> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| format!("{}: {}", finding.rule.name, finding.message))
        .collect();
    if errors.is_empty() {
        (text, errors)
    } else {
        (Vec::new(), errors)
    }
}

fn assert_cases(chart: &Path, cases: &Path) {
    let mut checked = 0;
    for entry in fs::read_dir(cases).unwrap() {
        let case = entry.unwrap().path();
        if case.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        for (compat, extension) in [(HelmCompat::V3, "helm3"), (HelmCompat::V4, "helm4")] {
            let expected = fs::read(case.with_extension(extension)).unwrap();
            let (text, errors) = template(chart, &case, compat);
            assert_eq!(
                String::from_utf8_lossy(&text),
                String::from_utf8_lossy(&expected),
                "{} as {extension}: {errors:#?}",
                case.display()
            );
            assert_eq!(
                errors.is_empty(),
                !expected.is_empty(),
                "{} as {extension}",
                case.display()
            );
            checked += 1;
        }
    }
    assert!(checked >= 4, "{} holds {checked} cases", cases.display());
}

/// Nulls, globals, aliases, conditions, tags, imports, clashes.
#[test]
fn values_merge_as_in_helm() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/render/merge");
    assert_cases(&root.join("chart"), &root.join("cases"));
}

/// The example chart, with helpers, a subchart, `tpl`, hooks and notes.
#[test]
fn echo_renders_as_in_helm() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert_cases(&root.join("charts/echo"), &root.join("fixtures/render/echo"));
}
