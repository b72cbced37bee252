//! `apiVersion` and `kind`: is there such a thing, and if not, what was meant.

use super::bundle::{KindEntry, Scope, Versions};
use super::explain::{listed, shown};
use super::removed;
use super::rules;
use super::store::{SchemaStore, UnknownKinds};
use crate::finding::{Anchor, Edit, Finding, Fix, Part, RootKey, RuleMeta, Severity};
use crate::manifest::{Manifest, Route};
use crate::suggest;

fn at(manifest: &Manifest, key: &str, part: Part) -> Anchor {
    Anchor::Route(manifest.number, Route::root().then(key), part)
}

/// Findings for an object whose `apiVersion` or `kind` is missing; empty if both are there.
pub(super) fn missing(manifest: &Manifest, store: &SchemaStore) -> Vec<Finding> {
    let mut findings = Vec::new();
    let id = &manifest.id;
    let place = |missing: RootKey| {
        let key = missing.as_str();
        if manifest.node().get(key).is_some() {
            return at(manifest, key, Part::Key);
        }
        let keys = manifest.node().entries().map(|(key, _)| key.str());
        let others = keys.filter(|key| !matches!(*key, "apiVersion" | "kind"));
        match suggest::nearest(key, others) {
            Some(near) => at(manifest, near, Part::Instead(missing)),
            None => at(manifest, key, Part::Missing),
        }
    };
    if id.api_version.is_empty() {
        let known: Vec<String> = creatable(store)
            .filter(|entry| entry.kind == &*id.kind)
            .map(|entry| entry.api_version())
            .collect();
        let help = match &known[..] {
            [] => "every object starts with `apiVersion:` and `kind:`".to_owned(),
            [.., newest] => format!("add `apiVersion: {newest}`"),
        };
        let message = "`apiVersion` is missing";
        let place = place(RootKey::ApiVersion);
        findings.push(Finding::new(&rules::SCHEMA_VALIDATION, place, message).help(help));
    }
    if id.kind.is_empty() {
        let known: Vec<&str> = creatable(store)
            .filter(|entry| entry.group == id.group() && entry.version == id.version())
            .map(|entry| entry.kind)
            .collect();
        let help = if known.is_empty() {
            "every object starts with `apiVersion:` and `kind:`".to_owned()
        } else {
            format!(
                "add `kind:`; `{}` has {}",
                shown(&id.api_version),
                listed(known.into_iter())
            )
        };
        let place = place(RootKey::Kind);
        findings.push(Finding::new(&rules::SCHEMA_VALIDATION, place, "`kind` is missing").help(help));
    }
    findings
}

/// The built-in kinds of the chosen versions whose objects can be created.
fn creatable(store: &SchemaStore) -> impl Iterator<Item = KindEntry<'static>> {
    let versions = store.versions;
    store
        .bundle
        .kinds()
        .filter(move |entry| entry.scope != Scope::None && !entry.present.and(versions).is_empty())
}

/// A finding for a built-in kind that not every chosen version serves; `present` are all versions that do.
pub(super) fn not_everywhere(manifest: &Manifest, store: &SchemaStore, present: Versions) -> Option<Finding> {
    let id = &manifest.id;
    let absent = store.versions.without(present);
    let newest = store.bundle.list(absent).next_back()?;
    let first = store.bundle.list(present).next()?;
    let name = format!("`{}` {}", id.api_version, id.kind);
    let is_new = first > newest;
    let (rule, message): (&'static RuleMeta, _) = if is_new {
        let absent = store.bundle.named(absent);
        let message = format!("{name} exists from Kubernetes {first} on, not in {absent}");
        (&rules::UNKNOWN_KIND, message)
    } else {
        // The first release without it, whether asked for or not: that is the one people read about.
        let last = store.bundle.list(present).next_back()?;
        let removed = store.bundle.versions().find(|version| *version > last);
        let removed = removed.unwrap_or(newest);
        let message = format!("{name} was removed in Kubernetes {removed}");
        (&rules::DEPRECATED_API, message)
    };
    let removed = removed::find(&id.api_version, &id.kind);
    let replacement = replacement(manifest, store);
    let help = match (&replacement, &removed) {
        (Some((api_version, _)), Some(removed)) if !is_new => removed.help(api_version),
        (None, Some(removed)) if !is_new => removed.help(""),
        (Some((api_version, _)), _) => format!("use `apiVersion: {api_version}`"),
        (None, _) => format!("there is no other version of {} in Kubernetes {newest}", id.kind),
    };
    let is_same = removed.is_none_or(|removed| removed.change.is_empty());
    let fix = match &replacement {
        Some((api_version, served)) if !is_new && is_same && store.versions.without(*served).is_empty() => {
            Some(Fix::safe(Edit::Set(
                manifest.route("apiVersion"),
                api_version.as_str().into(),
            )))
        }
        _ => None,
    };
    let help = match replacement {
        Some((_, served)) if !store.versions.without(served).is_empty() => {
            let which = store.bundle.named(store.versions.and(served));
            format!("{help} (served in Kubernetes {which}; no version of it is served in all)")
        }
        _ => help,
    };
    let mut finding = Finding::new(rule, at(manifest, "apiVersion", Part::Value), message).help(help);
    if let Some(fix) = fix {
        finding.mend(fix);
    }
    Some(finding)
}

