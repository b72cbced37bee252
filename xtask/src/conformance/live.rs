//! `plimsoll diff --live` beside a real API server: what was applied unchanged is no difference, and a change is the one that
//! two files show.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use plimsoll::registry::cluster::Observer;
use plimsoll::registry::discovery::Resources;
use plimsoll::registry::kubeconfig::Cluster;
use serde_json::Value;

use super::chart;
use super::objects::{self, Object};
use crate::apiserver;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folders with charts, for the unchanged ones
    charts: Vec<PathBuf>,

    /// Our binary
    #[arg(long, default_value = "target/debug/plimsoll")]
    binary: PathBuf,

    /// Where `cargo xtask apiserver up` keeps its files
    #[arg(long, default_value = "target/apiserver")]
    dir: PathBuf,

    /// Charts that the server accepts, before it is enough
    #[arg(long, default_value_t = 60)]
    count: usize,

    /// Charts of one repository at most
    #[arg(long, default_value_t = 1)]
    each: usize,

    /// The chart whose two environments are compared, and the values files of both
    #[arg(long, num_args = 3, value_names = ["CHART", "OLD", "NEW"],
          default_values = ["charts/storefront", "charts/storefront/values-dev.yaml", "charts/storefront/values-prod.yaml"])]
    pair: Vec<PathBuf>,
}

/// Who applies, and how.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// Server-side apply, as Helm 4.
    Apply,
    /// Created by a POST, as Helm 3.
    Create,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let (address, tokens) = apiserver::running(&args.dir)?;
    let tokens = fs::read_to_string(tokens)?;
    let token = tokens.split(',').next().unwrap_or_default().to_owned();
    let scratch = tempfile::tempdir()?;
    let kubeconfig = scratch.path().join("kubeconfig");
    fs::write(
        &kubeconfig,
        format!(
            "current-context: here\ncontexts: [{{name: here, context: {{cluster: c, user: u}}}}]\n\
             clusters: [{{name: c, cluster: {{server: \"{address}\", insecure-skip-tls-verify: true}}}}]\n\
             users: [{{name: u, user: {{token: {token}}}}}]\n"
        ),
    )?;
    let lab = Lab {
        binary: fs::canonicalize(&args.binary).context("build it: cargo build")?,
        observer: Observer::new(Cluster::read(std::slice::from_ref(&kubeconfig), None)?),
        scratch: scratch.path().to_path_buf(),
        kubeconfig,
        address,
        token,
    };
    for way in [Way::Apply, Way::Create] {
        lab.changed(&args.pair, way)?;
    }
    lab.unchanged(args)
}

struct Lab {
    binary: PathBuf,
    observer: Observer,
    scratch: PathBuf,
    kubeconfig: PathBuf,
    address: String,
    token: String,
}

impl Lab {
    /// The change that two values files make, as files show it and as the cluster says it.
    fn changed(&self, pair: &[PathBuf], way: Way) -> anyhow::Result<()> {
        let [chart, old, new] = pair else {
            bail!("a pair is a chart and two values files")
        };
        let render = |values: &Path| -> anyhow::Result<PathBuf> {
            let file = self.scratch.join(values.file_name().unwrap_or_default());
            let mut command = self.plimsoll(&["render", "--name", "pair", "-n", "pair", "-f"]);
            let text = output(command.arg(values).arg(chart))?;
            fs::write(&file, text)?;
            Ok(file)
        };
        let (old, new) = (render(old)?, render(new)?);
        let applied = self.apply(&fs::read_to_string(&old)?, "pair", way)?;
        let applied = applied.map_err(|refusal| anyhow::anyhow!("{}: {refusal}", old.display()))?;
        let args = ["diff", "--format", "json", "-n", "pair"];
        let of_files = self.changes(self.plimsoll(&args).arg(&old).arg(&new))?;
        let of_cluster = self.changes(self.live(&args).arg(&new))?;
        self.remove(&applied)?;
        for (object, change) in &of_files {
            println!("  {object}: {change}");
        }
        println!(
            "{way:?}: {} changes of files, {} of the cluster",
            of_files.len(),
            of_cluster.len()
        );
        if of_files != of_cluster {
            for (object, change) in &of_cluster {
                if of_files.get(object) != Some(change) {
                    println!("  the cluster says of {object}: {change}");
                }
            }
            bail!("the change sets differ");
        }
        Ok(())
    }

