//! What a release is rendered with: the flags that `check`, `render` and `diff` share, spelled as Helm spells them.

use std::fs;
use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;

use super::access::{AccessArgs, CacheArgs};
use super::go_flags::GoList;
use crate::chart::HelmCompat;
use crate::config::Layer;
use crate::input;
use crate::pipeline::ReleaseJob;
use crate::render::{Capabilities, KubeVersion, Options, Release};
use crate::revision::Tree;
use crate::schema::KubernetesVersion;
use crate::values::{Layers, ValuesFile};

#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Release")]
pub(super) struct ReleaseArgs {
    #[command(flatten)]
    pub(super) values: ValuesArgs,

    /// Namespace of the release, and of manifests that name none; `default` when nothing says
    #[arg(short, long, value_name = "NAME")]
    pub(super) namespace: Option<String>,

    /// Name of the release; `release-name` when not given
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<String>,

    /// Kubernetes versions whose schemas hold: `1.36`, several (`1.31,1.34`), a range (`1.31..1.36`, `1.31..` up to the
    /// newest); the newest when not given
    #[arg(
        long,
        visible_alias = "kubernetes-version",
        value_delimiter = ',',
        value_name = "VERSION,…",
        value_parser = minors
    )]
    pub(super) kubernetes: Vec<Minors>,

    /// Folder of the project's own schemas (`plimsoll schema add`); the nearest `.plimsoll/schemas` when not given
    #[arg(long, value_name = "FOLDER")]
    pub(super) schema_dir: Option<PathBuf>,

    /// API versions that charts find in `.Capabilities`, besides Kubernetes' own
    #[arg(short, long, value_delimiter = ',', value_name = "API,…")]
    pub(super) api_versions: Vec<String>,

    /// Render as if the release were upgraded, not installed
    #[arg(long)]
    pub(super) is_upgrade: bool,

    /// The Helm whose rendering is followed
    #[arg(long, default_value = "4", value_name = "MAJOR", value_parser = helm_compat)]
    pub(super) helm_compat: HelmCompat,

    #[command(flatten)]
    pub(super) cache: CacheArgs,
}

/// Values, as Helm takes them. Files come first, then the `--set` family, whatever their order here.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct ValuesArgs {
    /// Values file, `https://…`, or `-`; the last one wins
    #[arg(short = 'f', long = "values", value_name = "FILE,…")]
    pub(super) files: Vec<GoList>,

    /// Set a value: `image.tag=1.2,hosts[0]=a`
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,

    /// Set a value that stays a string
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set_string: Vec<String>,

    /// Set a value to the content of a file
    #[arg(long, value_name = "KEY=FILE")]
    pub(super) set_file: Vec<String>,

    /// Set a value from JSON: `hosts=["a","b"]` or a whole object
    #[arg(long, value_name = "JSON")]
    pub(super) set_json: Vec<String>,

    /// Set a value to the text as it is, commas and all
    #[arg(long, value_name = "KEY=TEXT")]
    pub(super) set_literal: Vec<String>,
}

/// One word of `--kubernetes`: a version, or all versions of a range.
#[derive(Debug, Clone)]
pub(super) struct Minors(Vec<KubernetesVersion>);

impl Minors {
    pub(super) fn versions(&self) -> impl Iterator<Item = KubernetesVersion> {
        self.0.iter().copied()
    }
}

impl ReleaseArgs {
    /// The Kubernetes versions that were asked for, as they were named.
    pub(super) fn kubernetes(&self) -> Vec<KubernetesVersion> {
        self.kubernetes.iter().flat_map(Minors::versions).collect()
    }

    /// These, and what the project says where they say nothing.
    pub(super) fn or(&self, project: &Layer) -> Self {
        let mut args = self.clone();
        if args.kubernetes.is_empty() && !project.kubernetes.is_empty() {
            args.kubernetes = vec![Minors(project.kubernetes.clone())];
        }
        args.schema_dir = args.schema_dir.or_else(|| project.schemas.clone());
        args
    }

    /// What charts learn of the cluster.
    pub(super) fn capabilities(&self) -> anyhow::Result<Capabilities> {
        let mut capabilities = Capabilities::default();
        if let Some(newest) = self.kubernetes().iter().max() {
            capabilities.kube_version = KubeVersion::parse(&newest.to_string(), self.helm_compat)?;
        }
        capabilities
            .api_versions
            .extend(self.api_versions.iter().cloned());
        Ok(capabilities)
    }

