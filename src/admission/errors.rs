//! What the server would answer: `field.ErrorList` of k8s.io/apimachinery, as findings.

use std::fmt::Display;
use std::ops::RangeBounds;

use super::at::At;
use super::cel::Failure;
use super::rules;
use crate::finding::{Anchor, Edit, Finding, Fix, Part, RuleMeta, Severity};
use crate::manifest::{Manifest, Route};
use crate::schema::KubernetesVersion;

/// Most findings of one object; a broken generator does not drown the report.
const MAX_ERRORS: usize = 100;

/// The longest value that a message quotes, in bytes.
const MAX_SHOWN: usize = 80;

/// Collects the findings of one object.
#[derive(Debug)]
pub(super) struct Errors<'v> {
    manifest: &'v Manifest,
    /// The Kubernetes versions that were asked for, oldest first.
    versions: &'v [KubernetesVersion],
    /// What a message says of the versions it holds for; empty when it holds for all that were asked for.
    scope: String,
    /// The object is stored already, and changes.
    is_change: bool,
    found: Vec<Finding>,
}

impl<'v> Errors<'v> {
    pub(super) fn new(manifest: &'v Manifest, versions: &'v [KubernetesVersion]) -> Self {
        Self {
            manifest,
            versions,
            scope: String::new(),
            is_change: false,
            found: Vec::new(),
        }
    }

    /// For the checks of an object that is stored already.
    pub(super) fn of_change(self) -> Self {
        Self {
            is_change: true,
            ..self
        }
    }

    /// Whether the object is stored already: some checks are made of new objects only.
    pub(super) fn is_change(&self) -> bool {
        self.is_change
    }

    pub(super) fn finish(self) -> Vec<Finding> {
        self.found
    }

    /// How many were reported so far: to see whether a check in between found something.
    pub(super) fn len(&self) -> usize {
        self.found.len()
    }

    /// Runs checks that only some minor versions make: `errors.minors(34.., |errors| …)`.
    ///
    /// Not run when none of the versions asked for is among them; what is found says for which it holds when not for
    /// all.
    pub(super) fn minors(&mut self, range: impl RangeBounds<u16>, check: impl FnOnce(&mut Self)) {
        let within: Vec<_> = self
            .versions
            .iter()
            .filter(|version| range.contains(&version.minor))
            .collect();
        if within.is_empty() {
            return;
        }
        let scope = scope(&within, self.versions.len());
        let outer = std::mem::replace(&mut self.scope, scope);
        check(self);
        self.scope = outer;
    }

    fn push(&mut self, rule: &'static RuleMeta, at: &At<'_, '_>, part: Part, what: String) -> Said<'_> {
        let route = at.route();
        // What is missing is shown at the nearest place above that is there.
        let mut anchor = route.clone();
        if part == Part::Missing {
            anchor.pop();
            while self.manifest.at(&anchor).is_none() && anchor.pop().is_some() {}
        }
        self.push_at(rule, &route, anchor, part, what)
    }

    fn push_at(
        &mut self,
        rule: &'static RuleMeta,
        named: &Route,
        anchor: Route,
        part: Part,
        what: String,
    ) -> Said<'_> {
        if self.found.len() >= MAX_ERRORS {
            return Said(None);
        }
        // The root has no name, and the server's for it, `<nil>`, tells nothing.
        let place = match named.steps() {
            [] => String::new(),
            _ => format!("{named}: "),
        };
        let message = format!("{place}{what}{}", self.scope);
        let anchor = Anchor::Route(self.manifest.number, anchor, part);
        self.found.push(Finding::new(rule, anchor, message));
        Said(self.found.last_mut())
    }

