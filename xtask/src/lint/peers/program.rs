//! The programs of the peers: how each is called, and what its JSON says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::str::FromStr;

use anyhow::{Context as _, anyhow};
use serde_json::{Value, json};

use super::compare::Object;
use plimsoll::schema::{Bundle, KubernetesVersion};

/// A linter that our rules name in their metadata, before the colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    KubeLinter,
    KubeScore,
    Polaris,
    Kubeaudit,
    Kubesec,
    Pluto,
}

impl Peer {
    const ALL: [Self; 6] = [
        Self::KubeLinter,
        Self::KubeScore,
        Self::Polaris,
        Self::Kubeaudit,
        Self::Kubesec,
        Self::Pluto,
    ];

    /// Whether a check needs what an offline run does not have.
    pub(super) fn cannot_be_asked(self, check: &str) -> bool {
        self == Self::KubeLinter && check == NEEDS_NETWORK
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::KubeLinter => "kube-linter",
            Self::KubeScore => "kube-score",
            Self::Polaris => "polaris",
            Self::Kubeaudit => "kubeaudit",
            Self::Kubesec => "kubesec",
            Self::Pluto => "pluto",
        }
    }
}

impl FromStr for Peer {
    type Err = anyhow::Error;

    fn from_str(name: &str) -> anyhow::Result<Self> {
        let found = Self::ALL.into_iter().find(|peer| peer.as_str() == name);
        found.with_context(|| format!("no peer is called `{name}`"))
    }
}

/// kube-linter's check that fetches schemas.
const NEEDS_NETWORK: &str = "schema-validation";

/// A check on an object.
pub(super) type Verdict = (Object, String);

/// What a peer says of a file.
#[derive(Default)]
pub(super) struct Answer {
    pub(super) failures: BTreeSet<Verdict>,
    /// The checks that did not fail, where it lists them.
    passes: BTreeSet<Verdict>,
    /// The objects that it read, where it lists those only.
    read: BTreeSet<Object>,
    /// Whether it says that there is something in the file that it cannot read.
    is_cut: bool,
}

impl Answer {
    fn judge(&mut self, object: &Object, check: &str, fails: bool) {
        let verdicts = if fails {
            &mut self.failures
        } else {
            &mut self.passes
        };
        verdicts.insert((object.clone(), check.to_owned()));
    }
}

/// A peer's program with every check enabled.
pub(super) struct Program {
    peer: Peer,
    program: PathBuf,
    args: Vec<String>,
    /// The kinds that a check looks at, where the program tells; others look at all.
    kinds: BTreeMap<String, BTreeSet<String>>,
}

impl Program {
    /// `checks` are those to enable where a peer takes no "all"; `scratch` is where files that it needs are put.
    pub(super) fn new(
        peer: Peer,
        program: &Path,
        checks: &BTreeSet<String>,
        scratch: &Path,
    ) -> anyhow::Result<Self> {
        let args = match peer {
            Peer::KubeLinter => words(&format!(
                "lint --verbose --add-all-built-in --exclude {NEEDS_NETWORK} --format json"
            )),
            Peer::KubeScore => {
                let list = Command::new(program).arg("list").output()?.stdout;
                let list = String::from_utf8(list)?;
                let ids = list.lines().filter_map(|line| line.split(',').next());
                let optional = ids.flat_map(|id| ["--enable-optional-test".to_owned(), id.to_owned()]);
                let newest = Bundle::embedded().versions().next_back();
                let version = newest.map(|newest| format!("--kubernetes-version=v{newest}"));
                let score = words("score -o json").into_iter().chain(version);
                score.chain(optional).collect()
            }
            Peer::Polaris => {
                let checks: serde_json::Map<String, Value> = checks
                    .iter()
                    .map(|check| (check.clone(), json!("danger")))
                    .collect();
                let file = scratch.join("polaris.yaml");
                fs::write(&file, json!({ "checks": checks }).to_string())?;
                let config = file.to_string_lossy().into_owned();
                let mut args = words("audit --format json --config");
                args.extend([config, "--audit-path".to_owned()]);
                args
            }
            Peer::Kubeaudit => words("all --format json --manifest"),
            Peer::Pluto => words("detect -o json"),
            // It fetches a schema for every kind and says nothing of an object without; one that holds for every
            // object leaves only its rules.
            Peer::Kubesec => {
                let file = scratch.join("any.json");
                fs::write(&file, "{}")?;
                vec![
                    "scan".to_owned(),
                    "--schema-location".to_owned(),
                    file.to_string_lossy().into_owned(),
                ]
            }
        };
        Ok(Self {
            peer,
            program: program.to_owned(),
            args,
            kinds: kinds(peer, program)?,
        })
    }

