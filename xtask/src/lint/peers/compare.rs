//! What is compared with what.
//!
//! A check of a peer may be several rules of ours, and a rule several checks: what hangs together is a [`Topic`]. On an
//! object, both sides agree on a topic when some rule of ours answers to each check that fails, and each rule of ours
//! that fires answers to a check that fails. An object counts for a topic when the peer judges it: it says so itself, or
//! either side fires on some object of its kind. What our rules say of an object that the peer cannot read, or does not
//! look at, is not compared.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::bail;
use plimsoll::catalog;
use plimsoll::schema::KubernetesVersion;

use super::ours::Checked;
use super::program::{Answer, Peer, Program};

/// An object as peers name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Object {
    pub(super) kind: String,
    namespace: String,
    name: String,
}

impl Object {
    /// Some peers write the namespace of an object that names none, some do not.
    pub(super) fn new(kind: &str, namespace: &str, name: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            namespace: if namespace == "default" { "" } else { namespace }.to_owned(),
            name: name.to_owned(),
        }
    }
}

impl std::fmt::Display for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind, self.name)
    }
}

/// Which of our rules answer to which checks of one peer.
pub(super) struct Mapping(BTreeMap<String, BTreeSet<&'static str>>);

impl Mapping {
    pub(super) fn of(peer: Peer) -> anyhow::Result<Self> {
        let mut checks: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
        for rule in catalog::all() {
            let of_peer = rule.peers.iter().filter_map(|name| name.split_once(':'));
            let asked =
                of_peer.filter(|(name, check)| *name == peer.as_str() && !peer.cannot_be_asked(check));
            for (_, check) in asked {
                checks.entry(check.to_owned()).or_default().insert(rule.name);
            }
        }
        if checks.is_empty() {
            bail!("no rule names a check of {}", peer.as_str());
        }
        Ok(Self(checks))
    }

    pub(super) fn checks(&self) -> BTreeSet<String> {
        self.0.keys().cloned().collect()
    }

    pub(super) fn rules(&self) -> BTreeSet<&'static str> {
        self.0.values().flatten().copied().collect()
    }

    fn checks_of(&self, rule: &str) -> impl Iterator<Item = &str> {
        let answering = self.0.iter().filter(move |(_, rules)| rules.contains(rule));
        answering.map(|(check, _)| check.as_str())
    }

    /// Checks that share a rule, with those that share a rule with them, and so on.
    fn topics(&self) -> Vec<Topic> {
        let mut topics: Vec<Topic> = Vec::new();
        for (check, rules) in &self.0 {
            let (joined, mut apart): (Vec<_>, Vec<_>) = topics
                .into_iter()
                .partition(|topic| !topic.rules.is_disjoint(rules));
            let mut topic = Topic {
                checks: BTreeSet::from([check.clone()]),
                rules: rules.clone(),
            };
            for other in joined {
                topic.checks.extend(other.checks);
                topic.rules.extend(other.rules);
            }
            apart.push(topic);
            topics = apart;
        }
        topics
    }
}

/// Checks and rules that hang together.
struct Topic {
    checks: BTreeSet<String>,
    rules: BTreeSet<&'static str>,
}

/// A file with both sides' findings.
pub(super) struct Case {
    pub(super) file: PathBuf,
    /// The version of Kubernetes that was asked for, where the peer asks.
    pub(super) kubernetes: Option<KubernetesVersion>,
    pub(super) theirs: Answer,
    pub(super) ours: Checked,
}

/// Which side says that something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    Theirs,
    Ours,
}

/// Something that only one side says.
pub(super) struct Difference<'a> {
    pub(super) side: Side,
    /// The peer's check, or our rule: what fired.
    pub(super) name: &'a str,
    pub(super) object: &'a Object,
    pub(super) case: &'a Case,
}

