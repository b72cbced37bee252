//! `plimsoll template`: the flags of `helm template`, its standard output and its exit code.
//!
//! Upstream: `pkg/cmd/template.go`, `install.go` and `flags.go` of Helm 4.3.1, `cmd/helm` of 3.22.0.

mod accepted;
mod compare;
mod print;

use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::ArgAction;

use super::Exit;
use super::access::{AccessArgs, CacheArgs};
use super::go_flags::{GoList, go_bool};
use super::output::When;
use super::release::{ValuesArgs, helm_compat};
use accepted::{Accepted, default_namespace};

use crate::chart::{self, Chart, HelmCompat};
use crate::finding::{Finding, Severity, Stage};
use crate::pipeline::{self, ReleaseJob, Shared};
use crate::registry::{self, Fetcher, Place, Wanted, build};
use crate::render::output;
use crate::render::release::is_release_name;
use crate::render::{self, Capabilities, KubeVersion, Options, Release};
use crate::report::{self, Format};
use crate::source::SourceMap;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  plimsoll template web charts/web -f values-prod.yaml
  plimsoll template charts/web --set image.tag=1.2 -s templates/deployment.yaml
  plimsoll template web web-1.0.0.tgz --helm-compat 3
  plimsoll template charts/web --compare 3,4                          what an upgrade of Helm changes
  plimsoll template web oci://registry.example.com/charts/web --version 1.2.0
  plimsoll template web web --repo https://charts.example.com --version '^1.2'

Standard output and the exit code are those of `helm template`; what is wrong is said on standard error, all of it")]
pub(super) struct Args {
    /// Name of the release, if two words are given, and the chart: a folder, an archive, `oci://…`, `https://….tgz`
    #[arg(value_name = "[NAME] CHART", required = true, num_args = 1..=2)]
    name_and_chart: Vec<String>,

    #[command(flatten)]
    values: ValuesArgs,

    /// Namespace of the release; HELM_NAMESPACE or the current context of kubectl say it otherwise
    #[arg(short, long, value_name = "NAME")]
    namespace: Option<String>,

    /// The Helm that is followed: 3 (3.22.0) or 4 (4.3.1)
    #[arg(long, default_value = "4", value_name = "MAJOR", value_parser = helm_compat)]
    helm_compat: HelmCompat,

    /// Say where the chart renders differently under two Helms, instead of printing it: `3,4`; exits with 1 if it does
    #[arg(long, value_name = "MAJOR,MAJOR", value_delimiter = ',', value_parser = helm_compat)]
    compare: Vec<HelmCompat>,

    /// Print the CRDs of crds/ as well
    #[arg(long)]
    include_crds: bool,

    /// Leave out hooks that test the release
    #[arg(long)]
    skip_tests: bool,

    /// Leave out all hooks
    #[arg(long)]
    no_hooks: bool,

    /// Print only what comes from this template, such as templates/service.yaml; a pattern may be given
    #[arg(short, long, value_name = "TEMPLATE")]
    show_only: Vec<String>,

    /// Write a file for each template into this folder instead of printing
    #[arg(long, value_name = "FOLDER")]
    output_dir: Option<String>,

    /// Put the name of the release into the paths of --output-dir
    #[arg(long = "release-name")]
    use_release_name: bool,

    /// API versions that templates find in .Capabilities besides those of Helm
    #[arg(short, long, value_name = "API,…")]
    api_versions: Vec<GoList>,

    /// Kubernetes version that templates find in .Capabilities
    #[arg(long, value_name = "VERSION")]
    kube_version: Option<String>,

    /// Render as if the release were upgraded
    #[arg(long)]
    is_upgrade: bool,

    /// Cannot go with a name; the name is `release-name` either way
    #[arg(short, long)]
    generate_name: bool,

    /// A template that makes the name
    #[arg(long, value_name = "TEMPLATE")]
    name_template: Option<String>,

    /// A program that reads the manifests and prints others
    #[arg(long, value_name = "PROGRAM")]
    post_renderer: Option<String>,

    /// An argument for the post-renderer
    #[arg(long, value_name = "ARGUMENT", allow_hyphen_values = true)]
    post_renderer_args: Vec<String>,