    /// What charts are rendered with. Time stands still and random functions are seeded, so that what is checked or
    /// compared twice is the same twice.
    pub(super) fn release(&self) -> anyhow::Result<ReleaseJob> {
        let unsaid = Release::default();
        Ok(ReleaseJob {
            release: Release {
                name: self.name.clone().unwrap_or(unsaid.name),
                namespace: self.namespace.clone().unwrap_or(unsaid.namespace),
                is_upgrade: self.is_upgrade,
            },
            layers: self.values.layers(),
            skip_schema_validation: false,
            capabilities: self.capabilities()?,
            compat: self.helm_compat,
            options: Options {
                deterministic: true,
                find_unrepeatable: false,
                enable_dns: false,
            },
            cache: self.cache.cache(),
            tree: None,
            texts: Arc::default(),
            without_crds: false,
        })
    }
}

impl ValuesArgs {
    /// Reads the files. What cannot be read is told by the values stage, with the other layers.
    pub(super) fn layers(&self) -> Layers {
        Layers {
            files: GoList::joined(&self.files)
                .into_iter()
                .map(|path| ValuesFile {
                    bytes: read(&path),
                    path,
                })
                .collect(),
            set_json: self.set_json.clone(),
            set: self.set.clone(),
            set_string: self.set_string.clone(),
            set_file: self.set_file.clone(),
            set_literal: self.set_literal.clone(),
        }
    }

    /// These values and then those of another set of flags.
    pub(super) fn followed_by(&self, other: &Self) -> Self {
        let join = |mine: &[String], theirs: &[String]| [mine, theirs].concat();
        Self {
            files: [self.files.as_slice(), &other.files].concat(),
            set: join(&self.set, &other.set),
            set_string: join(&self.set_string, &other.set_string),
            set_file: join(&self.set_file, &other.set_file),
            set_json: join(&self.set_json, &other.set_json),
            set_literal: join(&self.set_literal, &other.set_literal),
        }
    }
}

/// Refuses a call whose paths are not there.
pub(super) fn require<'p>(paths: impl IntoIterator<Item = &'p PathBuf>) -> anyhow::Result<()> {
    let paths: Vec<PathBuf> = paths.into_iter().cloned().collect();
    match input::missing(&paths) {
        Some(path) => anyhow::bail!("`{}` does not exist", path.display()),
        None => Ok(()),
    }
}

/// The files of the call as they were where the history of a reference and of HEAD part.
pub(super) fn tree(reference: &str, paths: &[PathBuf], values: &ValuesArgs) -> anyhow::Result<Arc<Tree>> {
    let of_set_file = values.set_file.iter().filter_map(|pair| pair.split_once('='));
    let files = GoList::joined(&values.files).into_iter();
    let named: Vec<PathBuf> = files
        .chain(of_set_file.map(|(_, file)| file.to_owned()))
        .map(PathBuf::from)
        .collect();
    Ok(Arc::new(Tree::at_merge_base(reference, paths, &named)?))
}

/// Reads a file of values, `-` from standard input. One at an address is fetched, with nobody's login, as Helm does.
pub(super) fn read(path: &str) -> Result<Vec<u8>, String> {
    if path.starts_with("https://") || path.starts_with("http://") {
        let fetched = AccessArgs::default()
            .fetcher(None)
            .map_err(|error| error.to_string())?
            .file(path, input::MAX_BYTES);
        return fetched.map(|(_, bytes)| bytes).map_err(|error| error.to_string());
    }
    let bytes = if path == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(path)
    };
    bytes.map_err(|error| error.to_string())
}

/// Reads one word of `--kubernetes`.
pub(super) fn minors(text: &str) -> Result<Minors, String> {
    KubernetesVersion::range(text).map(Minors)
}

/// Also used by `plimsoll template`.
pub(super) fn helm_compat(text: &str) -> Result<HelmCompat, String> {
    match text {
        "3" => Ok(HelmCompat::V3),
        "4" => Ok(HelmCompat::V4),
        _ => Err("there are the rules of Helm `3` (3.22.0) and `4` (4.3.1)".to_owned()),
    }
}