    /// Charts that are applied as they are: nothing may differ.
    fn unchanged(&self, args: &Args) -> anyhow::Result<()> {
        let mut of_repository: BTreeMap<PathBuf, usize> = BTreeMap::new();
        let (mut same, mut objects, mut refused, mut wrong) = (0, 0, 0, 0);
        for chart in chart::find(&args.charts) {
            if same >= args.count {
                break;
            }
            let is_below = |folder: &&PathBuf| chart.path.starts_with(folder);
            let Some(folder) = args.charts.iter().find(is_below) else {
                continue;
            };
            let below = chart.path.strip_prefix(folder)?;
            let repository: PathBuf = below.iter().take(1).collect();
            let taken = of_repository.entry(repository).or_default();
            if *taken >= args.each {
                continue;
            }
            let name = format!("r{}", same + refused + wrong);
            let mut command =
                self.plimsoll(&["template", "--include-crds", "--skip-tests", "-n", "live", &name]);
            let Ok(text) = output(command.arg(&chart.path)) else {
                continue;
            };
            let way = match (same + wrong) % 2 {
                0 => Way::Apply,
                _ => Way::Create,
            };
            let shown = below.display();
            let applied = match self.apply(&text, "live", way)? {
                Ok(applied) if applied.is_empty() => continue,
                Ok(applied) => applied,
                Err(refusal) => {
                    println!("refused  {shown}: {refusal}");
                    refused += 1;
                    continue;
                }
            };
            *taken += 1;
            let file = self.scratch.join("unchanged.yaml");
            fs::write(&file, &text)?;
            let said = self.live(&["diff", "-n", "live"]).arg(&file).output()?;
            self.remove(&applied)?;
            // What is wrong with the chart's own text may be said; nothing of the cluster may be missing.
            let is_whole = !String::from_utf8_lossy(&said.stderr).contains("unreadable-input");
            if said.stdout.starts_with(b"no difference") && is_whole {
                same += 1;
                objects += applied.len();
                println!("same     {shown}: {} objects, {way:?}", applied.len());
            } else {
                wrong += 1;
                println!(
                    "differs  {shown}, {way:?}\n{}{}",
                    String::from_utf8_lossy(&said.stdout),
                    String::from_utf8_lossy(&said.stderr)
                );
            }
        }
        println!(
            "{same} charts with {objects} objects show no difference, {wrong} do; the server refuses {refused} others"
        );
        ensure!(wrong == 0, "{wrong} unchanged charts show differences");
        Ok(())
    }

    fn plimsoll(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(args);
        command
    }

    fn live(&self, args: &[&str]) -> Command {
        let mut command = self.plimsoll(args);
        command.arg("--live").arg("--kubeconfig").arg(&self.kubeconfig);
        command
    }

    /// What a difference says: of each object, the impact and the fields.
    fn changes(&self, command: &mut Command) -> anyhow::Result<BTreeMap<String, String>> {
        let said = command.output()?;
        let report: Value = serde_json::from_slice(&said.stdout)
            .with_context(|| String::from_utf8_lossy(&said.stderr).into_owned())?;
        let changes = report["changes"].as_array().context("no changes")?;
        let told = changes.iter().map(|change| {
            let object = &change["object"];
            let mut fields: Vec<String> = change["fields"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|field| field["path"].as_str().unwrap_or_default().to_owned())
                .collect();
            fields.sort();
            (
                format!("{} {}", object["kind"], object["name"]),
                format!("{} {}", change["impact"], fields.join(" ")),
            )
        });
        Ok(told.collect())
    }

