//! `cargo xtask schemas`: the embedded schema bundle, made from the official OpenAPI documents.
//!
//! The documents come from the Go module `k8s.io/kubernetes` at exact versions: `api/openapi-spec/swagger.json` for
//! definitions, and `pkg/generated/openapi/zz_generated.openapi.go` (what a server builds its OpenAPI from) for the
//! enumerations that the published document leaves out. The same versions give the same bytes on every machine.

mod bundle;
mod enums;
mod facts;
mod model;
mod openapi;

#[path = "../../src/schema/format.rs"]
#[allow(dead_code, reason = "the writer needs only a part of the shared constants")]
mod format;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use plimsoll::manifest::json;
use plimsoll_yaml::Limits;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Module versions the bundle is made of. A newer patch of a minor is a deliberate change of this list.
///
/// Of each minor the newest patch that the module proxy serves together with a sum of sum.golang.org.
const PINNED: &[(u16, u16)] = &[
    (24, 17),
    (25, 16),
    (26, 15),
    (27, 16),
    (28, 15),
    (29, 15),
    (30, 14),
    (31, 14),
    (32, 13),
    (33, 13),
    (34, 10),
    (35, 8),
    (36, 4),
    (37, 1),
];

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Kubernetes minors to bundle, such as 1.36,1.37; all pinned ones when not given
    #[arg(long, value_delimiter = ',')]
    versions: Vec<String>,
    /// Fail if the files in the repository differ from what would be written
    #[arg(long)]
    check: bool,
    /// Ask this oracle (`oracle/apiserver`, of the newest version) what its validation enforces, and write facts.tsv
    #[arg(long, value_name = "PROGRAM")]
    facts: Option<PathBuf>,
    /// Manifests that the newest version accepts, for `--facts`
    #[arg(long, default_value = "fixtures/apiserver/corpus")]
    manifests: PathBuf,
}

/// One Kubernetes release as it was read.
pub(crate) struct Release {
    pub(crate) minor: u16,
    pub(crate) patch: u16,
    swagger: Vec<u8>,
    generated: Vec<u8>,
    /// The module's `h1:` sum, as in go.sum.
    sum: String,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let mut wanted = args
        .versions
        .iter()
        .map(|text| pinned(text))
        .collect::<anyhow::Result<Vec<_>>>()?;
    if wanted.is_empty() {
        wanted = PINNED.to_vec();
    }
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.len() > format::MAX_VERSIONS {
        bail!("at most {} versions fit into a bundle", format::MAX_VERSIONS);
    }
    let releases = wanted
        .into_iter()
        .map(read_release)
        .collect::<anyhow::Result<Vec<_>>>()?;

    let mut model = model::Model::default();
    let mut known = releases
        .iter()
        .map(|release| Ok(enums::read(std::str::from_utf8(&release.generated)?)))
        .collect::<anyhow::Result<Vec<_>>>()?;
    enums::fill_back(&mut known);
    let facts_file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/schemas/facts.tsv");
    if let Some(program) = &args.facts {
        let (Some(newest), Some(enums)) = (releases.last(), known.last()) else {
            bail!("there is no release to ask about");
        };
        let mut model = model::Model::default();
        openapi::read(&newest.swagger, enums, &facts::Facts::default(), 1, &mut model)?;
        std::fs::write(
            &facts_file,
            facts::find(&model, program, &documents(&args.manifests)?)?,
        )?;
    }
    let facts = std::fs::read_to_string(&facts_file).with_context(|| facts_file.display().to_string())?;
    let facts = facts::Facts::read(&facts)?;
    for (bit, (release, enums)) in releases.iter().zip(&known).enumerate() {
        openapi::read(&release.swagger, enums, &facts, 1 << bit, &mut model)
            .with_context(|| format!("OpenAPI document of 1.{}", release.minor))?;
    }
    let (bytes, figures) = bundle::write(&model, &releases)?;
    let provenance = provenance(&releases, &bytes, &figures);

    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
    let files = [
        (root.join("k8s/bundle.bin"), bytes),
        (root.join("PROVENANCE.md"), provenance.into_bytes()),
    ];
    for (path, content) in files {
        if args.check {
            if std::fs::read(&path).ok().as_deref() != Some(&*content) {
                bail!("{} is not what `cargo xtask schemas` writes", path.display());
            }
            continue;
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&path, content).with_context(|| path.display().to_string())?;
    }
    print!("{figures}");
    Ok(())
}

