//! A chart as an archive: the same bytes on every machine.
//!
//! What is in it is what Helm puts in: `Chart.yaml` as Helm prints it, subchart archives unpacked, nothing that
//! `.helmignore` leaves out. Entries are sorted, and times, owners and modes are fixed, as is the gzip header; the
//! compressor is ours (`flate2` in pure Rust), so its output is the same everywhere.
//!
//! Upstream: `Save` and `writeTarContents` of `pkg/chart/v2/util/save.go`.

use std::collections::BTreeMap;
use std::io::Write as _;

use flate2::{Compression, GzBuilder};
use serde_json::Value;

use super::{Error, Result, metadata};
use crate::chart::{Chart, MAX_CHART_DEPTH};
use crate::source::SourceMap;

/// The time of every entry: 1980-01-01, the first that all archive formats can tell.
const TIME: u64 = 315_532_800;
/// Unknown, which is neither Unix nor Windows.
const NO_SYSTEM: u8 = 255;

/// The archive of a chart and of its subcharts. `sources` has its texts.
///
/// # Errors
/// A path is too long for an archive, or subcharts nest too deep.
pub fn pack(chart: &Chart, sources: &SourceMap) -> Result<Vec<u8>> {
    let mut files = BTreeMap::new();
    collect(chart, "", sources, &mut files, 0)?;
    let failed = |error: std::io::Error| Error::new(format!("the archive cannot be made: {error}"));
    let gzip = GzBuilder::new()
        .mtime(0)
        .operating_system(NO_SYSTEM)
        .write(Vec::new(), Compression::best());
    let mut builder = tar::Builder::new(gzip);
    for (path, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(TIME);
        header.set_uid(0);
        header.set_gid(0);
        header.set_entry_type(tar::EntryType::Regular);
        builder
            .append_data(&mut header, &path, bytes.as_slice())
            .map_err(failed)?;
    }
    let mut gzip = builder.into_inner().map_err(failed)?;
    gzip.flush().map_err(failed)?;
    gzip.finish().map_err(failed)
}

fn collect(
    chart: &Chart,
    prefix: &str,
    sources: &SourceMap,
    files: &mut BTreeMap<String, Vec<u8>>,
    depth: usize,
) -> Result<()> {
    if depth > MAX_CHART_DEPTH {
        return Err(Error::new(format!(
            "subcharts nest deeper than {MAX_CHART_DEPTH} levels"
        )));
    }
    let base = format!("{prefix}{}", chart.metadata.name);
    let mut add = |name: &str, bytes: &[u8]| files.insert(format!("{base}/{name}"), bytes.to_vec());
    let is_v1 = chart.metadata.api_version == "v1";
    let mut fields = metadata::to_json(&chart.metadata);
    if is_v1 {
        // Those of `requirements.yaml`, which is among the files.
        fields.remove("dependencies");
    }
    add(
        "Chart.yaml",
        plimsoll_yaml::print_json(&Value::Object(fields)).as_bytes(),
    );
    if let Some(lock) = chart.lock.as_ref().filter(|_| !is_v1) {
        add("Chart.lock", &lock.bytes);
    }
    if let Some(values) = chart.values_source {
        add("values.yaml", sources.get(values).text().as_bytes());
    }
    if let Some(schema) = &chart.schema {
        add("values.schema.json", &schema.bytes);
    }
    for template in &chart.templates {
        add(&template.name, &template.bytes);
    }
    for file in &chart.files {
        add(&file.name, &file.bytes);
    }
    for dependency in &chart.dependencies {
        collect(dependency, &format!("{base}/charts/"), sources, files, depth + 1)?;
    }
    Ok(())
}
