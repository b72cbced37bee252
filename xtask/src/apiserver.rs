//! A real API server to compare with: kube-apiserver built from its Go modules, Debian's etcd, both on loopback.
//!
//! Plugins that judge by other objects (namespaces, quotas, priority classes) are off, unless they are asked for: what is
//! compared is validation.

use std::fmt::Write;
use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use clap::Subcommand;

const TOKEN: &str = "plimsoll-conformance";

/// Admission plugins whose verdict depends on what else is in the cluster.
const PLUGINS_OFF: &str = "NamespaceLifecycle,ServiceAccount,Priority,RuntimeClass,LimitRanger,ResourceQuota,PersistentVolumeClaimResize,\
                           DefaultStorageClass,DefaultIngressClass,StorageObjectInUseProtection,TaintNodesByCondition,PodSecurity,DefaultTolerationSeconds,\
                           MutatingAdmissionWebhook,ValidatingAdmissionWebhook,MutatingAdmissionPolicy,ValidatingAdmissionPolicy";

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
    /// Where binaries, data, logs and the token are kept
    #[arg(long, default_value = "target/apiserver", global = true)]
    dir: PathBuf,
}

#[derive(Subcommand)]
enum What {
    /// Build (once) and start the server, empty
    Up {
        /// The version of k8s.io/kubernetes
        #[arg(long, default_value = "1.37.1")]
        version: String,
        /// Port of the server; etcd takes the two after it
        #[arg(long, default_value_t = 26443)]
        port: u16,
        /// Plugins to leave on that judge by other objects: LimitRanger, ResourceQuota, PodSecurity
        #[arg(long = "plugin", value_name = "NAME")]
        plugins: Vec<String>,
    },
    /// Stop the server and forget what it stored
    Down,
}

/// Where a running server is asked: the address, and the file with its token.
pub(crate) fn running(dir: &Path) -> anyhow::Result<(String, PathBuf)> {
    let address = std::fs::read_to_string(dir.join("address"))
        .context("no server is up: `cargo xtask apiserver up`")?;
    Ok((address.trim().to_owned(), dir.join("tokens.csv")))
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    std::fs::create_dir_all(&args.dir)?;
    let dir = args.dir.canonicalize()?;
    match &args.what {
        What::Up {
            version,
            port,
            plugins,
        } => {
            down(&dir)?;
            let server = build(&dir, version)?;
            up(&dir, &server, *port, plugins)
        }
        What::Down => down(&dir),
    }
}

/// The server's binary of a version, built in a scratch module if it is not there.
fn build(dir: &Path, version: &str) -> anyhow::Result<PathBuf> {
    let home = dir.join(version);
    let binary = home.join("kube-apiserver");
    if binary.exists() {
        return Ok(binary);
    }
    std::fs::create_dir_all(&home)?;
    let out = Command::new("go")
        .args([
            "mod",
            "download",
            "-json",
            &format!("k8s.io/kubernetes@v{version}"),
        ])
        .current_dir(dir)
        .output()
        .context("go")?;
    let answer: serde_json::Value = serde_json::from_slice(&out.stdout)?;
    let Some(go_mod) = answer.get("GoMod").and_then(serde_json::Value::as_str) else {
        bail!("k8s.io/kubernetes v{version}: {answer}");
    };
    let (_, minor) = version
        .split_once('.')
        .context("a version is MAJOR.MINOR.PATCH")?;
    let mut module =
        format!("module scratch\n\ngo 1.26\n\nrequire k8s.io/kubernetes v{version}\n\nreplace (\n");
    for line in std::fs::read_to_string(go_mod)?.lines() {
        // The staging modules are in the repository; their releases have the same numbers under v0.
        if let Some((name, _)) = line
            .trim()
            .trim_start_matches("replace ")
            .split_once(" => ./staging/")
        {
            writeln!(module, "\t{name} => {name} v0.{minor}")?;
        }
    }
    module.push_str(")\n");
    std::fs::write(home.join("go.mod"), module)?;
    std::fs::write(
        home.join("server.go"),
        "package scratch\n\nimport _ \"k8s.io/kubernetes/cmd/kube-apiserver/app\"\n",
    )?;
    command(Command::new("go").args(["mod", "tidy"]).current_dir(&home))?;
    let package = "k8s.io/component-base/version";
    let flags = format!(
        "-s -w -X {package}.gitVersion=v{version} -X {package}.gitMajor=1 -X {package}.gitMinor={} -X {package}.gitTreeState=clean",
        minor.split('.').next().unwrap_or_default()
    );
    command(
        Command::new("go")
            .args(["build", "-ldflags", &flags, "-o"])
            .arg(&binary)
            .arg("k8s.io/kubernetes/cmd/kube-apiserver")
            .current_dir(&home),
    )?;
    Ok(binary)
}

fn command(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("{command:?}"))?;
    if !status.success() {
        bail!("{command:?}: {status}");
    }
    Ok(())
}

