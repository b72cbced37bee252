//! What checks of the standards see, and what they answer.

use std::collections::BTreeSet;
use std::fmt;

use super::Level;
use crate::admission::at::At;
use crate::manifest::Route;

/// One check of a standard.
#[derive(Debug)]
pub(super) struct Check {
    /// Its name in k8s.io/pod-security-admission.
    pub(super) id: &'static str,
    /// The laxest level that makes it.
    pub(super) level: Level,
    /// The first minor version of the standard that has it.
    pub(super) since: u16,
    /// The check of the laxer level that it stands for.
    pub(super) replaces: Option<&'static str>,
    /// What to write, in the imperative.
    pub(super) help: &'static str,
    /// Judges a pod by the standard of a minor version.
    pub(super) run: fn(&Pod<'_, '_>, u16) -> Option<Violation>,
}

/// A pod, or a template of pods; its places are routes from there.
#[derive(Debug)]
pub(super) struct Pod<'m, 'p> {
    pub(super) annotations: At<'m, 'p>,
    pub(super) spec: At<'m, 'p>,
    /// Init containers, containers and ephemeral ones, in that order.
    pub(super) containers: Vec<At<'m, 'p>>,
    /// Whether it is a template in another object.
    pub(super) is_template: bool,
}

impl Pod<'_, '_> {
    /// Whether it says that it runs on Windows, where some fields may not be set.
    pub(super) fn is_windows(&self) -> bool {
        self.spec.get("os").get("name").str() == "windows"
    }

    /// Whether root in it is not root on the node (`hostUsers: false`).
    pub(super) fn has_own_users(&self) -> bool {
        self.spec.get("hostUsers").bool() == Some(false)
    }

    /// Those who set a field of the security context (the pod's own, or a container's) to something bad.
    pub(super) fn setters(&self, route: &[&str], is_bad: impl Fn(&At<'_, '_>) -> bool) -> Setters {
        let mut setters = Setters::default();
        let mut look = |owner: &At<'_, '_>| {
            descend(&owner.get("securityContext"), route, &mut |at| {
                let bad = is_bad(at);
                if bad {
                    setters.places.push(at.route());
                }
                bad
            })
        };
        let pod = look(&self.spec);
        let containers = self.containers.iter().filter(|container| look(container));
        let containers = containers
            .map(|container| container.get("name").str().to_owned())
            .collect();
        Setters {
            pod,
            containers,
            ..setters
        }
    }
}

fn descend(at: &At<'_, '_>, route: &[&str], judge: &mut dyn FnMut(&At<'_, '_>) -> bool) -> bool {
    match route {
        [] => judge(at),
        [key, rest @ ..] => descend(&at.get(key), rest, judge),
    }
}

/// Who sets something to a bad value.
#[derive(Debug, Default)]
pub(super) struct Setters {
    pub(super) pod: bool,
    /// Names of containers.
    pub(super) containers: Vec<String>,
    pub(super) places: Vec<Route>,
}

impl Setters {
    pub(super) fn is_empty(&self) -> bool {
        !self.pod && self.containers.is_empty()
    }

    /// `pod and containers "a", "b"`.
    pub(super) fn who(&self) -> String {
        let mut who = Vec::new();
        if self.pod {
            who.push("pod".to_owned());
        }
        if !self.containers.is_empty() {
            who.push(containers(&self.containers));
        }
        who.join(" and ")
    }
}

/// `container "a"`, or `containers "a", "b"`.
pub(super) fn containers(names: &[String]) -> String {
    format!("{} {}", plural("container", names.len()), quoted(names))
}

/// `CheckResult` of a pod that is not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// In short.
    pub reason: String,
    /// Who, and what.
    pub detail: String,
    /// The fields, from the pod; also such as are not there.
    pub(super) places: Vec<Route>,
}

impl fmt::Display for Violation {
    /// As `ForbiddenDetail` puts them together.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.reason, self.detail)
    }
}

impl Violation {
    /// One of these places; none if there are none.
    pub(super) fn at(places: Vec<Route>, reason: &str, detail: impl FnOnce() -> String) -> Option<Self> {
        (!places.is_empty()).then(|| Self {
            reason: reason.to_owned(),
            detail: detail(),
            places,
        })
    }
}

/// `joinQuote`: texts in quotes, not escaped.
pub(super) fn quoted<'a, T: AsRef<str> + 'a>(texts: impl IntoIterator<Item = &'a T>) -> String {
    let texts: Vec<String> = texts
        .into_iter()
        .map(|text| format!("\"{}\"", text.as_ref()))
        .collect();
    texts.join(", ")
}

/// The word for one or several.
pub(super) fn plural(word: &str, count: usize) -> String {
    if count == 1 {
        word.to_owned()
    } else {
        format!("{word}s")
    }
}

/// `uses`, or `use` of several.
pub(super) fn uses(count: usize) -> &'static str {
    if count == 1 { "uses" } else { "use" }
}

/// Texts, each once, in order.
pub(super) type Texts = BTreeSet<String>;