/// A topic on an object.
pub(super) struct Verdict<'a> {
    /// Whether the file is a test of the peer for a check of the topic, by its name or its folder's.
    pub(super) is_own_test: bool,
    pub(super) fires: bool,
    /// Whether an API server would take the object.
    pub(super) is_accepted: bool,
    /// None when both sides agree.
    pub(super) differences: Vec<Difference<'a>>,
}

/// All verdicts on some files.
pub(super) struct Comparison<'a> {
    pub(super) verdicts: Vec<Verdict<'a>>,
    /// Topics that only our rules judge on some object, and where one of them fires.
    pub(super) only_ours: usize,
    pub(super) files: usize,
    pub(super) objects: usize,
}

impl<'a> Comparison<'a> {
    pub(super) fn of(mapping: &'a Mapping, program: &Program, cases: &'a [Case]) -> Self {
        let topics = mapping.topics();
        let mut verdicts = Vec::new();
        let mut only_ours = 0;
        for topic in &topics {
            let fired: Vec<_> = cases
                .iter()
                .map(|case| (case, theirs(topic, case), ours(topic, case)))
                .collect();
            let kinds: BTreeSet<&str> = fired
                .iter()
                .flat_map(|(_, theirs, ours)| theirs.keys().chain(ours.keys()))
                .map(|object| object.kind.as_str())
                .collect();
            for (case, theirs, ours) in &fired {
                let objects: BTreeSet<&Object> = case.objects().collect();
                for object in objects
                    .into_iter()
                    .filter(|object| kinds.contains(object.kind.as_str()))
                {
                    let none = BTreeSet::new();
                    let theirs = theirs.get(object).unwrap_or(&none);
                    let ours = ours.get(object).unwrap_or(&none);
                    let judges = |check: &String| program.judges(&case.theirs, object, check);
                    if !topic.checks.iter().any(judges) {
                        only_ours += usize::from(!ours.is_empty());
                        continue;
                    }
                    let missed = theirs
                        .iter()
                        .filter(|check| mapping.0[**check].iter().all(|rule| !ours.contains(rule)))
                        .map(|check| (Side::Theirs, *check));
                    let alarms = ours
                        .iter()
                        .filter(|rule| mapping.checks_of(rule).all(|check| !theirs.contains(check)))
                        .map(|rule| (Side::Ours, *rule));
                    let differences = missed.chain(alarms).map(|(side, name)| Difference {
                        side,
                        name,
                        object,
                        case,
                    });
                    verdicts.push(Verdict {
                        is_own_test: topic.checks.iter().any(|check| case.is_test_of(check)),
                        is_accepted: case
                            .ours
                            .objects
                            .get(object)
                            .is_some_and(|known| !known.is_refused()),
                        fires: !theirs.is_empty() || !ours.is_empty(),
                        differences: differences.collect(),
                    });
                }
            }
        }
        Self {
            verdicts,
            only_ours,
            files: cases.len(),
            objects: cases.iter().map(|case| case.ours.objects.len()).sum(),
        }
    }
}

impl Case {
    fn is_test_of(&self, check: &str) -> bool {
        let folder = self.file.parent().and_then(Path::file_name);
        [self.file.file_stem(), folder].contains(&Some(OsStr::new(check)))
    }

    /// The objects that either side knows.
    fn objects(&self) -> impl Iterator<Item = &Object> {
        let theirs = self.theirs.failures.iter().map(|(object, _)| object);
        self.ours.objects.keys().chain(theirs)
    }
}

fn theirs<'a>(topic: &Topic, case: &'a Case) -> BTreeMap<&'a Object, BTreeSet<&'a str>> {
    let mut fired: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for (object, check) in &case.theirs.failures {
        if topic.checks.contains(check) {
            fired.entry(object).or_default().insert(check.as_str());
        }
    }
    fired
}

fn ours<'a>(topic: &Topic, case: &'a Case) -> BTreeMap<&'a Object, BTreeSet<&'a str>> {
    let mut fired: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for (object, rule) in &case.ours.failures {
        if topic.rules.contains(rule) {
            fired.entry(object).or_default().insert(*rule);
        }
    }
    fired
}
