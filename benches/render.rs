//! Charts to text: load, values, templates, in one process.

use std::path::Path;
use std::sync::Arc;

use divan::Bencher;
use plimsoll::chart::{self, HelmCompat};
use plimsoll::render::{self, Capabilities, Options, Parses, Release};
use plimsoll::source::SourceMap;
use plimsoll::values::{self, Layers};

fn main() {
    divan::main();
}

/// One of ours for each engine.
const CHARTS: [&str; 2] = ["charts/echo", "charts/storefront"];

#[divan::bench(args = CHARTS)]
fn load(bencher: Bencher<'_, '_>, path: &str) {
    bencher.bench(|| chart::load(Path::new(path), HelmCompat::V4, &SourceMap::default()));
}

#[divan::bench(args = CHARTS)]
fn load_and_render(bencher: Bencher<'_, '_>, path: &str) {
    bencher.bench(|| render_once(path));
}

fn render_once(path: &str) -> usize {
    let sources = SourceMap::default();
    let (chart, _) = chart::load(Path::new(path), HelmCompat::V4, &sources);
    let chart = Arc::new(chart.expect("the chart loads"));
    let no_files = |_: &str| Err("no files here".to_owned());
    let (values, _) = values::resolve(&chart, &Layers::default(), HelmCompat::V4, &sources, &no_files);
    let values = values.expect("the values merge");
    let release = Release::default();
    let (rendered, _) = render::render(
        &chart,
        &values,
        &release,
        &Capabilities::default(),
        &Options::default(),
        &Parses::default(),
        &sources,
    );
    rendered.files.iter().map(|file| file.bytes.len()).sum()
}