/// The `apiVersion` to use for a kind that not every chosen version serves, and where that one is served: of the same
/// group, in as many of the chosen versions as any, stable rather than beta.
fn replacement(manifest: &Manifest, store: &SchemaStore) -> Option<(String, Versions)> {
    let id = &manifest.id;
    let mut served: Vec<(KindEntry<'static>, Versions)> = Vec::new();
    for entry in creatable(store) {
        if entry.kind != &*id.kind || entry.group != id.group() || entry.version == id.version() {
            continue;
        }
        match served.last_mut() {
            Some((last, versions)) if last.version == entry.version => *versions = versions.or(entry.present),
            _ => served.push((entry, entry.present)),
        }
    }
    served
        .into_iter()
        .max_by_key(|(entry, versions)| {
            let stable = !entry.version.contains("alpha") && !entry.version.contains("beta");
            (versions.and(store.versions).len(), stable, entry.version)
        })
        .map(|(entry, versions)| (entry.api_version(), versions))
}

/// A finding for a kind that only exists inside requests: options, subresources.
pub(super) fn not_creatable(manifest: &Manifest) -> Finding {
    let message = format!("no object of kind {} can be created", manifest.id.kind);
    Finding::new(&rules::UNKNOWN_KIND, at(manifest, "kind", Part::Value), message)
        .help("it is a part of requests to the API server, not of manifests: remove it")
}

/// A finding for an object of a version that its definition names and the server does not serve.
pub(super) fn not_served(manifest: &Manifest, store: &SchemaStore) -> Finding {
    let id = &manifest.id;
    let message = format!(
        "`{}` {} is not served: its definition says so",
        id.api_version, id.kind
    );
    let served: Vec<&str> = store
        .customs()
        .iter()
        .filter(|custom| custom.served && custom.group == id.group() && custom.kind == *id.kind)
        .map(|custom| &*custom.version)
        .collect();
    let help = match served.last() {
        Some(version) => format!("use `apiVersion: {}/{version}`", id.group()),
        None => "no version of it is served: set `served: true` for one".to_owned(),
    };
    Finding::new(
        &rules::UNKNOWN_KIND,
        at(manifest, "apiVersion", Part::Value),
        message,
    )
    .help(help)
}

/// A finding for an object of a kind that nothing describes; a custom kind only if such findings are wanted.
pub(super) fn unknown(manifest: &Manifest, store: &SchemaStore) -> Option<Finding> {
    let finding = describe_unknown(manifest, store);
    let is_custom = finding.rule == &rules::UNKNOWN_KIND && finding.severity == Severity::Warning;
    match (is_custom, store.unknown_kinds) {
        (true, UnknownKinds::Ignore) => None,
        (true, UnknownKinds::Error) => Some(finding.severity(Severity::Error)),
        _ => Some(finding),
    }
}

fn describe_unknown(manifest: &Manifest, store: &SchemaStore) -> Finding {
    let id = &manifest.id;
    let (group, version, kind) = (id.group(), id.version(), &*id.kind);
    if let Some(removed) = removed::find(&id.api_version, kind) {
        let message = if removed.is_builtin() {
            format!(
                "`{}` {kind} was removed in Kubernetes {}",
                id.api_version, removed.since
            )
        } else {
            let (project, since) = (removed.project, removed.since);
            format!(
                "`{}` {kind} is not served from {project} {since} on",
                id.api_version
            )
        };
        let mut finding = Finding::new(
            &rules::DEPRECATED_API,
            at(manifest, "apiVersion", Part::Value),
            message,
        )
        .help(removed.help(removed.replacement));
        if removed.change.is_empty() && !removed.replacement.is_empty() && !removed.replacement.contains(' ')
        {
            let edit = Edit::Set(manifest.route("apiVersion"), removed.replacement.into());
            finding.mend(if removed.is_builtin() {
                Fix::safe(edit)
            } else {
                Fix::risky(edit)
            });
        }
        // Which release of another project runs in the cluster is not known here.
        return match removed.is_builtin() {
            true => finding,
            false => finding.severity(Severity::Warning),
        };
    }
    let all: Vec<KindEntry<'static>> = creatable(store).collect();
    let wrong = |key: &str, message: String, help: String| {
        Finding::new(&rules::UNKNOWN_KIND, at(manifest, key, Part::Value), message).help(help)
    };
    let customs = || store.customs().iter().filter(|custom| custom.group == group);
    // A CRD defines the group: its version or kind is misspelled.
    if customs().next().is_some() {
        if let Some(custom) = customs().find(|custom| custom.kind == kind) {
            let message = format!("the definition of {kind} has no version `{}`", shown(version));
            return wrong(
                "apiVersion",
                message,
                format!("use `apiVersion: {group}/{}`", custom.version),
            );
        }
        let message = format!("no definition makes a kind {} in `{group}`", shown(kind));
        let kinds: Vec<&str> = customs().map(|custom| &*custom.kind).collect();
        let help = match suggest::nearest(kind, kinds.iter().copied()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("there are {}", listed(kinds.into_iter())),
        };
        return wrong("kind", message, help).severity(Severity::Warning);
    }
    // Groups without a dot can't be anything but Kubernetes' own.
    let is_builtin_group = all.iter().any(|entry| entry.group == group) || !group.contains('.');
    let near_group = || {
        let groups = all
            .iter()
            .map(|entry| entry.group)
            .filter(|group| group.contains('.'));
        suggest::nearest(group, groups)
    };
    let same_kind: Vec<&KindEntry<'static>> = all.iter().filter(|entry| entry.kind == kind).collect();
    if is_builtin_group {
        let same_group = same_kind.iter().find(|entry| entry.group == group);
        if let Some(entry) = same_group.or_else(|| same_kind.last()) {
            let message = format!("there is no {kind} in `{}`", shown(&id.api_version));
            return wrong(
                "apiVersion",
                message,
                format!("use `apiVersion: {}`", entry.api_version()),
            );
        }
        let here: Vec<&KindEntry<'static>> = all
            .iter()
            .filter(|entry| entry.group == group && entry.version == version)
            .collect();
        let message = format!("there is no kind {} in `{}`", shown(kind), shown(&id.api_version));
        if let Some(nearest) = suggest::nearest(kind, here.iter().map(|entry| entry.kind)) {
            return wrong("kind", message, format!("did you mean `{nearest}`?"));
        }
        if let Some(nearest) = suggest::nearest(kind, all.iter().map(|entry| entry.kind)) {
            let version = all
                .iter()
                .rev()
                .find(|entry| entry.kind == nearest)
                .map(KindEntry::api_version);
            let version = version.unwrap_or_default();
            return wrong(
                "kind",
                message,
                format!("did you mean `{nearest}`, with `apiVersion: {version}`?"),
            );
        }
        let help = if here.is_empty() {
            format!("check the spelling of `{}`", shown(&id.api_version))
        } else {
            format!(
                "`{}` has {}",
                id.api_version,
                listed(here.iter().map(|entry| entry.kind))
            )
        };
        return wrong("kind", message, help);
    }
    if let (Some(near), false) = (near_group(), same_kind.is_empty())
        && let Some(entry) = same_kind.iter().find(|entry| entry.group == near)
    {
        let message = format!("there is no API group `{}`", shown(group));
        return wrong(
            "apiVersion",
            message,
            format!("did you mean `apiVersion: {}`?", entry.api_version()),
        );
    }
    let message = format!(
        "no schema is known for {} in `{}`, so it is not checked",
        shown(kind),
        shown(&id.api_version)
    );
    let help = match near_custom(store, group, version, kind) {
        Some(near) => format!("did you mean {near}?"),
        None => {
            "give its CustomResourceDefinition together with the manifests, or add it to the project with \
                 `plimsoll schema add FILE`"
                .to_owned()
        }
    };
    wrong("kind", message, help).severity(Severity::Warning)
}

/// The kind of a CRD or of the project's store that was most probably meant.
fn near_custom(store: &SchemaStore, group: &str, version: &str, kind: &str) -> Option<String> {
    let defined = store
        .customs()
        .iter()
        .map(|custom| (&*custom.group, &*custom.version, &*custom.kind));
    let listed = store
        .listed
        .iter()
        .map(|(group, version, kind)| (&**group, &**version, &**kind));
    let all: Vec<(&str, &str, &str)> = defined.chain(listed).collect();
    let shown = |(group, version, kind): (&str, &str, &str)| format!("{kind} of `{group}/{version}`");
    let in_group = |wanted: &str| {
        all.iter()
            .copied()
            .filter(move |one| one.0 == wanted)
            .collect::<Vec<_>>()
    };
    let here = in_group(group);
    if let Some(other) = here.iter().rev().find(|one| one.2 == kind) {
        return Some(shown(*other));
    }
    if let Some(near) = suggest::nearest(kind, here.iter().map(|one| one.2)) {
        let same_version = here.iter().find(|one| one.2 == near && one.1 == version);
        return same_version
            .or_else(|| here.iter().rev().find(|one| one.2 == near))
            .copied()
            .map(shown);
    }
    let near = suggest::nearest(group, all.iter().map(|one| one.0))?;
    in_group(near).into_iter().find(|one| one.2 == kind).map(shown)
}
