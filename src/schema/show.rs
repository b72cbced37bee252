//! Schemas for people: which kinds there are, and what a kind or one of its fields takes.

use std::fmt::Write as _;

use super::SchemaStore;
use super::bundle::{Bundle, DefId, Field, KindEntry, Scope, Type, Versions};
use super::explain::listed;
use super::structural::{Additional, Node, NodeId, Structural, Ty};
use crate::suggest;

/// A kind in a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedKind {
    /// `apps/v1`, `v1`.
    pub api_version: String,
    /// The kind.
    pub kind: String,
    /// Whether objects live in a namespace; `None` if the file was not read.
    pub namespaced: Option<bool>,
    /// The Kubernetes versions that serve it; empty for kinds of the project's store.
    pub versions: String,
}

impl SchemaStore {
    /// The kinds whose objects can be created: Kubernetes' own of the chosen versions, then those of the project.
    pub fn list(&self) -> Vec<ListedKind> {
        let mut kinds: Vec<ListedKind> = Vec::new();
        let mut last: Option<(KindEntry<'static>, Versions)> = None;
        let mut push = |(entry, present): (KindEntry<'static>, Versions)| {
            kinds.push(ListedKind {
                api_version: entry.api_version(),
                kind: entry.kind.to_owned(),
                namespaced: Some(entry.scope == Scope::Namespaced),
                versions: self.bundle.named(present),
            });
        };
        for entry in self.bundle.kinds().filter(|entry| self.offers(entry)) {
            match &mut last {
                Some((before, present)) if is_same(before, &entry) => *present = present.or(entry.present),
                _ => last
                    .replace((entry, entry.present))
                    .into_iter()
                    .for_each(&mut push),
            }
        }
        last.into_iter().for_each(&mut push);
        let mut own: Vec<ListedKind> = self
            .listed
            .iter()
            .map(|(group, version, kind)| ListedKind {
                api_version: api_version(group, version),
                kind: kind.clone(),
                namespaced: self.custom(group, version, kind).map(|custom| custom.namespaced),
                versions: String::new(),
            })
            .collect();
        own.sort();
        kinds.extend(own);
        kinds
    }

    fn offers(&self, entry: &KindEntry<'_>) -> bool {
        entry.scope != Scope::None && !entry.present.and(self.versions).is_empty()
    }

    /// What a kind takes, or a field of it: `Deployment`, `apps/v1/Deployment.spec.strategy`.
    ///
    /// # Errors
    /// There is no such kind or field; the sentence says what there is.
    pub fn show(&self, wanted: &str) -> Result<String, String> {
        let (api, rest) = wanted
            .rsplit_once('/')
            .map_or((None, wanted), |(api, rest)| (Some(api), rest));
        let mut path = rest.split('.').map(|step| step.trim_end_matches("[]"));
        let kind = path.next().unwrap_or_default();
        let path: Vec<&str> = path.collect();
        let fits = |version: &str| api.is_none_or(|api| api == version);
        let custom = self
            .customs()
            .iter()
            .find(|custom| custom.kind == kind && fits(&api_version(&custom.group, &custom.version)));
        if let Some(custom) = custom {
            let structural = custom
                .structural()
                .ok_or_else(|| format!("the definition of {kind} has no schema"))?;
            let title = format!("{} {kind}", api_version(&custom.group, &custom.version));
            return show_custom(structural, &title, &path);
        }
        let entry = self
            .bundle
            .kinds()
            .filter(|entry| entry.kind == kind && self.offers(entry) && fits(&entry.api_version()))
            .max_by_key(|entry| {
                let is_stable = !entry.version.contains("alpha") && !entry.version.contains("beta");
                // `v1 Event` and `events.k8s.io/v1 Event`: the named group is the newer one.
                (
                    is_stable,
                    entry.present.and(self.versions).newest(),
                    entry.version,
                    entry.group,
                )
            });
        match entry {
            Some(entry) => self.show_builtin(&entry, &path),
            None => Err(self.no_such_kind(kind, api)),
        }
    }

    fn no_such_kind(&self, kind: &str, api: Option<&str>) -> String {
        let kinds = self.list();
        let elsewhere: Vec<&str> = kinds
            .iter()
            .filter(|one| one.kind == kind)
            .map(|one| &*one.api_version)
            .collect();
        if let (Some(api), false) = (api, elsewhere.is_empty()) {
            return format!(
                "there is no {kind} in `{api}`; it is in {}",
                listed(elsewhere.into_iter())
            );
        }
        match suggest::nearest(kind, kinds.iter().map(|one| &*one.kind)) {
            Some(near) => format!("there is no kind `{kind}`; did you mean `{near}`?"),
            None => format!("there is no kind `{kind}`; `plimsoll schema list` shows all"),
        }
    }

    fn show_builtin(&self, entry: &KindEntry<'static>, path: &[&str]) -> Result<String, String> {
        let bundle = self.bundle;
        let mut text = format!("{} {}", entry.api_version(), entry.kind);
        let mut ty = Type::Object(entry.def);
        let mut doc = bundle.def(entry.def).doc();
        for (number, step) in path.iter().enumerate() {
            let def = object_of(bundle, ty).ok_or_else(|| {
                format!(
                    "`{}` has no fields: it is {}",
                    path[..number].join("."),
                    type_name(bundle, ty)
                )
            })?;
            let def = bundle.def(def);
            let field = def
                .field(step)
                .filter(|field| !field.present().and(self.versions).is_empty())
                .max_by_key(|field| field.present().newest())
                .ok_or_else(|| {
                    let known: Vec<&str> = def.fields(self.versions).map(|field| field.name()).collect();
                    no_such_field(step, def.short_name(), &known)
                })?;
            ty = field.ty();
            doc = field.doc();
        }
        if !path.is_empty() {
            let _ = write!(text, "\n{}: {}", path.join("."), type_name(bundle, ty));
        }
        if !doc.is_empty() {
            let _ = write!(text, "\n{doc}");
        }
        text.push('\n');
        let all = bundle
            .versions()
            .fold(Versions::NONE, |all, version| all.or(bundle.only(version)));
        if let Some(def) = object_of(bundle, ty) {
            let fields: Vec<Field<'_>> = bundle.def(def).fields(self.versions).collect();
            let rows = fields.iter().map(|field| {
                let mut notes = String::new();
                if !field.required().and(self.versions).is_empty() {
                    notes.push_str("required. ");
                }
                let entries = bundle.def(def).field(field.name());
                let present = entries.fold(Versions::NONE, |all, entry| all.or(entry.present()));
                if !all.without(present).is_empty() {
                    let _ = write!(notes, "Kubernetes {}. ", bundle.named(present));
                }
                (field.name(), type_name(bundle, field.ty()), notes + field.doc())
            });
            table(&mut text, rows);
        }
        Ok(text)
    }
}

fn is_same(left: &KindEntry<'_>, right: &KindEntry<'_>) -> bool {
    (left.group, left.version, left.kind) == (right.group, right.version, right.kind)
}

fn api_version(group: &str, version: &str) -> String {
    match group {
        "" => version.to_owned(),
        group => format!("{group}/{version}"),
    }
}

fn no_such_field(name: &str, within: &str, known: &[&str]) -> String {
    match suggest::nearest(name, known.iter().copied()) {
        Some(near) => format!("there is no field `{name}` in {within}; did you mean `{near}`?"),
        None => format!(
            "there is no field `{name}` in {within}; it has {}",
            listed(known.iter().copied())
        ),
    }
}

fn object_of(bundle: &Bundle<'_>, ty: Type) -> Option<DefId> {
    match ty {
        Type::Object(def)
        | Type::SchemaOrBool(def)
        | Type::SchemaOrList(def)
        | Type::SchemaOrStrings(def) => Some(def),
        Type::List(inner) | Type::Map(inner) => object_of(bundle, bundle.ty(inner)),
        _ => None,
    }
}

fn type_name(bundle: &Bundle<'_>, ty: Type) -> String {
    match ty {
        Type::Any => "anything".to_owned(),
        Type::Bool => "true or false".to_owned(),
        Type::Int32 => "integer (32 bits)".to_owned(),
        Type::Int64 => "integer (64 bits)".to_owned(),
        Type::Double => "number".to_owned(),
        Type::String => "string".to_owned(),
        Type::Bytes => "base64".to_owned(),
        Type::Time | Type::MicroTime => "time (RFC 3339)".to_owned(),
        Type::IntOrString => "integer or string".to_owned(),
        Type::Quantity => "quantity".to_owned(),
        Type::Object(def) => bundle.def(def).short_name().to_owned(),
        Type::List(inner) => format!("list of {}", type_name(bundle, bundle.ty(inner))),
        Type::Map(inner) => format!("map of {}", type_name(bundle, bundle.ty(inner))),
        Type::Enum(values) => bundle.values(values).collect::<Vec<_>>().join(" | "),
        Type::SchemaOrBool(_) => "schema or boolean".to_owned(),
        Type::SchemaOrList(_) => "schema or list of schemas".to_owned(),
        Type::SchemaOrStrings(_) => "schema or list of strings".to_owned(),
    }
}

fn show_custom(structural: &Structural, title: &str, path: &[&str]) -> Result<String, String> {
    let mut id = structural.root();
    for step in path {
        let within = fields_of(structural, id);
        let node = structural.node(within);
        id = structural.field(within, step).ok_or_else(|| {
            let known: Vec<&str> = node.properties.keys().map(String::as_str).collect();
            no_such_field(step, "it", &known)
        })?;
    }
    let node = structural.node(id);
    let mut text = title.to_owned();
    if !path.is_empty() {
        let _ = write!(text, "\n{}: {}", path.join("."), custom_type(structural, node));
    }
    if !node.doc.is_empty() {
        let _ = write!(text, "\n{}", node.doc);
    }
    text.push('\n');
    let fields = structural.node(fields_of(structural, id));
    let rows = fields.properties.iter().map(|(name, id)| {
        let node = structural.node(*id);
        let mut notes = String::new();
        if fields.required.contains(name) && node.default.is_none() {
            notes.push_str("required. ");
        }
        if let Some(default) = &node.default {
            let _ = write!(notes, "default {default}. ");
        }
        (&**name, custom_type(structural, node), notes + &node.doc)
    });
    table(&mut text, rows);
    Ok(text)
}

/// The schema whose properties a list or map of them leads to.
fn fields_of(structural: &Structural, mut id: NodeId) -> NodeId {
    loop {
        let node = structural.node(id);
        id = match (node.items, node.additional) {
            (Some(items), _) => items,
            (None, Additional::Schema(values)) if node.properties.is_empty() => values,
            _ => return id,
        };
    }
}

fn custom_type(structural: &Structural, node: &Node) -> String {
    if node.int_or_string {
        return "integer or string".to_owned();
    }
    if !node.values.is_empty() {
        let values: Vec<String> = node
            .values
            .iter()
            .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            .collect();
        return values.join(" | ");
    }
    match (node.ty, node.items, node.additional) {
        (Some(Ty::Array), Some(items), _) => {
            format!("list of {}", custom_type(structural, structural.node(items)))
        }
        (Some(Ty::Array), None, _) => "list".to_owned(),
        (Some(Ty::Object), _, Additional::Schema(values)) => {
            format!("map of {}", custom_type(structural, structural.node(values)))
        }
        (Some(Ty::Object), ..) => "mapping".to_owned(),
        (Some(Ty::String), ..) => match &node.format {
            Some(format) => format!("string ({})", format.name),
            None => "string".to_owned(),
        },
        (Some(Ty::Integer), ..) => "integer".to_owned(),
        (Some(Ty::Number), ..) => "number".to_owned(),
        (Some(Ty::Boolean), ..) => "true or false".to_owned(),
        (None, ..) => "anything".to_owned(),
    }
}

/// Rows of name, type and note, the first two in columns.
fn table<'n>(text: &mut String, rows: impl Iterator<Item = (&'n str, String, String)>) {
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return;
    }
    text.push('\n');
    let width = |column: fn(&(&'n str, String, String)) -> usize| rows.iter().map(column).max().unwrap_or(0);
    let (names, types) = (width(|row| row.0.len()), width(|row| row.1.len()).min(40));
    for (name, ty, note) in &rows {
        let line = format!("  {name:names$}  {ty:types$}  {note}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
}