    /// Applies all objects of a text, definitions of kinds first; what the server refuses, and then nothing stays.
    fn apply(
        &self,
        text: &str,
        namespace: &str,
        way: Way,
    ) -> anyhow::Result<Result<Vec<(String, Object)>, String>> {
        let mut objects = objects::read(text);
        objects.sort_by_key(|object| (!object.is_definition(), object.kind() != "Namespace"));
        let mut resources = Resources::read(&self.observer)?;
        let mut applied: Vec<(String, Object)> = Vec::new();
        for object in objects {
            let found = |resources: &Resources| {
                let resource = resources.find(object.group(), object.version(), object.kind());
                resource.map(|resource| {
                    let namespace = object.namespace().unwrap_or(namespace);
                    (
                        resource.path(namespace, object.name()),
                        resource.list_path(namespace),
                    )
                })
            };
            // A kind is served some moments after its definition is stored.
            let started = Instant::now();
            let defined = applied.iter().any(|(_, other)| other.defines(&object));
            while found(&resources).is_none() && defined && started.elapsed() < Duration::from_secs(10) {
                std::thread::sleep(Duration::from_millis(200));
                resources = Resources::read(&self.observer)?;
            }
            let Some((path, list)) = found(&resources) else {
                self.remove(&applied)?;
                return Ok(Err(format!("{} is not served", object.kind())));
            };
            let body = object.json().to_string();
            let send = || match way {
                Way::Apply => self.send("PATCH", &format!("{path}?fieldManager=helm&force=true"), &body),
                Way::Create => self.send("POST", &format!("{list}?fieldManager=helm"), &body),
            };
            let mut sent = send()?;
            // The definition of another chart goes some moments after it was removed, with its objects.
            let started = Instant::now();
            let is_going = |refusal: &String| {
                ["already exists", "is being deleted"]
                    .iter()
                    .any(|words| refusal.contains(words))
            };
            while object.is_definition()
                && sent.as_ref().is_err_and(is_going)
                && started.elapsed() < Duration::from_secs(10)
            {
                std::thread::sleep(Duration::from_millis(200));
                sent = send()?;
            }
            if let Err(refusal) = sent {
                self.remove(&applied)?;
                return Ok(Err(refusal));
            }
            applied.push((path, object));
        }
        Ok(Ok(applied))
    }

    /// Removes objects, the last first.
    fn remove(&self, applied: &[(String, Object)]) -> anyhow::Result<()> {
        for (path, _) in applied.iter().rev() {
            // What a definition took with it is gone already, and what has a finalizer stays.
            let _gone = self.send("DELETE", path, "")?;
        }
        Ok(())
    }

    /// Sends a request that changes something; the server's words if it refuses.
    fn send(&self, method: &str, path: &str, body: &str) -> anyhow::Result<Result<(), String>> {
        let file = self.scratch.join("body");
        fs::write(&file, body)?;
        let content_type = match method {
            "PATCH" => "application/apply-patch+yaml",
            _ => "application/json",
        };
        let mut command = Command::new("curl");
        command
            .args(["-sk", "-X", method, "-w", "\n%{http_code}"])
            .args(["-H", &format!("Authorization: Bearer {}", self.token)])
            .args(["-H", &format!("Content-Type: {content_type}")])
            .arg(format!("{}/{path}", self.address));
        if !body.is_empty() {
            command.arg("--data-binary").arg(format!("@{}", file.display()));
        }
        let answer = output(&mut command)?;
        let (body, status) = answer.rsplit_once('\n').context("curl")?;
        if matches!(status, "200" | "201" | "202") {
            return Ok(Ok(()));
        }
        let answer: Value = serde_json::from_str(body).unwrap_or_default();
        Ok(Err(answer["message"].as_str().unwrap_or(status).to_owned()))
    }
}

fn output(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    ensure!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
