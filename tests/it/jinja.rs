//! Jinja charts: what they print, and what is said about broken ones.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use plimsoll::chart::{self, HelmCompat};
use plimsoll::finding::{Anchor, Finding};
use plimsoll::manifest::ManifestSet;
use plimsoll::manifest::parse::{Strangers, parse};
use plimsoll::render::{Capabilities, Release, Rendered, jinja};
use plimsoll::source::{SourceKind, SourceMap};
use plimsoll::values::{self, Layers, ValuesFile};

use crate::support::root;

/// Renders a chart of the checkout with values files beside its own.
fn render(chart: &str, files: &[&str], sources: &SourceMap) -> (Rendered, Vec<Finding>) {
    let folder = root().join(chart);
    let (chart, mut findings) = chart::load(&folder, HelmCompat::default(), sources);
    let chart = Arc::new(chart.unwrap_or_else(|| panic!("{findings:?}")));
    let file = |name: &&str| {
        let path = folder.join(name);
        ValuesFile {
            path: path.display().to_string(),
            bytes: std::fs::read(&path).map_err(|error| error.to_string()),
        }
    };
    let layers = Layers {
        files: files.iter().map(file).collect(),
        ..Layers::default()
    };
    let no_files = |_: &str| Err("no files in this test".to_owned());
    let (values, more) = values::resolve(&chart, &layers, HelmCompat::default(), sources, &no_files);
    findings.extend(more);
    let values = values.unwrap_or_else(|| panic!("{findings:?}"));
    let release = Release {
        name: "web".to_owned(),
        namespace: "shop".to_owned(),
        is_upgrade: false,
    };
    let (rendered, more) = jinja::render(&values, &release, &Capabilities::default(), sources);
    findings.extend(more);
    (rendered, findings)
}

fn text(rendered: &Rendered) -> String {
    rendered.files.iter().fold(String::new(), |mut text, file| {
        write!(
            text,
            "# Source: {}\n{}",
            file.name,
            String::from_utf8_lossy(&file.bytes)
        )
        .expect("writing to a string");
        text
    })
}

/// `file:line:column rule message`, with the marked text, the help, and what it was reached from.
fn described(findings: &[Finding], sources: &SourceMap) -> String {
    let place = |anchor: &Anchor| match anchor {
        Anchor::Text(span) => {
            let source = sources.get(span.file);
            let (line, column) = source.line_column(span.start);
            let name = Path::new(&*source.path)
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let marked = source
                .text()
                .get(span.start as usize..span.end as usize)
                .unwrap_or_default();
            (format!("{name}:{line}:{column}"), marked.to_owned())
        }
        other => (format!("{other:?}"), String::new()),
    };
    let mut lines: Vec<String> = findings
        .iter()
        .map(|finding| {
            let (at, marked) = place(&finding.at);
            let mut text = format!(
                "{at} {}\n  {}\n  marks {marked:?}\n",
                finding.rule.name, finding.message
            );
            if let Some(help) = &finding.help {
                writeln!(text, "  help  {help}").expect("writing to a string");
            }
            for related in &finding.related {
                let (at, marked) = place(&related.at);
                writeln!(text, "  {at} {} {marked:?}", related.message).expect("writing to a string");
            }
            text
        })
        .collect();
    lines.sort();
    lines.concat()
}

/// Compares with a file beside the fixtures.
fn assert_is(found: &str, beside: &str) {
    let path = root().join(beside);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&path, found).expect("writable");
    }
    let expected = std::fs::read_to_string(&path).expect("what is expected");
    assert_eq!(found, expected, "{beside}");
}

#[test]
fn every_broken_template_is_told_and_the_sound_one_rendered() {
    let sources = SourceMap::default();
    let (rendered, findings) = render("fixtures/jinja/broken", &[], &sources);
    assert_is(&described(&findings, &sources), "fixtures/jinja/broken.expected");
    let names: Vec<&str> = rendered.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["shop/templates/sound.yaml.j2"]);
}

#[test]
fn subcharts_see_their_own_values_files_and_partials() {
    let sources = SourceMap::default();
    let (rendered, findings) = render("fixtures/jinja/subcharts", &[], &sources);
    assert_eq!(described(&findings, &sources), "");
    assert_is(&text(&rendered), "fixtures/jinja/subcharts.expected");
    assert_eq!(rendered.notes.as_deref(), Some("Thank you for installing web.\n"));
}

#[test]
fn the_examples_render_to_objects() {
    for (chart, files, objects) in [
        ("charts/storefront", &[][..], 8),
        ("charts/storefront", &["values-dev.yaml"], 7),
        ("charts/storefront", &["values-staging.yaml"], 8),
        ("charts/storefront", &["values-prod.yaml"], 9),
        ("charts/rolling-update", &[], 3),
        ("charts/blue-green", &[], 4),
        ("charts/canary", &[], 3),
    ] {
        let sources = SourceMap::default();
        let (rendered, mut findings) = render(chart, files, &sources);
        let mut manifests = ManifestSet::default();
        for file in &rendered.files {
            let text = String::from_utf8(file.bytes.clone()).expect("text");
            assert!(
                text.is_empty() || text.ends_with('\n'),
                "{}: no line break at the end",
                file.name
            );
            let id = sources.add(file.path.as_str(), text.as_str(), SourceKind::Rendered);
            let end = u32::try_from(text.len()).expect("a small text");
            parse(
                &text,
                id,
                0..end,
                Strangers::Report,
                &mut manifests,
                &mut findings,
            );
        }
        assert_eq!(described(&findings, &sources), "", "{chart} {files:?}");
        assert_eq!(manifests.len(), objects, "{chart} {files:?}");
    }
}

/// An autoscaler and a fixed number of pods would fight.
#[test]
fn the_storefront_has_replicas_or_an_autoscaler() {
    for (files, has_autoscaler) in [(&["values-dev.yaml"][..], false), (&["values-prod.yaml"], true)] {
        let (rendered, _) = render("charts/storefront", files, &SourceMap::default());
        let text = text(&rendered);
        assert_eq!(
            text.contains("kind: HorizontalPodAutoscaler"),
            has_autoscaler,
            "{files:?}"
        );
        assert_eq!(text.contains("\n  replicas: "), !has_autoscaler, "{files:?}");
    }
}

#[test]
fn the_same_chart_renders_to_the_same_bytes() {
    let once = || text(&render("charts/storefront", &["values-prod.yaml"], &SourceMap::default()).0);
    assert_eq!(once(), once());
}

#[test]
fn a_key_declared_as_null_is_none_and_not_undefined() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
        std::fs::write(path, text).expect("writable");
    };
    write("Chart.yaml", "apiVersion: v2\nname: nulls\nversion: 0.1.0\n");
    write("values.yaml", "image:\n  tag:\n");
    write("templates/a.yaml.j2", "tag: {{ values.image.tag or \"none\" }}\n");
    let path = folder.path().to_str().expect("a plain path");
    let output = crate::support::run(&["render", path]);
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "---\n# Source: nulls/templates/a.yaml.j2\ntag: none\n"
    );
}
