//! A manifest of every kind that pluto or our bundle of schemas knows, to compare both for every version of Kubernetes.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use plimsoll::schema::Bundle;
use serde_json::json;

use super::program;

/// Writes the manifest below a folder. The objects are nothing but their kind and a name.
pub(super) fn write(pluto: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    let theirs = program::known_to_pluto(pluto)?;
    // What has no plural can't be created.
    let ours = Bundle::embedded()
        .kinds()
        .filter(|entry| !entry.plural.is_empty());
    let ours = ours.map(|entry| (entry.api_version(), entry.kind.to_owned()));
    let kinds: BTreeSet<(String, String)> = theirs.into_iter().chain(ours).collect();
    let mut text = String::new();
    for (number, (api_version, kind)) in kinds.iter().enumerate() {
        let name = format!("x{number}");
        let object = json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": name}});
        writeln!(text, "---\n{object}")?;
    }
    let file = folder.join("every-kind.yaml");
    fs::write(&file, text)?;
    Ok(file)
}
