//! The walk: one object against the fields of its kind, with the semantics of the API server's strict decoder.
//!
//! Types are taken as `encoding/json` takes them into the Go types: null is "not given" anywhere, a whole float is an
//! integer, names are case-sensitive. Of what the OpenAPI document calls required, what the server fills in or never
//! looks at is not reported, and nothing is required below `status`, which a server throws away on create.
//!
//! Invariant: the walk visits every node once, recursion is as deep as the document (bounded by the YAML limits), and
//! findings of one object are bounded by [`MAX_FINDINGS`].

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use plimsoll_yaml::{Kind, NodeRef, Scalar};

use super::bundle::{Bundle, Def, DefId, Type, TypeId, Versions};
use super::explain::{self, Explained, Wanted};
use super::rules;
use super::scalar;
use super::suggest::{self, Frame, Guess, Place};
use crate::finding::{Anchor, Edit, Finding, Fix, Part, RuleMeta, Severity};
use crate::manifest::{ManifestId, Route, Step};

/// Most findings of one object; a broken generator does not drown the report.
const MAX_FINDINGS: usize = 200;

#[derive(Clone, Copy)]
enum Seg<'d> {
    Key(&'d str),
    Index(usize),
}

/// Walks one object.
pub(super) struct Walker<'d> {
    bundle: &'static Bundle<'static>,
    /// The versions that were asked for and serve the kind.
    asked: Versions,
    manifest: ManifestId,
    /// What the object is called in sentences: its kind.
    kind: &'d str,
    path: Vec<Seg<'d>>,
    frames: Vec<Frame<'d>>,
    /// Fields of the root that the server does not take from what is sent.
    kept: &'static [&'static str],
    /// Below one of those.
    lenient: bool,
    /// In a part where unknown fields are dropped without an error.
    dropping: bool,
    findings: Vec<(Finding, Versions)>,
}

impl<'d> Walker<'d> {
    pub(super) fn new(
        bundle: &'static Bundle<'static>,
        asked: Versions,
        manifest: ManifestId,
        kind: &'d str,
    ) -> Self {
        Self {
            bundle,
            asked,
            manifest,
            kind,
            path: Vec::new(),
            frames: Vec::new(),
            kept: &["status"],
            lenient: false,
            dropping: false,
            findings: Vec::new(),
        }
    }

