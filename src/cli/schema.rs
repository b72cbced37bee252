//! `plimsoll schema list|show|add`: what is known of kinds, and the project's own store.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Subcommand;

use super::release::Minors;
use super::{Exit, output};
use crate::input::schemas;
use crate::pipeline;
use crate::registry::kubeconfig::{self, Cluster};
use crate::schema::stored::StoredKind;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  plimsoll schema list gateway                           kinds whose name or group holds the word
  plimsoll schema show Deployment.spec.strategy          what may stand there
  plimsoll schema add crds/ swagger.json                 keep kinds with the project
  plimsoll schema add --cluster --context staging        keep those that a cluster serves

The store is a plain folder to commit: `.plimsoll/schemas` here or in a folder above, or --schema-dir. `check` and
`diff` use it.")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,

    /// The project's store; the nearest `.plimsoll/schemas` when not given
    #[arg(long, global = true, value_name = "FOLDER")]
    schema_dir: Option<PathBuf>,

    /// Kubernetes versions, as in `check`; the newest when not given
    #[arg(long, global = true, value_delimiter = ',', value_name = "VERSION,…", value_parser = super::release::minors)]
    kubernetes: Vec<Minors>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List kinds: Kubernetes' own, and those of the project's store
    List {
        /// A part of the kind, group or version
        filter: Option<String>,
    },
    /// Show what a kind takes, or one of its fields
    Show {
        /// A kind with a path: Deployment, apps/v1/Deployment.spec.strategy
        #[arg(value_name = "KIND[.FIELD…]")]
        kind: String,
    },
    /// Add the kinds of CRDs and OpenAPI documents, or of a cluster, to the project's store
    Add {
        /// CRD files, `swagger.json`, OpenAPI v3 documents, folders of them, or `-`
        #[arg(required_unless_present = "cluster", value_name = "FILE")]
        files: Vec<PathBuf>,

        /// Ask the API server of the current context what it serves
        #[arg(long, conflicts_with = "files")]
        cluster: bool,

        /// Another context of the kubeconfig
        #[arg(long, value_name = "NAME", requires = "cluster")]
        context: Option<String>,

        /// The kubeconfig; KUBECONFIG or ~/.kube/config when not given
        #[arg(long, value_name = "FILE", requires = "cluster")]
        kubeconfig: Option<PathBuf>,
    },
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let mut out = output::stdout();
    let found = store(args.schema_dir.as_deref())?;
    let versions: Vec<_> = args.kubernetes.iter().flat_map(Minors::versions).collect();
    match &args.command {
        Command::List { filter } => {
            let store = pipeline::schemas(&versions, found.as_deref(), false)?;
            let filter = filter.as_deref().unwrap_or_default().to_lowercase();
            let kinds: Vec<_> = store
                .list()
                .into_iter()
                .filter(|one| {
                    format!("{} {}", one.api_version, one.kind)
                        .to_lowercase()
                        .contains(&filter)
                })
                .collect();
            let width = kinds.iter().map(|one| one.api_version.len()).max().unwrap_or(0);
            let names = kinds.iter().map(|one| one.kind.len()).max().unwrap_or(0);
            for kind in &kinds {
                let versions = match &*kind.versions {
                    "" => "of the project".to_owned(),
                    versions => format!("Kubernetes {versions}"),
                };
                writeln!(
                    out,
                    "{:width$}  {:names$}  {versions}",
                    kind.api_version, kind.kind
                )?;
            }
            if kinds.is_empty() {
                bail!("no kind has `{filter}` in its name, group or version");
            }
        }
        Command::Show { kind } => {
            let store = pipeline::schemas(&versions, found.as_deref(), true)?;
            let text = store.show(kind).map_err(anyhow::Error::msg)?;
            out.write_all(text.as_bytes())?;
        }
        Command::Add {
            files,
            cluster,
            context,
            kubeconfig,
        } => {
            let folder = match (&args.schema_dir, found) {
                (Some(folder), _) => folder.clone(),
                (None, Some(folder)) => folder,
                (None, None) => PathBuf::from(schemas::FOLDER),
            };
            let (kinds, embedded) = if *cluster {
                let files = kubeconfig::files(kubeconfig.as_deref());
                let cluster = Cluster::read(&files, context.as_deref())?;
                pipeline::kinds_of_cluster(&cluster)?
            } else {
                super::release::require(files)?;
                pipeline::kinds_of(files)?
            };
            add(&kinds, embedded, &folder, &mut out)?;
        }
    }
    out.flush()?;
    Ok(Exit::Clean)
}

/// The store of this call: the one named, else the nearest from the working directory up.
pub(super) fn store(named: Option<&Path>) -> anyhow::Result<Option<PathBuf>> {
    match named {
        Some(folder) => Ok(Some(folder.to_path_buf())),
        None => {
            let here = std::env::current_dir().context("the working directory cannot be read")?;
            Ok(schemas::find(&here))
        }
    }
}

fn add(
    kinds: &[StoredKind],
    embedded: usize,
    folder: &Path,
    out: &mut impl std::io::Write,
) -> anyhow::Result<()> {
    let mut changed = 0;
    for kind in kinds {
        let (path, is_new) = schemas::write(folder, &kind.group, &kind.version, &kind.kind, &kind.write())
            .with_context(|| format!("writing {} into `{}`", kind.name(), folder.display()))?;
        if is_new {
            changed += 1;
            writeln!(out, "{}  {}", path.display(), kind.name())?;
        }
    }
    if embedded > 0 {
        writeln!(
            out,
            "{embedded} kinds of Kubernetes itself are embedded in plimsoll and left out"
        )?;
    }
    if kinds.is_empty() && embedded == 0 {
        bail!("there is no CustomResourceDefinition and no OpenAPI document in what was given");
    }
    writeln!(out, "{changed} of {} kinds are new or changed", kinds.len())?;
    Ok(())
}