    /// What it says of a file; nothing when it cannot read it.
    pub(super) fn ask(&self, file: &Path, kubernetes: Option<KubernetesVersion>) -> anyhow::Result<Answer> {
        let version = kubernetes.map(|version| format!("--target-versions=k8s=v{version}.0"));
        let output = Command::new(&self.program)
            .args(&self.args)
            .args(version)
            .arg(file)
            .stdin(Stdio::null())
            .env("KUBECONFIG", "/dev/null")
            .output()
            .with_context(|| format!("cannot run {}", self.program.display()))?;
        let answers: Vec<Value> = serde_json::Deserializer::from_slice(&output.stdout)
            .into_iter()
            .map_while(Result::ok)
            .collect();
        let mut answer = Answer {
            is_cut: output.stderr.windows(UNREAD.len()).any(|said| said == UNREAD),
            ..Answer::default()
        };
        for said in &answers {
            match self.peer {
                Peer::KubeLinter => kube_linter(said, &mut answer),
                Peer::KubeScore => kube_score(said, &mut answer),
                Peer::Polaris => polaris(said, &mut answer),
                Peer::Kubeaudit => kubeaudit(said, &mut answer),
                Peer::Kubesec => kubesec(said, &mut answer),
                Peer::Pluto => pluto(said, &mut answer),
            }
            .ok_or_else(|| anyhow!("{}: {file:?}: not understood: {said}", self.peer.as_str()))?;
        }
        Ok(answer)
    }

    /// Whether a check looked at an object, as far as the program tells.
    pub(super) fn judges(&self, answer: &Answer, object: &Object, check: &str) -> bool {
        let verdict = (object.clone(), check.to_owned());
        let looks_at = || {
            self.kinds
                .get(check)
                .is_none_or(|kinds| kinds.contains(&object.kind))
        };
        answer.failures.contains(&verdict)
            || match self.peer {
                Peer::KubeScore | Peer::Polaris => answer.passes.contains(&verdict),
                Peer::Kubesec => answer.read.contains(object) && looks_at(),
                // It lists neither what passes nor what it read, but says when an object cannot be read.
                Peer::KubeLinter => {
                    !(answer.is_cut && answer.failures.iter().all(|(of, _)| of != object)) && looks_at()
                }
                Peer::Kubeaudit => true,
                Peer::Pluto => looks_at(),
            }
    }
}

/// What kube-linter says of an object that it cannot decode.
const UNREAD: &[u8] = b"failed to load object";

/// What kube-linter calls by this name (`pkg/objectkinds/deployment_like.go`).
const DEPLOYMENT_LIKE: [&str; 9] = [
    "Deployment",
    "DaemonSet",
    "DeploymentConfig",
    "StatefulSet",
    "ReplicaSet",
    "Pod",
    "ReplicationController",
    "Job",
    "CronJob",
];

