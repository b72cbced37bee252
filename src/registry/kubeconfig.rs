//! How a cluster is reached: the file that kubectl reads.
//!
//! Upstream: `k8s.io/client-go/tools/clientcmd` (which file, which context) and `plugin/pkg/client/auth/exec`.

use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::{Address, Auth, Credentials, Error, Pem, Result, Trust};

/// A cluster, and who we are there.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// Where the API server is.
    pub address: Address,
    /// How it is known, and how it knows us.
    pub trust: Trust,
    /// What requests carry.
    pub auth: Auth,
    /// The namespace of the context, if it names one.
    pub namespace: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "kebab-case")]
struct Config {
    current_context: String,
    contexts: Vec<Named<Context>>,
    clusters: Vec<Named<Server>>,
    users: Vec<Named<User>>,
}

#[derive(Deserialize)]
struct Named<T> {
    name: String,
    #[serde(alias = "context", alias = "cluster", alias = "user")]
    it: T,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Context {
    cluster: String,
    user: String,
    namespace: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "kebab-case")]
struct Server {
    server: String,
    certificate_authority: Option<PathBuf>,
    certificate_authority_data: Option<String>,
    insecure_skip_tls_verify: bool,
    tls_server_name: Option<String>,
    proxy_url: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "kebab-case")]
struct User {
    token: Option<String>,
    #[serde(alias = "tokenFile")]
    token_file: Option<PathBuf>,
    client_certificate: Option<PathBuf>,
    client_certificate_data: Option<String>,
    client_key: Option<PathBuf>,
    client_key_data: Option<String>,
    username: Option<String>,
    password: Option<String>,
    exec: Option<Exec>,
}

/// A program that knows our token: `aws eks get-token`, `gke-gcloud-auth-plugin`, `kubelogin`.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Exec {
    api_version: String,
    command: String,
    args: Option<Vec<String>>,
    env: Option<Vec<Variable>>,
    install_hint: Option<String>,
    provide_cluster_info: bool,
}

#[derive(Deserialize)]
struct Variable {
    name: String,
    value: String,
}

#[derive(Deserialize)]
struct ExecCredential {
    status: Status,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Status {
    token: Option<String>,
    client_certificate_data: Option<String>,
    client_key_data: Option<String>,
}

/// The files that kubectl would read: the one named, else those of KUBECONFIG, else the user's own.
pub fn files(named: Option<&Path>) -> Vec<PathBuf> {
    if let Some(file) = named {
        return vec![file.to_path_buf()];
    }
    match std::env::var_os("KUBECONFIG").filter(|list| !list.is_empty()) {
        Some(list) => std::env::split_paths(&list)
            .filter(|file| !file.as_os_str().is_empty())
            .collect(),
        None => std::env::var_os("HOME")
            .map(|home| Path::new(&home).join(".kube/config"))
            .into_iter()
            .collect(),
    }
}

impl Cluster {
    /// The cluster of a context, the current one when none is named. The first file that has a name wins, as for kubectl.
    ///
    /// # Errors
    /// A file cannot be read, names nothing of that kind, or asks for what is not supported here.
    pub fn read(files: &[PathBuf], context: Option<&str>) -> Result<Self> {
        let mut read = Vec::new();
        for file in files.iter().filter(|file| file.exists()) {
            let fail = |why: &str| Error::new(format!("cannot read `{}`: {why}", file.display()));
            let text = std::fs::read_to_string(file).map_err(|error| fail(&error.to_string()))?;
            // The sentence of a parser may repeat the text around its place, and with it a token.
            let config: Config = serde_yaml::from_str(&text).map_err(|_| fail("it is not a kubeconfig"))?;
            let folder = file.parent().unwrap_or(Path::new("")).to_path_buf();
            read.push((folder, config));
        }
        if read.is_empty() {
            return match Self::of_this_pod(context) {
                Some(cluster) => cluster,
                None => Err(Error::new(
                    "there is no kubeconfig: give --kubeconfig FILE, or name one in KUBECONFIG",
                )),
            };
        }
        let current = read
            .iter()
            .map(|(_, config)| &*config.current_context)
            .find(|name| !name.is_empty());
        let name = context.or(current).ok_or_else(|| {
            Error::new("the kubeconfig has no current context: name one of its contexts with --context")
        })?;
        let (_, context) = find(&read, "context", name, |config| &config.contexts)?;
        let (folder, server) = find(&read, "cluster", &context.cluster, |config| &config.clusters)?;
        let mut cluster = server.reach(folder)?;
        cluster.namespace = context.namespace.clone().filter(|name| !name.is_empty());
        if !context.user.is_empty() {
            let (folder, user) = find(&read, "user", &context.user, |config| &config.users)?;
            user.log_in(folder, server, &mut cluster)?;
        }
        Ok(cluster)
    }

    /// The cluster that we are a pod of, as its service account; `None` if we are in none, or another context is wanted.
    ///
    /// Upstream: `InClusterConfig` of `k8s.io/client-go/rest`.
    fn of_this_pod(context: Option<&str>) -> Option<Result<Self>> {
        let host = std::env::var("KUBERNETES_SERVICE_HOST").ok()?;
        let port = std::env::var("KUBERNETES_SERVICE_PORT").ok()?;
        let account = Path::new("/var/run/secrets/kubernetes.io/serviceaccount");
        let token = std::fs::read_to_string(account.join("token")).ok()?;
        if context.is_some() {
            return None;
        }
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host
        };
        let namespace = std::fs::read_to_string(account.join("namespace")).ok();
        Some(
            Address::parse(&format!("https://{host}:{port}")).map(|(address, _)| Self {
                address,
                trust: Trust {
                    ca_file: Some(Pem::File(account.join("ca.crt"))),
                    ..Trust::default()
                },
                auth: Auth::Bearer(token.trim().to_owned()),
                namespace: namespace.map(|name| name.trim().to_owned()),
            }),
        )
    }
}