    /// Do not hold values against values.schema.json
    #[arg(long)]
    skip_schema_validation: bool,

    /// Let getHostByName ask the network
    #[arg(long)]
    enable_dns: bool,

    /// Let time stand still and random functions repeat themselves, so that two renders are the same
    #[arg(long)]
    deterministic: bool,

    /// Print manifests that cannot be sorted as well
    #[arg(long)]
    debug: bool,

    /// Address of the repository that has the chart
    #[arg(long, value_name = "URL")]
    repo: Option<String>,

    /// Version, or range of versions, of a chart that is not on disk; the newest when not given
    #[arg(long, default_value = "", value_name = "VERSION", hide_default_value = true)]
    version: String,

    /// Let the newest version be a prerelease
    #[arg(long)]
    devel: bool,

    /// Fetch dependencies that are not in charts/ first; into the cache, not into the chart
    #[arg(short = 'u', long)]
    dependency_update: bool,

    #[arg(long, hide = true)]
    verify: bool,

    #[command(flatten)]
    cache: CacheArgs,

    #[command(flatten)]
    access: AccessArgs,

    #[command(flatten)]
    accepted: Accepted,
}

/// How a wrong call ends. Scripts know helm's 1.
pub(super) const WRONG_CALL: Exit = Exit::Findings;

/// The command as helm's flag library reads it: a flag may be given twice and the last one holds, and what is on or off
/// may be told by `=true` and `=false`. Upstream: `github.com/spf13/pflag`.
pub(super) fn as_helm_reads(command: clap::Command) -> clap::Command {
    command.args_override_self(true).mut_args(|arg| {
        if !matches!(arg.get_action(), ArgAction::SetTrue) {
            return arg;
        }
        arg.action(ArgAction::Set)
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
            .default_value("false")
            .hide_default_value(true)
            .value_name("BOOL")
            .value_parser(go_bool)
    })
}

pub(super) fn run(args: &Args, color: When) -> anyhow::Result<Exit> {
    if !args.compare.is_empty() {
        return compare::run(args, color);
    }
    let shared = Shared::default();
    let (exit, findings) = template(args, &shared)?;
    if !findings.is_empty() {
        let report = pipeline::report(findings, &shared.sources);
        let mut err = io::stderr().lock();
        report::write(&report, Format::Human, color.on_stderr(), &mut err)?;
    }
    Ok(exit)
}