    /// Looks no further than the decoder at these fields of the root.
    pub(super) fn keeping(self, kept: &'static [&'static str]) -> Self {
        Self { kept, ..self }
    }

    /// The findings of the walks so far.
    ///
    /// What holds in several versions for different reasons (an enumeration that grew) is one finding; what does not
    /// hold in all says where it does.
    pub(super) fn finish(self) -> Vec<Finding> {
        let Self {
            bundle,
            asked,
            findings,
            ..
        } = self;
        if findings.iter().all(|(_, holds)| asked.without(*holds).is_empty()) {
            return findings.into_iter().map(|(finding, _)| finding).collect();
        }
        let mut seen: HashMap<(&'static str, Anchor, String), usize> = HashMap::new();
        let mut merged: Vec<(Finding, Versions)> = Vec::with_capacity(findings.len());
        for (finding, holds) in findings {
            let key = (finding.rule.name, finding.at.clone(), finding.message.clone());
            match seen.entry(key) {
                Entry::Occupied(place) => {
                    if let Some(earlier) = merged.get_mut(*place.get()) {
                        earlier.1 = earlier.1.or(holds);
                    }
                }
                Entry::Vacant(place) => {
                    place.insert(merged.len());
                    merged.push((finding, holds));
                }
            }
        }
        merged
            .into_iter()
            .map(|(mut finding, holds)| {
                if !asked.without(holds).is_empty() {
                    finding
                        .message
                        .push_str(&format!(" (in Kubernetes {})", bundle.named(holds)));
                }
                finding
            })
            .collect()
    }

    /// Checks an object against a definition.
    pub(super) fn root(&mut self, node: NodeRef<'d>, def: DefId, versions: Versions) {
        self.object(node, def, versions);
    }

    /// Checks `metadata` of an object whose other fields are checked elsewhere.
    pub(super) fn metadata(&mut self, node: NodeRef<'d>) {
        let name = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
        if let (Some(def), Some(metadata)) = (self.bundle.def_named(name), node.get("metadata")) {
            self.path.push(Seg::Key("metadata"));
            self.value(metadata, Type::Object(def), self.asked);
            self.path.pop();
        }
    }

    /// Checks the `metadata` of an object inside this one.
    pub(super) fn metadata_at(&mut self, root: NodeRef<'d>, route: &Route) {
        let name = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
        let mut node = root;
        for step in route.steps() {
            let next = match step {
                Step::Key(key) => node
                    .merged_entries()
                    .into_iter()
                    .find(|(name, _)| name.str() == &**key)
                    .map(|(name, value)| (Seg::Key(name.str()), value)),
                Step::Index(index) => node
                    .item(*index as usize)
                    .map(|item| (Seg::Index(*index as usize), item)),
            };
            let Some((seg, value)) = next else { break };
            self.path.push(seg);
            node = value;
        }
        if let Some(def) = self.bundle.def_named(name)
            && self.path.len() == route.steps().len()
        {
            self.value(node, Type::Object(def), self.asked);
        }
        self.path.clear();
    }

    fn value(&mut self, node: NodeRef<'d>, ty: Type, versions: Versions) {
        if self.findings.len() >= MAX_FINDINGS {
            return;
        }
        match ty {
            Type::Any => {}
            Type::Object(_) if node.is_null() => {}
            Type::Object(def) => self.object(node, def, versions),
            Type::List(items) => self.list(node, self.bundle.ty(items), versions),
            Type::Map(values) => self.map(node, self.bundle.ty(values), versions),
            Type::SchemaOrBool(def) => {
                if !matches!(scalar_of(node), Some(Scalar::Bool(_))) {
                    self.dropped(node, Type::Object(def), versions);
                }
            }
            Type::SchemaOrList(def) => {
                if node.is_sequence() {
                    for (index, item) in node.items().enumerate() {
                        self.path.push(Seg::Index(index));
                        self.dropped(item, Type::Object(def), versions);
                        self.path.pop();
                    }
                } else {
                    self.dropped(node, Type::Object(def), versions);
                }
            }
            Type::SchemaOrStrings(def) => {
                if node.is_sequence() {
                    self.list(node, Type::String, versions);
                } else {
                    self.dropped(node, Type::Object(def), versions);
                }
            }
            Type::Bool
            | Type::Int32
            | Type::Int64
            | Type::Double
            | Type::String
            | Type::Bytes
            | Type::Time
            | Type::MicroTime
            | Type::IntOrString
            | Type::Quantity
            | Type::Enum(_) => self.scalar(node, ty, versions),
        }
    }

    /// A part whose Go type decodes itself, and forgets to be strict.
    fn dropped(&mut self, node: NodeRef<'d>, ty: Type, versions: Versions) {
        let before = std::mem::replace(&mut self.dropping, true);
        self.value(node, ty, versions);
        self.dropping = before;
    }

    fn list(&mut self, node: NodeRef<'d>, items: Type, versions: Versions) {
        if !node.is_sequence() {
            if !node.is_null() {
                self.wrong_type(node, Wanted::List, versions);
            }
            return;
        }
        for (index, item) in node.items().enumerate() {
            self.path.push(Seg::Index(index));
            match items {
                // An empty item is an object without fields; an empty field is no object at all.
                Type::Object(def) => self.object(item, def, versions),
                _ => self.value(item, items, versions),
            }
            self.path.pop();
        }
    }

    fn map(&mut self, node: NodeRef<'d>, values: Type, versions: Versions) {
        if !node.is_mapping() {
            if !node.is_null() {
                self.wrong_type(node, Wanted::Mapping, versions);
            }
            return;
        }
        for (key, value) in node.merged_entries() {
            self.path.push(Seg::Key(key.str()));
            self.value(value, values, versions);
            self.path.pop();
        }
    }

    fn object(&mut self, node: NodeRef<'d>, id: DefId, versions: Versions) {
        if !node.is_mapping() && !node.is_null() {
            let mut explained = explain::wrong_type(&self.place(), node, Wanted::Mapping);
            if let Some(field) = suggest::scalar_field(self.bundle, versions, id, node) {
                explained.help = explain::as_field(&self.place(), field, node);
            }
            return self.report_value(explained, versions);
        }
        let def = self.bundle.def(id);
        self.frames.push(Frame {
            def: id,
            node,
            depth: self.path.len(),
        });
        // Names that a finding of this object already speaks of: a typo of a required field is not also its absence.
        let mut meant: Vec<&'static str> = Vec::new();
        for (key, value) in node.merged_entries() {
            if self.findings.len() >= MAX_FINDINGS {
                break;
            }
            let name = key.str();
            let mut known = Versions::NONE;
            let was_lenient = self.lenient;
            self.lenient |= self.path.is_empty() && self.kept.contains(&name);
            self.path.push(Seg::Key(name));
            // Entries that differ in something else than the type are one place to walk into.
            let mut alike: Option<(TypeId, Versions)> = None;
            for field in def.field(name) {
                let present = field.present();
                let here = present.and(versions);
                known = known.or(present);
                if here.is_empty() {
                    continue;
                }
                let id = field.type_id();
                if field.is_never_empty()
                    && !self.lenient
                    && let Type::Enum(values) = field.ty()
                    && value.as_str() == Some("")
                {
                    let allowed: Vec<&str> = self.bundle.values(values).collect();
                    let explained = explain::not_allowed(&self.place(), "", allowed.iter().copied());
                    self.report_value(explained, here);
                }
                alike = match alike {
                    Some((last, before)) if last == id => Some((id, before.or(here))),
                    Some((last, before)) => {
                        self.value(value, self.bundle.ty(last), before);
                        Some((id, here))
                    }
                    None => Some((id, here)),
                };
            }
            if let Some((last, here)) = alike {
                self.value(value, self.bundle.ty(last), here);
            }
            self.path.pop();
            self.lenient = was_lenient;
            let unknown = versions.without(known);
            if !unknown.is_empty() {
                self.unknown_field(def, name, value, versions, unknown, known, &mut meant);
            }
        }
        if !self.lenient {
            self.required(node, def, versions, &meant);
        }
        self.frames.pop();
    }

    fn required(&mut self, node: NodeRef<'d>, def: Def<'static>, versions: Versions, meant: &[&str]) {
        for field in def.fields(versions) {
            let required = field.required().and(versions);
            if required.is_empty() {
                continue;
            }
            let name = field.name();
            if self.path.is_empty() && self.kept.contains(&name) {
                continue;
            }
            let found = node.get(name);
            if found.is_some_and(|value| !value.is_null()) || meant.contains(&name) {
                continue;
            }
            let place = match self.path.last() {
                None => format!("every {}", self.kind),
                Some(_) => format!("`{}`", self.place()),
            };
            let (problem, part) = match found {
                Some(_) => ("is empty", Part::Key),
                None => ("is missing", Part::Missing),
            };
            let message = format!("`{name}` is required in {place} and {problem}");
            let help = match field.doc() {
                "" => format!("add `{name}:`"),
                doc => format!("add `{name}:` ({})", doc.trim_end_matches('.')),
            };
            let route = self.route().then(name);
            self.report(
                &rules::SCHEMA_VALIDATION,
                Severity::Error,
                route,
                part,
                message,
                Some(help),
                required,
            );
        }
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "one call, and each is a different thing"
    )]
    fn unknown_field(
        &mut self,
        def: Def<'static>,
        name: &'d str,
        value: NodeRef<'d>,
        versions: Versions,
        unknown: Versions,
        known: Versions,
        meant: &mut Vec<&'static str>,
    ) {
        let place = match self.path.last() {
            None => format!("this {}", self.kind),
            Some(_) => format!("`{}`", self.place()),
        };
        let severity = if self.dropping {
            Severity::Warning
        } else {
            Severity::Error
        };
        let route = self.route().then(name);
        if !known.is_empty() {
            let (message, help) = self.other_version(name, &place, unknown, known);
            // The sentence itself says where it holds.
            return self.report(
                &rules::UNKNOWN_FIELD,
                severity,
                route,
                Part::Key,
                message,
                Some(help),
                self.asked,
            );
        }
        let message = format!("there is no field `{}` in {place}", explain::shown(name));
        let mut fix = None;
        let help = match suggest::guess(self.bundle, versions, &self.frames, name, value) {
            Guess::Typo(typo, is_certain) => {
                meant.push(typo);
                fix = is_certain.then(|| Fix::safe(Edit::Rename(route.clone(), typo.to_owned())));
                format!("did you mean `{typo}`?")
            }
            Guess::Misplaced(places) => {
                meant.extend(
                    places
                        .iter()
                        .filter_map(|place| place.down.first().map(|(field, _)| *field)),
                );
                let names: Vec<String> = places
                    .iter()
                    .map(|place| format!("`{}`", self.at_place(place, name)))
                    .collect();
                match places.first() {
                    Some(place) if place.taken => {
                        format!("remove it: {} is there already", names.join(" or "))
                    }
                    _ => format!("it belongs at {}: check the indentation", names.join(" or at ")),
                }
            }
            Guess::Unknown => {
                let fields: Vec<&str> = def.fields(versions).map(|field| field.name()).collect();
                match fields.len() {
                    0 => format!("remove it: `{}` has no fields", def.short_name()),
                    _ => format!(
                        "check spelling and indentation, or remove it; `{}` has {}",
                        def.short_name(),
                        explain::listed(fields.into_iter())
                    ),
                }
            }
        };
        self.report(
            &rules::UNKNOWN_FIELD,
            severity,
            route,
            Part::Key,
            message,
            Some(help),
            unknown,
        );
        self.mend(fix);
    }

    /// Says how what was just reported could be mended.
    fn mend(&mut self, fix: Option<Fix>) {
        if let (Some(fix), Some((finding, _))) = (fix, self.findings.last_mut()) {
            finding.mend(fix);
        }
    }

    fn other_version(&self, name: &str, place: &str, unknown: Versions, known: Versions) -> (String, String) {
        let without = self.bundle.named(unknown);
        let ends = |versions: Versions| {
            let mut list = self.bundle.list(versions);
            let first = list.next();
            (first, list.next_back().or(first))
        };
        let ((oldest, newest), (since, last)) = (ends(unknown), ends(known));
        match (since, last) {
            (Some(since), _) if newest < Some(since) => (
                format!("the field `{name}` in {place} exists from Kubernetes {since} on, not in {without}"),
                format!("remove it, or require Kubernetes {since}"),
            ),
            (_, Some(last)) if oldest > Some(last) => (
                format!("the field `{name}` in {place} is gone in Kubernetes {without}"),
                format!("remove it; Kubernetes {last} was the last to have it"),
            ),
            _ => (
                format!("Kubernetes {without} has no field `{name}` in {place}"),
                format!("remove it; it is in Kubernetes {}", self.bundle.named(known)),
            ),
        }
    }

    fn scalar(&mut self, node: NodeRef<'d>, ty: Type, versions: Versions) {
        // Go's `[]byte` takes a list of numbers as well as base64.
        let is_byte =
            |item: NodeRef<'_>| item.is_null() || item.as_i64().is_some_and(|byte| (0..=255).contains(&byte));
        if ty == Type::Bytes && node.is_sequence() && node.items().all(is_byte) {
            return;
        }
        let Some(value) = scalar_of(node) else {
            return self.wrong_type(node, wanted(ty), versions);
        };
        match (ty, value) {
            // Go's decoder leaves the zero value where JSON has null.
            (_, Scalar::Null) => {}
            (Type::Bool, Scalar::Bool(_))
            | (Type::String, Scalar::Str(_) | Scalar::Timestamp(_) | Scalar::Binary(_)) => {}
            (Type::Double | Type::Quantity, Scalar::Int(_) | Scalar::Uint(_)) => {}
            // Infinities have no JSON to be sent in.
            (Type::Double | Type::Quantity, Scalar::Float(number)) if number.is_finite() => {}
            (Type::Int32, number) => self.integer(node, number, 32, Wanted::Integer, versions),
            (Type::Int64, number) => self.integer(node, number, 64, Wanted::Integer, versions),
            (Type::IntOrString, Scalar::Str(_) | Scalar::Timestamp(_) | Scalar::Binary(_)) => {}
            (Type::IntOrString, number) => self.integer(node, number, 32, Wanted::IntOrString, versions),
            (Type::Quantity, Scalar::Str(text) | Scalar::Timestamp(text) | Scalar::Binary(text)) => {
                if !scalar::is_quantity(text) {
                    let explained = explain::not_a_quantity(&self.place(), node);
                    self.report_value(explained, versions);
                }
            }
            (Type::Bytes, Scalar::Str(text) | Scalar::Timestamp(text) | Scalar::Binary(text)) => {
                if scalar::base64_error(text).is_some() {
                    let is_secret = self.kind == "Secret";
                    let explained = explain::not_base64(&self.place(), is_secret);
                    self.report_value(explained, versions);
                }
            }
            (
                Type::Time | Type::MicroTime,
                Scalar::Str(text) | Scalar::Timestamp(text) | Scalar::Binary(text),
            ) => {
                let micro = ty == Type::MicroTime;
                // `MicroTime` falls back to no other form, `Time` takes any number of fraction digits.
                if !scalar::is_time(text, micro) {
                    let explained = explain::not_a_time(&self.place(), text, micro);
                    self.report_value(explained, versions);
                }
            }
            (Type::Enum(values), Scalar::Str(text) | Scalar::Timestamp(text) | Scalar::Binary(text)) => {
                // An empty word counts as "not given", which defaulting fills in.
                if !self.lenient && !text.is_empty() && !self.bundle.values(values).any(|value| value == text)
                {
                    let allowed: Vec<&str> = self.bundle.values(values).collect();
                    let explained = explain::not_allowed(&self.place(), text, allowed.iter().copied());
                    self.report_value(explained, versions);
                }
            }
            _ => self.wrong_type(node, wanted(ty), versions),
        }
    }

    fn integer(
        &mut self,
        node: NodeRef<'d>,
        value: Scalar<'d>,
        bits: u8,
        wanted: Wanted,
        versions: Versions,
    ) {
        let (low, high) = if bits == 32 {
            (i64::from(i32::MIN), i64::from(i32::MAX))
        } else {
            (i64::MIN, i64::MAX)
        };
        let fits = match value {
            Scalar::Int(number) => (low..=high).contains(&number),
            Scalar::Uint(_) => false,
            // `1.0` is `1` in the JSON that reaches the server; from 1e21 on it has an exponent.
            Scalar::Float(number) if number.fract() == 0.0 && number.abs() < 1e21 => {
                number >= low as f64 && number < high as f64 + 1.0
            }
            _ => return self.wrong_type(node, wanted, versions),
        };
        if !fits {
            let explained = explain::out_of_range(&self.place(), node.str(), bits);
            self.report_value(explained, versions);
        }
    }

    fn wrong_type(&mut self, node: NodeRef<'d>, wanted: Wanted, versions: Versions) {
        let explained = explain::wrong_type(&self.place(), node, wanted);
        self.report_value(explained, versions);
    }

    fn report_value(&mut self, explained: Explained, holds: Versions) {
        let Explained {
            message,
            help,
            implicit,
            meant,
        } = explained;
        let rule = if implicit {
            &rules::YAML_IMPLICIT_TYPE
        } else {
            &rules::SCHEMA_VALIDATION
        };
        let route = self.route();
        let fix = meant.map(|value| Fix::safe(Edit::Set(route.clone(), value)));
        self.report(
            rule,
            Severity::Error,
            route,
            Part::Value,
            message,
            Some(help),
            holds,
        );
        self.mend(fix);
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "a finding in the making: each is a different thing"
    )]
    fn report(
        &mut self,
        rule: &'static RuleMeta,
        severity: Severity,
        route: Route,
        part: Part,
        message: String,
        help: Option<String>,
        holds: Versions,
    ) {
        if self.findings.len() >= MAX_FINDINGS {
            return;
        }
        let finding =
            Finding::new(rule, Anchor::Route(self.manifest, route, part), message).severity(severity);
        let finding = match help {
            Some(help) => finding.help(help),
            None => finding,
        };
        self.findings.push((finding, holds));
    }

    fn route(&self) -> Route {
        self.path
            .iter()
            .map(|seg| match *seg {
                Seg::Key(key) => Step::from(key),
                Seg::Index(index) => Step::from(index),
            })
            .collect()
    }

    /// The last key of the path with the indices behind it: `containers[0]`.
    fn place(&self) -> String {
        let from = self
            .path
            .iter()
            .rposition(|seg| matches!(seg, Seg::Key(_)))
            .unwrap_or(0);
        let mut text = String::new();
        for seg in &self.path[from..] {
            match seg {
                Seg::Key(key) => text.push_str(&explain::shown(key)),
                Seg::Index(index) => text.push_str(&format!("[{index}]")),
            }
        }
        text
    }

    /// A place elsewhere in this object, as a path.
    fn at_place(&self, place: &Place<'static>, name: &str) -> String {
        let mut text = String::new();
        let mut route = Route::root();
        for seg in self.path.iter().take(place.depth) {
            match *seg {
                Seg::Key(key) => route.push(key),
                Seg::Index(index) => route.push(index),
            }
        }
        text.push_str(&route.to_string());
        for ((field, is_list), single) in place.down.iter().zip(&place.single) {
            if !text.is_empty() {
                text.push('.');
            }
            text.push_str(field);
            if *is_list {
                text.push_str(if *single { "[0]" } else { "[]" });
            }
        }
        if !text.is_empty() {
            text.push('.');
        }
        text + name
    }
}

fn scalar_of(node: NodeRef<'_>) -> Option<Scalar<'_>> {
    (node.kind() == Kind::Scalar).then(|| node.resolve())
}

fn wanted(ty: Type) -> Wanted {
    match ty {
        Type::Bool => Wanted::Bool,
        Type::Int32 | Type::Int64 => Wanted::Integer,
        Type::Double => Wanted::Number,
        Type::IntOrString => Wanted::IntOrString,
        Type::Quantity => Wanted::Quantity,
        Type::List(_) => Wanted::List,
        Type::Map(_) | Type::Object(_) => Wanted::Mapping,
        _ => Wanted::String,
    }
}