/// The kinds that a peer's checks look at, where a list of it tells.
fn kinds(peer: Peer, program: &Path) -> anyhow::Result<BTreeMap<String, BTreeSet<String>>> {
    let (list, name, kinds) = match peer {
        Peer::Pluto => {
            let known = known_to_pluto(program)?.into_iter().map(|(_, kind)| kind);
            return Ok(BTreeMap::from([(DEPRECATED_API.to_owned(), known.collect())]));
        }
        Peer::KubeLinter => ("checks list --format json", "name", "/scope/objectKinds"),
        Peer::Kubesec => ("print-rules", "id", "/kinds"),
        Peer::KubeScore | Peer::Polaris | Peer::Kubeaudit => return Ok(BTreeMap::new()),
    };
    let output = Command::new(program).args(list.split(' ')).output()?;
    let checks: Value = serde_json::from_slice(&output.stdout)?;
    let of_check = |check: &Value| {
        let kinds = items(check.pointer(kinds).unwrap_or(&Value::Null));
        let mut all = BTreeSet::new();
        for kind in kinds.map(text) {
            match kind {
                "DeploymentLike" => all.extend(DEPLOYMENT_LIKE.map(str::to_owned)),
                "JobLike" => all.extend(["Job".to_owned(), "CronJob".to_owned()]),
                kind => all.extend([kind.to_owned()]),
            }
        }
        (text(&check[name]).to_owned(), all)
    };
    let known = items(&checks).map(of_check);
    Ok(known
        .filter(|(_, kinds): &(_, BTreeSet<String>)| !kinds.contains("Any"))
        .collect())
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn kube_linter(said: &Value, answer: &mut Answer) -> Option<()> {
    for report in items(said.get("Reports")?) {
        let object = &report["Object"]["K8sObject"];
        let kind = text(&object["GroupVersionKind"]["Kind"]);
        let object = Object::new(kind, text(&object["Namespace"]), text(&object["Name"]));
        answer
            .failures
            .insert((object, report["Check"].as_str()?.to_owned()));
    }
    Some(())
}

/// Grades: 1 critical, 5 warning, 7 and 10 are shown as OK.
const WORST_KUBE_SCORE_PASS: u64 = 7;

fn kube_score(said: &Value, answer: &mut Answer) -> Option<()> {
    for scored in items(said) {
        let kind = text(&scored["type_meta"]["kind"]);
        let meta = &scored["object_meta"];
        let object = Object::new(kind, text(&meta["namespace"]), text(&meta["name"]));
        for check in items(&scored["checks"]) {
            let fails = !check["skipped"].as_bool()? && check["grade"].as_u64()? < WORST_KUBE_SCORE_PASS;
            answer.judge(&object, check["check"]["id"].as_str()?, fails);
        }
    }
    Some(())
}

fn polaris(said: &Value, answer: &mut Answer) -> Option<()> {
    for result in items(said.get("Results")?) {
        let object = Object::new(
            text(&result["Kind"]),
            text(&result["Namespace"]),
            text(&result["Name"]),
        );
        let pod = &result["PodResult"];
        let parts = [result, pod].into_iter().chain(items(&pod["ContainerResults"]));
        let verdicts = parts.filter_map(|part| part["Results"].as_object()).flatten();
        for (check, verdict) in verdicts {
            answer.judge(&object, check, !verdict["Success"].as_bool()?);
        }
    }
    Some(())
}

fn kubeaudit(said: &Value, answer: &mut Answer) -> Option<()> {
    let Some(check) = said["AuditResultName"].as_str() else {
        // A line of its log.
        return said.get("level").map(|_| ());
    };
    let object = Object::new(
        text(&said["ResourceKind"]),
        text(&said["ResourceNamespace"]),
        text(&said["ResourceName"]),
    );
    answer.failures.insert((object, check.to_owned()));
    Some(())
}

fn kubesec(said: &Value, answer: &mut Answer) -> Option<()> {
    for scanned in items(said) {
        if !scanned["valid"].as_bool()? {
            continue;
        }
        let (kind, rest) = text(&scanned["object"]).split_once('/')?;
        let (name, namespace) = rest.rsplit_once('.')?;
        // What it calls an object without a name.
        let name = if name == "undefined" { "" } else { name };
        let object = Object::new(kind, namespace, name);
        let scoring = &scanned["scoring"];
        for check in items(&scoring["critical"]).chain(items(&scoring["advise"])) {
            let check = check["id"].as_str()?.to_owned();
            answer.failures.insert((object.clone(), check));
        }
        answer.read.insert(object);
    }
    Some(())
}

/// The `apiVersion` and kind of everything on pluto's list.
pub(in crate::lint) fn known_to_pluto(program: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let output = Command::new(program)
        .args(["list-versions", "-o", "json"])
        .output()?;
    let list: Value = serde_json::from_slice(&output.stdout)?;
    let known = items(&list["deprecated-versions"]);
    let known = known.map(|entry| {
        (
            text(&entry["version"]).to_owned(),
            text(&entry["kind"]).to_owned(),
        )
    });
    Ok(known.filter(|(_, kind)| !kind.is_empty()).collect())
}

/// The one check of pluto, as our rules call it.
const DEPRECATED_API: &str = "deprecated-api";

fn pluto(said: &Value, answer: &mut Answer) -> Option<()> {
    // Where nothing is deprecated, there is no list.
    said.get("target-versions")?;
    for item in items(&said["items"]) {
        let kind = item["api"]["kind"].as_str()?;
        let object = Object::new(kind, text(&item["namespace"]), text(&item["name"]));
        answer.failures.insert((object, DEPRECATED_API.to_owned()));
    }
    Some(())
}