fn is_error(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

/// Renders and prints; the findings are for standard error.
fn template(args: &Args, shared: &Shared) -> anyhow::Result<(Exit, Vec<Finding>)> {
    let compat = args.helm_compat;
    let (name, path) = name_and_chart(args)?;
    args.accepted.judge(compat)?;
    if args.verify {
        bail!(
            "`--verify` needs the keys of who signed the chart, and those are not read here: verify it by `helm verify` or `helm pull --verify`, and render the archive"
        );
    }
    let job = job(args, compat, name)?;
    let sources = &shared.sources;
    let (chart, mut findings) = match load(args, &path, sources) {
        Ok((Some(chart), findings)) => (chart, findings),
        Ok((None, findings)) => return Ok((Exit::Findings, findings)),
        Err(errors) => {
            super::dep::complain(&errors);
            return Ok((Exit::Findings, Vec::new()));
        }
    };
    let (released, more) = pipeline::render_release(Arc::new(chart), &job, &super::release::read, shared);
    findings.extend(more);
    let rendered = released.map(|released| released.rendered).unwrap_or_default();
    if is_error(&findings) {
        // For Helm, a release came to be once its values were accepted; its manifest is empty when a template fails.
        let is_refused =
            |finding: &Finding| finding.severity == Severity::Error && finding.rule.stage < Stage::Render;
        if args.debug && args.show_only.is_empty() && !findings.iter().any(is_refused) {
            writeln!(io::stdout())?;
        }
        return Ok((Exit::Findings, findings));
    }
    let (sorted, more) = output::sort(&rendered, compat, sources);
    findings.extend(more);
    if is_error(&findings) {
        if args.debug {
            print::print_unsorted(&rendered)?;
        }
        return Ok((Exit::Findings, findings));
    }
    print::print(args, &job.release, &rendered, &sorted)?;
    Ok((Exit::Clean, findings))
}

/// What the flags say of the release.
fn job(args: &Args, compat: HelmCompat, name: String) -> anyhow::Result<ReleaseJob> {
    let mut capabilities = Capabilities::default();
    if let Some(version) = args.kube_version.as_ref().filter(|version| !version.is_empty()) {
        capabilities.kube_version = KubeVersion::parse(version, compat)?;
    }
    capabilities
        .api_versions
        .extend(GoList::joined(&args.api_versions));
    let namespace = match &args.namespace {
        Some(namespace) if !namespace.is_empty() => namespace.clone(),
        _ => default_namespace(&args.accepted),
    };
    let release = Release {
        name,
        namespace,
        is_upgrade: args.is_upgrade,
    };

    if !is_release_name(&release.name) {
        bail!(
            "`{}` cannot be the name of a release: lower case letters, digits, `-` and `.`, at most 53",
            release.name
        );
    }
    Ok(ReleaseJob {
        release,
        layers: args.values.layers(),
        skip_schema_validation: args.skip_schema_validation,
        capabilities,
        compat,
        options: Options {
            deterministic: args.deterministic,
            find_unrepeatable: false,
            enable_dns: args.enable_dns,
        },
        cache: None,
        tree: None,
        texts: Arc::default(),
        without_crds: false,
    })
}

/// The chart with its dependencies, from wherever it is. The network is asked only for a chart that is not on disk, and
/// for dependencies with `--dependency-update`.
fn load(
    args: &Args,
    path: &str,
    sources: &SourceMap,
) -> Result<(Option<Chart>, Vec<Finding>), Vec<registry::Error>> {
    let compat = args.helm_compat;
    let one = |error| vec![error];
    let fetcher: Fetcher = args
        .access
        .fetcher(args.cache.cache())
        .map_err(|error| one(registry::Error::new(error.to_string())))?;
    let wanted = Wanted {
        chart: path,
        repository: args.repo.as_deref(),
        version: &args.version,
        devel: args.devel,
    };
    let (chart, mut findings) = match registry::locate(&wanted, &fetcher).map_err(one)? {
        Place::Here(path) => chart::load(&path, compat, sources),
        Place::Fetched { shown, archive } => {
            let mut findings = Vec::new();
            let chart = match chart::archive::read(&archive, &shown, compat) {
                Ok(raw) => chart::load_files(&shown, raw, compat, sources, &mut findings),
                Err(finding) => {
                    findings.push(finding);
                    None
                }
            };
            (chart, findings)
        }
    };
    let Some(mut chart) = chart else {
        return Ok((None, findings));
    };
    if args.dependency_update && chart.missing_dependencies().next().is_some() {
        // An archive from elsewhere must not choose folders of this machine, and Helm has no more to do for it.
        if !Path::new(path).is_dir() {
            return Err(one(registry::Error::new(format!(
                "only dependencies of a chart's folder can be fetched, and `{path}` is an archive without them"
            ))));
        }
        build::build(&chart, &fetcher, build::Policy::Update, true)?;
    }
    findings.extend(registry::supply(&mut chart, fetcher.cache(), compat, sources));
    Ok((Some(chart), findings))
}

/// Upstream: `NameAndChart` of `pkg/action/install.go`.
fn name_and_chart(args: &Args) -> anyhow::Result<(String, String)> {
    match args.name_and_chart.as_slice() {
        [name, chart] => {
            if args.generate_name {
                bail!("cannot set --generate-name and also specify a name");
            }
            if args.name_template.is_some() {
                bail!("cannot set --name-template and also specify a name");
            }
            Ok((name.clone(), chart.clone()))
        }
        [chart] => {
            let name = match &args.name_template {
                Some(text) if !text.is_empty() => render::helm::expand_name(text, args.helm_compat)
                    .with_context(|| format!("the name template `{text}` cannot be rendered"))?,
                _ => "release-name".to_owned(),
            };
            Ok((name, chart.clone()))
        }
        _ => bail!("give a chart, or a name and a chart"),
    }
}