/// The documents of every *.yaml below a folder.
fn documents(folder: &Path) -> anyhow::Result<Vec<Value>> {
    let mut documents = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry?;
        if entry.path().extension().is_some_and(|ext| ext == "yaml") {
            let stream = plimsoll_yaml::parse(std::fs::read_to_string(entry.path())?, &Limits::default());
            documents.extend(stream.docs.iter().map(|doc| json::of(doc.root())));
        }
    }
    Ok(documents)
}

fn pinned(text: &str) -> anyhow::Result<(u16, u16)> {
    let minor = text.strip_prefix("1.").and_then(|minor| minor.parse().ok());
    PINNED
        .iter()
        .copied()
        .find(|&(known, _)| Some(known) == minor)
        .with_context(|| format!("no module version is pinned for Kubernetes {text}"))
}

fn read_release((minor, patch): (u16, u16)) -> anyhow::Result<Release> {
    let module = format!("k8s.io/kubernetes@v1.{minor}.{patch}");
    // Outside any Go module, so that no go.mod of ours can replace the version.
    let output = Command::new("go")
        .args(["mod", "download", "-json", &module])
        .current_dir(std::env::temp_dir())
        .output()
        .context("`go` is needed to fetch the OpenAPI documents")?;
    let answer: Value = serde_json::from_slice(&output.stdout).with_context(|| {
        format!(
            "go mod download {module}: {}",
            String::from_utf8_lossy(&output.stderr)
        )
    })?;
    if let Some(error) = answer["Error"].as_str() {
        bail!("go mod download {module}: {error}");
    }
    let folder = PathBuf::from(answer["Dir"].as_str().context("no folder in go's answer")?);
    let read = |path: &str| {
        let path = folder.join(path);
        std::fs::read(&path).with_context(|| path.display().to_string())
    };
    Ok(Release {
        minor,
        patch,
        swagger: read("api/openapi-spec/swagger.json")?,
        generated: read("pkg/generated/openapi/zz_generated.openapi.go")?,
        sum: answer["Sum"].as_str().unwrap_or_default().to_owned(),
    })
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn provenance(releases: &[Release], bundle: &[u8], figures: &str) -> String {
    let mut text = String::from(
        "# Where the embedded schemas come from\n\n\
         Written by `cargo xtask schemas`; `cargo xtask schemas --check` proves that the bundle is what these inputs give.\n\
         The inputs are files of the Go module `k8s.io/kubernetes` (Apache License 2.0), of each minor the newest patch\n\
         that the module proxy serves with a sum of sum.golang.org. Which required fields and enumerations a server\n\
         enforces was asked of the newest version's own validation (`cargo xtask schemas --facts`, `xtask/src/schemas/facts.tsv`).\n\
         Enumerations that an older source does not mark yet are those of the next newer version.\n\n\
         | module version | go.sum | file | sha256 |\n|---|---|---|---|\n",
    );
    for release in releases {
        for (file, bytes) in [
            ("api/openapi-spec/swagger.json", &release.swagger),
            (
                "pkg/generated/openapi/zz_generated.openapi.go",
                &release.generated,
            ),
        ] {
            let Release {
                minor, patch, sum, ..
            } = release;
            let _ = writeln!(
                text,
                "| v1.{minor}.{patch} | `{sum}` | `{file}` | `{}` |",
                sha256(bytes)
            );
        }
    }
    let _ = write!(
        text,
        "\n`k8s/bundle.bin`: sha256 `{}`\n\n```text\n{figures}```\n",
        sha256(bundle)
    );
    text
}