fn find<'c, T>(
    read: &'c [(PathBuf, Config)],
    what: &str,
    name: &str,
    of: impl Fn(&Config) -> &Vec<Named<T>>,
) -> Result<(&'c Path, &'c T)> {
    let mut known = Vec::new();
    for (folder, config) in read {
        for one in of(config) {
            if one.name == name {
                return Ok((folder, &one.it));
            }
            known.push(&*one.name);
        }
    }
    let near = crate::suggest::nearest(name, known.iter().copied());
    let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    Err(Error::new(format!("the kubeconfig has no {what} `{name}`{near}")))
}

impl Server {
    fn reach(&self, folder: &Path) -> Result<Cluster> {
        for (field, value) in [
            ("tls-server-name", &self.tls_server_name),
            ("proxy-url", &self.proxy_url),
        ] {
            if value.as_ref().is_some_and(|value| !value.is_empty()) {
                return Err(Error::new(format!(
                    "the kubeconfig asks for `{field}`, which is not supported here: \
                     run `kubectl proxy`, and name a context whose server is its address"
                )));
            }
        }
        let (address, _) = Address::parse(&self.server)?;
        let ca = pem(
            folder,
            "certificate-authority-data",
            self.certificate_authority.as_deref(),
            self.certificate_authority_data.as_deref(),
        )?;
        Ok(Cluster {
            address,
            trust: Trust {
                ca_file: ca,
                insecure_skip_tls_verify: self.insecure_skip_tls_verify,
                ..Trust::default()
            },
            auth: Auth::None,
            namespace: None,
        })
    }
}

impl User {
    fn log_in(&self, folder: &Path, server: &Server, cluster: &mut Cluster) -> Result<()> {
        cluster.trust.cert_file = pem(
            folder,
            "client-certificate-data",
            self.client_certificate.as_deref(),
            self.client_certificate_data.as_deref(),
        )?;
        cluster.trust.key_file = pem(
            folder,
            "client-key-data",
            self.client_key.as_deref(),
            self.client_key_data.as_deref(),
        )?;
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        if let Some(file) = &self.token_file {
            let file = folder.join(file);
            let token = std::fs::read_to_string(&file)
                .map_err(|error| Error::new(format!("cannot read `{}`: {error}", file.display())))?;
            cluster.auth = Auth::Bearer(token.trim().to_owned());
        } else if let Some(token) = given(&self.token) {
            cluster.auth = Auth::Bearer(token);
        } else if let Some(username) = given(&self.username) {
            let password = self.password.clone().unwrap_or_default();
            cluster.auth = Auth::Basic(Credentials::new(username, password));
        } else if let Some(exec) = &self.exec {
            let status = exec.run(folder, server)?;
            if let Some(token) = given(&status.token) {
                cluster.auth = Auth::Bearer(token);
            }
            if let (Some(cert), Some(key)) = (status.client_certificate_data, status.client_key_data) {
                cluster.trust.cert_file = Some(Pem::Text(cert.into_bytes()));
                cluster.trust.key_file = Some(Pem::Text(key.into_bytes()));
            }
        }
        Ok(())
    }
}

impl Exec {
    /// Runs the program and reads its answer; what it asks the user goes to the terminal.
    fn run(&self, folder: &Path, server: &Server) -> Result<Status> {
        // A path is from the kubeconfig's folder; a bare name is looked up as always.
        let program = if self.command.contains(std::path::MAIN_SEPARATOR) {
            folder.join(&self.command)
        } else {
            PathBuf::from(&self.command)
        };
        let fail = |why: &str| {
            let hint = self.install_hint.as_deref().unwrap_or_default();
            let program = program.display();
            Error::new(format!(
                "`{program}`, which the kubeconfig runs to log in, {why} {hint}"
            ))
        };
        let mut info = serde_json::json!({
            "apiVersion": self.api_version, "kind": "ExecCredential", "spec": { "interactive": false }
        });
        if self.provide_cluster_info {
            info["spec"]["cluster"] = serde_json::json!({
                "server": server.server,
                "certificate-authority-data": server.certificate_authority_data,
                "insecure-skip-tls-verify": server.insecure_skip_tls_verify,
            });
        }
        let output = Command::new(&program)
            .args(self.args.iter().flatten())
            .envs(
                self.env
                    .iter()
                    .flatten()
                    .map(|variable| (&variable.name, &variable.value)),
            )
            .env("KUBERNETES_EXEC_INFO", info.to_string())
            .stderr(std::process::Stdio::inherit())
            .output()
            .map_err(|error| fail(&format!("cannot be run: {error}")))?;
        if !output.status.success() {
            return Err(fail("failed"));
        }
        let credential: ExecCredential =
            serde_json::from_slice(&output.stdout).map_err(|_| fail("did not print an ExecCredential"))?;
        Ok(credential.status)
    }
}

/// A PEM text: in the kubeconfig itself, which wins, or in a file beside it.
fn pem(folder: &Path, field: &str, file: Option<&Path>, data: Option<&str>) -> Result<Option<Pem>> {
    match data.filter(|data| !data.is_empty()) {
        Some(data) => match STANDARD.decode(data.trim()) {
            Ok(text) => Ok(Some(Pem::Text(text))),
            Err(_) => Err(Error::new(format!("`{field}` of the kubeconfig is not base64"))),
        },
        None => Ok(file
            .filter(|file| !file.as_os_str().is_empty())
            .map(|file| Pem::File(folder.join(file)))),
    }
}