    /// `Required value`: the field must be given.
    pub(super) fn required(&mut self, at: &At<'_, '_>, detail: impl Display) -> Said<'_> {
        let part = if at.is_given() { Part::Value } else { Part::Missing };
        self.push(
            &rules::REQUIRED_VALUE,
            at,
            part,
            sentence("Required value", None, detail),
        )
    }

    /// `Invalid value`: the value breaks a rule.
    pub(super) fn invalid(&mut self, at: &At<'_, '_>, detail: impl Display) -> Said<'_> {
        self.with_value(&rules::INVALID_VALUE, "Invalid value", at, detail)
    }

    /// `Invalid value` without the value (`field.OmitValueType`): what is wrong is said of a list or mapping.
    pub(super) fn invalid_whole(&mut self, at: &At<'_, '_>, detail: impl Display) -> Said<'_> {
        let part = if at.is_given() { Part::Value } else { Part::Missing };
        self.push(
            &rules::INVALID_VALUE,
            at,
            part,
            sentence("Invalid value", None, detail),
        )
    }

    /// An admission policy denies the object, or only warns of it.
    pub(super) fn denied(&mut self, at: &At<'_, '_>, message: &str, is_error: bool) -> Said<'_> {
        let said = self.push(&rules::DENIED_BY_POLICY, at, Part::Value, message.to_owned());
        Said(said.0.map(|finding| {
            if !is_error {
                finding.severity = Severity::Warning;
            }
            &mut *finding
        }))
    }

    /// A rule in CEL that this program cannot evaluate: what the server says of the value is not known.
    pub(super) fn not_checked(&mut self, at: &At<'_, '_>, rule: &str, why: &Failure) -> Said<'_> {
        let part = if at.is_given() { Part::Value } else { Part::Missing };
        let what = format!("not checked against a rule, because {why}: {rule}");
        self.push(&rules::RULE_NOT_CHECKED, at, part, what)
    }

    /// `Invalid value` of a key: `map` is what the server names, `value` is at the key.
    pub(super) fn invalid_key(
        &mut self,
        map: &At<'_, '_>,
        value: &At<'_, '_>,
        key: &str,
        detail: impl Display,
    ) -> Said<'_> {
        let what = sentence("Invalid value", Some(quoted(key)), detail);
        self.push_at(
            &rules::INVALID_VALUE,
            &map.route(),
            value.route(),
            Part::Key,
            what,
        )
    }

    /// `Unsupported value`: not one of the words that are allowed.
    pub(super) fn unsupported(&mut self, at: &At<'_, '_>, allowed: &[&str]) -> Said<'_> {
        let mut sorted = allowed.to_vec();
        sorted.sort_unstable();
        let list: Vec<_> = sorted.iter().map(|word| format!("{word:?}")).collect();
        let near = at
            .as_str()
            .and_then(|word| crate::suggest::nearest(word, sorted.iter().copied()));
        let said = self.with_value(
            &rules::UNSUPPORTED_VALUE,
            "Unsupported value",
            at,
            format!("supported values: {}", list.join(", ")),
        );
        let Some(near) = near else { return said };
        let said = said.help(format!("did you mean `{near}`?"));
        if at.as_str().is_some_and(|word| word.eq_ignore_ascii_case(near)) {
            return said.mend(Fix::safe(Edit::Set(at.route(), near.into())));
        }
        said
    }

    /// `Duplicate value`: given before in the same list.
    pub(super) fn duplicate(&mut self, at: &At<'_, '_>) -> Said<'_> {
        self.with_value(&rules::DUPLICATE_VALUE, "Duplicate value", at, "")
    }

    /// `Forbidden`: the field may not be given here.
    pub(super) fn forbidden(&mut self, at: &At<'_, '_>, detail: impl Display) -> Said<'_> {
        let part = if at.is_given() { Part::Key } else { Part::Missing };
        self.push(
            &rules::FORBIDDEN_FIELD,
            at,
            part,
            sentence("Forbidden", None, detail),
        )
    }

    /// `Not found`: the value names something that is not in the object.
    pub(super) fn not_found(&mut self, at: &At<'_, '_>) -> Said<'_> {
        self.with_value(&rules::NOT_FOUND_VALUE, "Not found", at, "")
    }

    /// `Too long`: `max` in bytes.
    pub(super) fn too_long(&mut self, at: &At<'_, '_>, max: usize) -> Said<'_> {
        let what = sentence("Too long", None, format!("may not be more than {max} bytes"));
        self.push(&rules::VALUE_TOO_LONG, at, Part::Value, what)
    }

    /// `Too many`: a list with more than `max` items.
    pub(super) fn too_many(&mut self, at: &At<'_, '_>, max: usize) -> Said<'_> {
        let what = sentence(
            "Too many",
            Some(at.len().to_string()),
            format!("must have at most {max} items"),
        );
        self.push(&rules::TOO_MANY_VALUES, at, Part::Key, what)
    }

    /// `field is immutable`: an update may not change the field. `at` is the place in the new object.
    pub(super) fn immutable(&mut self, at: &At<'_, '_>, detail: impl Display) -> Said<'_> {
        let part = if at.is_given() { Part::Value } else { Part::Missing };
        self.push(
            &rules::IMMUTABLE_FIELD,
            at,
            part,
            sentence("Invalid value", shown(at), detail),
        )
    }

    /// `ValidateNonnegativeField`: a number that is given may not be below 0.
    pub(super) fn not_negative(&mut self, at: &At<'_, '_>) {
        if at.int().is_some_and(|number| number < 0) {
            self.invalid(at, "must be greater than or equal to 0");
        }
    }

    fn with_value(
        &mut self,
        rule: &'static RuleMeta,
        word: &str,
        at: &At<'_, '_>,
        detail: impl Display,
    ) -> Said<'_> {
        let part = if at.is_given() { Part::Value } else { Part::Missing };
        self.push(rule, at, part, sentence(word, shown(at), detail))
    }
}

/// What was just reported, to add what to do.
#[derive(Debug)]
pub(super) struct Said<'e>(Option<&'e mut Finding>);

impl Said<'_> {
    /// Says what to do, in the imperative.
    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Said(self.0.map(|finding| {
            finding.help = Some(help.into().into_boxed_str());
            &mut *finding
        }))
    }

    /// Says how it could be mended.
    fn mend(self, fix: Fix) -> Self {
        Said(self.0.map(|finding| {
            finding.mend(fix);
            &mut *finding
        }))
    }
}

/// What a message says of the versions it holds for, which are in order; nothing when it holds for all that were asked for.
pub(super) fn scope(within: &[&KubernetesVersion], all: usize) -> String {
    match within {
        _ if within.len() == all => String::new(),
        [] => String::new(),
        [only] => format!(" (Kubernetes 1.{})", only.minor),
        [first, .., last] => format!(" (Kubernetes 1.{} to 1.{})", first.minor, last.minor),
    }
}

fn sentence(word: &str, value: Option<String>, detail: impl Display) -> String {
    let detail = detail.to_string();
    let mut parts = vec![word.to_owned()];
    parts.extend(value);
    if !detail.is_empty() {
        parts.push(detail);
    }
    parts.join(": ")
}

/// The value as messages quote it; nothing for what is not given, and for lists and maps, which the excerpt shows.
fn shown(at: &At<'_, '_>) -> Option<String> {
    let node = at.node()?;
    if !node.is_scalar() {
        return None;
    }
    let text = node.str();
    Some(match node.as_str() {
        None if text.len() <= MAX_SHOWN => text.to_owned(),
        _ => quoted(text),
    })
}

/// A text in quotes, cut when it is long.
fn quoted(text: &str) -> String {
    let cut = text.floor_char_boundary(MAX_SHOWN);
    if cut < text.len() {
        format!("{:?}…", &text[..cut])
    } else {
        format!("{text:?}")
    }
}
