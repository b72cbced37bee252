//! The programs of the peers: how each is called, and what its JSON says.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::str::FromStr;

use anyhow::{Context as _, anyhow};
use serde_json::{Value, json};

use super::compare::Object;

/// A linter that our rules name in their metadata, before the colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    KubeLinter,
    KubeScore,
    Polaris,
    Kubeaudit,
    Kubesec,
}

impl Peer {
    const ALL: [Self; 5] = [
        Self::KubeLinter,
        Self::KubeScore,
        Self::Polaris,
        Self::Kubeaudit,
        Self::Kubesec,
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

/// A check that failed on an object.
pub(super) type Failure = (Object, String);

/// A peer's program with every check enabled.
pub(super) struct Program {
    peer: Peer,
    program: PathBuf,
    args: Vec<String>,
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
                "lint --add-all-built-in --exclude {NEEDS_NETWORK} --format json"
            )),
            Peer::KubeScore => {
                let list = Command::new(program).arg("list").output()?.stdout;
                let list = String::from_utf8(list)?;
                let ids = list.lines().filter_map(|line| line.split(',').next());
                let optional = ids.flat_map(|id| ["--enable-optional-test".to_owned(), id.to_owned()]);
                words("score -o json").into_iter().chain(optional).collect()
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
        })
    }

    /// The checks that fail on the objects of a file; none when the peer cannot read it.
    pub(super) fn failures(&self, file: &Path) -> anyhow::Result<Vec<Failure>> {
        let output = Command::new(&self.program)
            .args(&self.args)
            .arg(file)
            .stdin(Stdio::null())
            .env("KUBECONFIG", "/dev/null")
            .output()
            .with_context(|| format!("cannot run {}", self.program.display()))?;
        let answers: Vec<Value> = serde_json::Deserializer::from_slice(&output.stdout)
            .into_iter()
            .map_while(Result::ok)
            .collect();
        let mut failures = Vec::new();
        for answer in &answers {
            match self.peer {
                Peer::KubeLinter => kube_linter(answer, &mut failures),
                Peer::KubeScore => kube_score(answer, &mut failures),
                Peer::Polaris => polaris(answer, &mut failures),
                Peer::Kubeaudit => kubeaudit(answer, &mut failures),
                Peer::Kubesec => kubesec(answer, &mut failures),
            }
            .ok_or_else(|| anyhow!("{}: {file:?}: not understood: {answer}", self.peer.as_str()))?;
        }
        Ok(failures)
    }
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

fn kube_linter(answer: &Value, failures: &mut Vec<Failure>) -> Option<()> {
    for report in items(answer.get("Reports")?) {
        let object = &report["Object"]["K8sObject"];
        let kind = text(&object["GroupVersionKind"]["Kind"]);
        let object = Object::new(kind, text(&object["Namespace"]), text(&object["Name"]));
        failures.push((object, report["Check"].as_str()?.to_owned()));
    }
    Some(())
}

/// Grades: 1 critical, 5 warning, 7 and 10 are shown as OK.
const WORST_KUBE_SCORE_PASS: u64 = 7;

fn kube_score(answer: &Value, failures: &mut Vec<Failure>) -> Option<()> {
    for scored in items(answer) {
        let kind = text(&scored["type_meta"]["kind"]);
        let meta = &scored["object_meta"];
        let object = Object::new(kind, text(&meta["namespace"]), text(&meta["name"]));
        for check in items(&scored["checks"]) {
            if !check["skipped"].as_bool()? && check["grade"].as_u64()? < WORST_KUBE_SCORE_PASS {
                failures.push((object.clone(), check["check"]["id"].as_str()?.to_owned()));
            }
        }
    }
    Some(())
}

fn polaris(answer: &Value, failures: &mut Vec<Failure>) -> Option<()> {
    for result in items(answer.get("Results")?) {
        let object = Object::new(
            text(&result["Kind"]),
            text(&result["Namespace"]),
            text(&result["Name"]),
        );
        let pod = &result["PodResult"];
        let parts = [result, pod].into_iter().chain(items(&pod["ContainerResults"]));
        let verdicts = parts.filter_map(|part| part["Results"].as_object()).flatten();
        for (check, verdict) in verdicts {
            if !verdict["Success"].as_bool()? {
                failures.push((object.clone(), check.clone()));
            }
        }
    }
    Some(())
}

fn kubeaudit(answer: &Value, failures: &mut Vec<Failure>) -> Option<()> {
    let Some(check) = answer["AuditResultName"].as_str() else {
        // A line of its log.
        return answer.get("level").map(|_| ());
    };
    let object = Object::new(
        text(&answer["ResourceKind"]),
        text(&answer["ResourceNamespace"]),
        text(&answer["ResourceName"]),
    );
    failures.push((object, check.to_owned()));
    Some(())
}

fn kubesec(answer: &Value, failures: &mut Vec<Failure>) -> Option<()> {
    for scanned in items(answer) {
        let (kind, rest) = text(&scanned["object"]).split_once('/')?;
        let (name, namespace) = rest.rsplit_once('.')?;
        // What it calls an object without a name.
        let name = if name == "undefined" { "" } else { name };
        let scoring = &scanned["scoring"];
        for check in items(&scoring["critical"]).chain(items(&scoring["advise"])) {
            let object = Object::new(kind, namespace, name);
            failures.push((object, check["id"].as_str()?.to_owned()));
        }
    }
    Some(())
}