fn start(dir: &Path, name: &str, command: &mut Command) -> anyhow::Result<()> {
    let log = File::create(dir.join(format!("{name}.log")))?;
    let child = command
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .process_group(0)
        .spawn()
        .with_context(|| format!("{name} (etcd: `apt-get install etcd-server`)"))?;
    Ok(std::fs::write(
        dir.join(format!("{name}.pid")),
        child.id().to_string(),
    )?)
}

fn up(dir: &Path, server: &Path, port: u16, plugins: &[String]) -> anyhow::Result<()> {
    let off: Vec<&str> = PLUGINS_OFF
        .split(',')
        .filter(|plugin| !plugins.iter().any(|on| on == plugin))
        .collect();
    let key = dir.join("sa.key");
    if !key.exists() {
        command(
            Command::new("openssl")
                .args(["genrsa", "-out"])
                .arg(&key)
                .arg("2048")
                .stderr(Stdio::null()),
        )?;
    }
    let tokens = dir.join("tokens.csv");
    std::fs::write(&tokens, format!("{TOKEN},admin,1,\"system:masters\"\n"))?;
    let (clients, peers) = (
        format!("http://127.0.0.1:{}", port + 1),
        format!("http://127.0.0.1:{}", port + 2),
    );
    start(
        dir,
        "etcd",
        Command::new("etcd")
            .arg("--data-dir")
            .arg(dir.join("etcd"))
            .args([
                "--listen-client-urls",
                &clients,
                "--advertise-client-urls",
                &clients,
            ])
            .args([
                "--listen-peer-urls",
                &peers,
                "--initial-advertise-peer-urls",
                &peers,
            ])
            .args([
                "--initial-cluster",
                &format!("default={peers}"),
                "--unsafe-no-fsync",
            ]),
    )?;
    let path = |name: &str| dir.join(name).display().to_string();
    start(
        dir,
        "kube-apiserver",
        Command::new(server).args([
            format!("--etcd-servers={clients}"),
            format!("--secure-port={port}"),
            "--bind-address=127.0.0.1".to_owned(),
            "--advertise-address=192.0.2.1".to_owned(),
            "--endpoint-reconciler-type=none".to_owned(),
            format!("--cert-dir={}", path("certs")),
            format!("--token-auth-file={}", path("tokens.csv")),
            "--authorization-mode=AlwaysAllow".to_owned(),
            "--service-account-issuer=https://kubernetes.default.svc".to_owned(),
            format!("--service-account-key-file={}", path("sa.key")),
            format!("--service-account-signing-key-file={}", path("sa.key")),
            "--service-cluster-ip-range=10.96.0.0/12,fd00:10:96::/108".to_owned(),
            "--allow-privileged=true".to_owned(),
            format!("--disable-admission-plugins={}", off.join(",")),
            "--runtime-config=api/beta=true".to_owned(),
            "--enable-priority-and-fairness=false".to_owned(),
            "--max-requests-inflight=0".to_owned(),
            "--max-mutating-requests-inflight=0".to_owned(),
        ]),
    )?;
    let address = format!("https://127.0.0.1:{port}");
    let started = Instant::now();
    loop {
        // Its certificate is its own, made a moment ago.
        let answer = Command::new("curl")
            .args([
                "-sk",
                "-H",
                &format!("Authorization: Bearer {TOKEN}"),
                &format!("{address}/readyz"),
            ])
            .output()
            .context("curl")?;
        if answer.stdout == b"ok" {
            break;
        }
        if started.elapsed() > Duration::from_secs(60) {
            bail!(
                "the server is not ready after a minute: see {}",
                dir.join("kube-apiserver.log").display()
            );
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    std::fs::write(dir.join("address"), &address)?;
    println!(
        "{address} is ready after {:.1} s; the token is {TOKEN}",
        started.elapsed().as_secs_f64()
    );
    Ok(())
}

fn down(dir: &Path) -> anyhow::Result<()> {
    for name in ["kube-apiserver", "etcd"] {
        let file = dir.join(format!("{name}.pid"));
        let Ok(pid) = std::fs::read_to_string(&file) else {
            continue;
        };
        // The number may be another's by now: only what is still the program we started is stopped.
        let running = std::fs::read_to_string(format!("/proc/{}/cmdline", pid.trim())).unwrap_or_default();
        if running.contains(name) && running.contains(&dir.display().to_string()) {
            command(Command::new("kill").arg(pid.trim()))?;
            for _ in 0..50 {
                if !Path::new(&format!("/proc/{}/fd", pid.trim())).exists() {
                    break;
                }
                std::thread::sleep(Duration::from_millis(100));
            }
        }
        std::fs::remove_file(file)?;
    }
    for gone in [dir.join("etcd"), dir.join("address")] {
        if gone.is_dir() {
            std::fs::remove_dir_all(gone)?;
        } else if gone.exists() {
            std::fs::remove_file(gone)?;
        }
    }
    Ok(())
}
