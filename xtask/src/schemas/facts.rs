//! `cargo xtask schemas --facts PROGRAM`: what the server's validation enforces of what the documents say.
//!
//! OpenAPI's `required` is what Go's types can't leave out, and its enumerations are what a type's constants are; which
//! of both the server enforces, only its validation knows. So every required field is left out once and every enumeration
//! given a foreign and an empty word, each in a small object made for it, and the server's own code (`oracle/apiserver`)
//! says whether that is what it objects to. Where its answer is unclear, the document is believed.
//!
//! Small objects are often refused for other reasons. So required fields are also left out of whole manifests that the
//! server accepts (`--manifests`): one that is accepted without a field shows that it may be missing, unless another one
//! is refused for just that.
//!
//! The answers are kept in `facts.tsv`, which the bundle is made with; they are those of the newest release.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};
use serde_json::{Map, Value, json};

use super::format::{scope, tag};
use super::model::{Def, FieldShape, Model, Type};
use crate::oracle::Oracle;

/// In how many places a definition is tried before an unclear answer stays unclear.
const PLACES: usize = 4;
/// Deepest object that is made.
const MAX_DEPTH: usize = 12;
/// How often what the server misses elsewhere in an object is filled in.
const REPAIRS: usize = 4;
/// A word no enumeration has.
const FOREIGN: &str = "Foreign-Word";

/// One thing known of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fact {
    /// Called required, and objects without it are accepted.
    MayBeMissing,
    /// An enumeration that takes any word.
    AnyWord,
    /// An enumeration that refuses the empty word, though the field may be missing.
    NotEmpty,
}

const NAMES: &[(Fact, &str)] = &[
    (Fact::MayBeMissing, "may-be-missing"),
    (Fact::AnyWord, "any-word"),
    (Fact::NotEmpty, "not-empty"),
];

/// What is known, by definition and field.
#[derive(Debug, Default)]
pub(crate) struct Facts(BTreeSet<(String, String, Fact)>);

impl Facts {
    /// Reads `facts.tsv`.
    pub(crate) fn read(text: &str) -> anyhow::Result<Self> {
        let mut facts = BTreeSet::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let parts: Vec<&str> = line.split('\t').collect();
            let [def, field, name] = parts[..] else {
                bail!("facts.tsv: `{line}` has not three columns");
            };
            let fact = NAMES.iter().find(|(_, known)| *known == name);
            let (fact, _) = fact.with_context(|| format!("facts.tsv: there is no fact `{name}`"))?;
            facts.insert((def.to_owned(), field.to_owned(), *fact));
        }
        Ok(Self(facts))
    }

    /// Whether a fact is known of a field.
    pub(crate) fn has(&self, def: &str, field: &str, fact: Fact) -> bool {
        let def = def.strip_prefix("io.k8s.").unwrap_or(def);
        self.0.contains(&(def.to_owned(), field.to_owned(), fact))
    }
}

/// One step down into an object.
#[derive(Debug, Clone)]
enum Down {
    Field(String),
    Item,
    Value,
}

/// A place where a definition is used.
#[derive(Debug, Clone)]
struct Place {
    group: String,
    version: String,
    kind: String,
    is_namespaced: bool,
    root: String,
    /// The definition at each object of the way, and the steps down from it.
    way: Vec<(String, Vec<Down>)>,
}

/// What is asked of the server: an object, and the field it is about.
struct Question {
    object: Value,
    path: String,
}

/// What the server said: the fields it named, or nothing if it accepted.
struct Answer {
    errors: BTreeSet<(String, String)>,
    is_accepted: bool,
    /// Refused before any validation, or without saying where.
    is_unreadable: bool,
}

impl Answer {
    fn names(&self, path: &str) -> bool {
        self.errors.iter().any(|(field, _)| {
            field
                .strip_prefix(path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
    }
}

struct Server(Oracle);

impl Server {
    fn start(program: &Path) -> anyhow::Result<Self> {
        Ok(Self(Oracle::start(&mut Command::new(program))?))
    }

    fn ask(&mut self, question: &Question) -> anyhow::Result<Answer> {
        let request = json!({"id": 1, "op": "create", "object": question.object.to_string()});
        let answers: Vec<Value> = self.0.ask(&[request])?;
        let answer = answers.first().context("no answer")?;
        let errors = answer["errors"].as_array().into_iter().flatten();
        let text = |error: &Value, key: &str| error[key].as_str().unwrap_or_default().to_owned();
        let is_accepted = answer["accepted"] == Value::Bool(true);
        let errors: BTreeSet<(String, String)> = errors
            .map(|error| (text(error, "field"), text(error, "type")))
            .collect();
        let is_validated = !matches!(
            answer["stage"].as_str(),
            Some("decode" | "strict" | "parse") | None
        );
        Ok(Answer {
            is_accepted,
            is_unreadable: !is_accepted && (!is_validated || errors.is_empty()),
            errors,
        })
    }
}

/// Asks about everything in a model of one release, and returns the facts as a file.
pub(crate) fn find(model: &Model, program: &Path, manifests: &[Value]) -> anyhow::Result<String> {
    let places = places(model);
    let mut server = Server::start(program)?;
    let mut facts: BTreeSet<(String, String, &str)> = BTreeSet::new();
    let mut unclear = 0;
    for (name, def) in &model.defs {
        let Some(places) = places.get(name) else { continue };
        for (shape, usage) in &def.fields {
            let mut learn = |fact: Fact| {
                let word = NAMES
                    .iter()
                    .find(|(known, _)| *known == fact)
                    .map_or("", |(_, word)| word);
                let def = name.strip_prefix("io.k8s.").unwrap_or(name);
                facts.insert((def.to_owned(), shape.name.clone(), word));
            };
            let mut probe = Probe {
                model,
                server: &mut server,
                places,
                def,
                shape,
            };
            if usage.required != 0 {
                match probe.is_required()? {
                    Some(true) => {}
                    Some(false) => learn(Fact::MayBeMissing),
                    None => {
                        unclear += 1;
                        eprintln!("unclear: {name} {} (required)", shape.name);
                    }
                }
            }
            if let Type::Enum(values) = &shape.ty {
                match probe.is_closed(values)? {
                    Some(true) => {
                        if probe.refuses_empty(values)? {
                            learn(Fact::NotEmpty);
                        }
                    }
                    Some(false) => learn(Fact::AnyWord),
                    None => {
                        unclear += 1;
                        eprintln!("unclear: {name} {} (enumeration)", shape.name);
                    }
                }
            }
        }
    }
    for (def, field) in missing_in(manifests, model, &mut server)? {
        let def = def.strip_prefix("io.k8s.").unwrap_or(&def);
        facts.insert((def.to_owned(), field, "may-be-missing"));
    }
    eprintln!("{} facts, {unclear} fields unclear", facts.len());
    let mut text =
        String::from("# Written by `cargo xtask schemas --facts`, see facts.rs: definition, field, fact.\n");
    for (def, field, fact) in facts {
        text.push_str(&format!("{def}\t{field}\t{fact}\n"));
    }
    Ok(text)
}

/// The required fields without which manifests are accepted, by definition.
fn missing_in(
    manifests: &[Value],
    model: &Model,
    server: &mut Server,
) -> anyhow::Result<BTreeSet<(String, String)>> {
    let (mut missing, mut wanted) = (BTreeSet::new(), BTreeSet::new());
    for object in manifests {
        let text = |key: &str| object[key].as_str().unwrap_or_default();
        let version = text("apiVersion");
        let (group, version) = version.rsplit_once('/').unwrap_or(("", version));
        let is_it = |(of_group, of_version, of_kind): &(String, String, String)| {
            of_group == group && of_version == version && of_kind == text("kind")
        };
        let Some((_, shape)) = model.kinds.keys().find(|(kind, _)| is_it(kind)) else {
            continue;
        };
        let whole = Question {
            object: object.clone(),
            path: String::new(),
        };
        if !server.ask(&whole)?.is_accepted {
            continue;
        }
        let mut found = Vec::new();
        required_in(
            model,
            object,
            &Type::Def(tag::OBJECT, shape.def.clone()),
            &mut String::new(),
            &mut found,
        );
        for (def, field, path) in found {
            let mut without = object.clone();
            let steps = steps(&path);
            if let Some((last, parents)) = steps.split_last()
                && let Some(Value::Object(parent)) = at(&mut without, parents)
            {
                parent.remove(last);
            }
            let answer = server.ask(&Question {
                object: without,
                path: path.clone(),
            })?;
            if answer.is_accepted {
                missing.insert((def, field));
            } else if answer.names(&path) {
                wanted.insert((def, field));
            }
        }
    }
    Ok(missing.difference(&wanted).cloned().collect())
}

/// Every required field that a value holds: its definition, its name, its path. Keys with dots are passed over, for
/// paths do not tell them from steps.
fn required_in(
    model: &Model,
    value: &Value,
    ty: &Type,
    path: &mut String,
    found: &mut Vec<(String, String, String)>,
) {
    let at = path.len();
    match (ty, value) {
        (Type::List(inner), Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                path.push_str(&format!("[{index}]"));
                required_in(model, item, inner, path, found);
                path.truncate(at);
            }
        }
        (Type::Map(inner), Value::Object(fields)) => {
            for (key, value) in fields.iter().filter(|(key, _)| !key.contains(['.', '[', ']'])) {
                path.push_str(&format!("[{key}]"));
                required_in(model, value, inner, path, found);
                path.truncate(at);
            }
        }
        (Type::Def(_, name), Value::Object(fields)) => {
            let Some(def) = model.defs.get(name) else { return };
            for (shape, usage) in &def.fields {
                let Some(value) = fields.get(&shape.name) else {
                    continue;
                };
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(&shape.name);
                if usage.required != 0 {
                    found.push((name.clone(), shape.name.clone(), path.clone()));
                }
                required_in(model, value, &shape.ty, path, found);
                path.truncate(at);
            }
        }
        _ => {}
    }
}

struct Probe<'m> {
    model: &'m Model,
    server: &'m mut Server,
    places: &'m [Place],
    def: &'m Def,
    shape: &'m FieldShape,
}

impl Probe<'_> {
    /// The object of a place with the field set to a value, or without it.
    fn question(&mut self, place: &Place, value: Option<Value>) -> anyhow::Result<Question> {
        let mut question = self.accepted(place)?;
        let steps = steps(&question.path);
        match (value, steps.split_last()) {
            (Some(value), _) => set(&mut question.object, &steps, value),
            (None, Some((last, parents))) => {
                if let Some(Value::Object(parent)) = at(&mut question.object, parents) {
                    parent.remove(last);
                }
            }
            (None, None) => {}
        }
        Ok(question)
    }

    /// The object of a place with a valid value in the field, and with all else that the server then misses, as far as
    /// types tell what that is.
    fn accepted(&mut self, place: &Place) -> anyhow::Result<Question> {
        let mut object = minimal_object(self.model, self.def, 0);
        object.insert(self.shape.name.clone(), self.valid());
        let mut question = place.question(self.model, object, &self.shape.name);
        for _ in 0..REPAIRS {
            let answer = self.server.ask(&question)?;
            let missing = answer
                .errors
                .iter()
                .filter(|(field, kind)| kind == "Required value" && *field != question.path);
            let mut is_repaired = false;
            for (field, _) in missing {
                let steps = steps(field);
                // What is there and still not enough is no place to fill in.
                if at(&mut question.object, &steps).is_some() {
                    continue;
                }
                if let Some(value) = self.value_at(&place.root, &steps) {
                    set(&mut question.object, &steps, value);
                    is_repaired = true;
                }
            }
            if !is_repaired {
                break;
            }
        }
        Ok(question)
    }

    /// A value for a place in an object of a kind.
    fn value_at(&self, root: &str, steps: &[String]) -> Option<Value> {
        let mut ty = &Type::Def(tag::OBJECT, root.to_owned());
        let mut field = "";
        for step in steps {
            ty = match ty {
                Type::Def(_, name) => {
                    let def = self.model.defs.get(name)?;
                    let (shape, _) = def.fields.iter().find(|(shape, _)| shape.name == *step)?;
                    field = &shape.name;
                    &shape.ty
                }
                Type::List(inner) | Type::Map(inner) => inner,
                Type::Simple(_) | Type::Enum(_) => return None,
            };
        }
        Some(minimal(self.model, ty, field, 0))
    }

    fn valid(&self) -> Value {
        minimal(self.model, &self.shape.ty, &self.shape.name, 0)
    }

    fn is_required(&mut self) -> anyhow::Result<Option<bool>> {
        for place in self.places {
            let missing = self.question(place, None)?;
            let without = self.server.ask(&missing)?;
            if without.is_unreadable {
                continue;
            }
            if without.names(&missing.path) {
                return Ok(Some(true));
            }
            if without.is_accepted {
                return Ok(Some(false));
            }
            let with = {
                let valid = self.valid();
                let question = self.question(place, Some(valid))?;
                self.server.ask(&question)?
            };
            if without.errors.difference(&with.errors).next().is_some() {
                return Ok(Some(true));
            }
            // Both are refused for the same reasons; if the field itself was looked at, its absence was no reason.
            let strange = self.question(place, Some(nonsense(&self.shape.ty)))?;
            let zero = self.server.ask(&strange)?;
            if zero.names(&missing.path) && !zero.is_unreadable {
                return Ok(Some(false));
            }
        }
        Ok(None)
    }

    fn is_closed(&mut self, values: &[String]) -> anyhow::Result<Option<bool>> {
        let Some(valid) = values.iter().find(|value| !value.is_empty()) else {
            return Ok(None);
        };
        for place in self.places {
            let foreign = self.question(place, Some(json!(FOREIGN)))?;
            let answer = self.server.ask(&foreign)?;
            if answer.is_unreadable {
                continue;
            }
            if answer.names(&foreign.path) {
                return Ok(Some(true));
            }
            if answer.is_accepted {
                return Ok(Some(false));
            }
            let known = {
                let question = self.question(place, Some(json!(valid)))?;
                self.server.ask(&question)?
            };
            if answer.errors.difference(&known.errors).next().is_some() {
                return Ok(Some(true));
            }
        }
        Ok(None)
    }

    fn refuses_empty(&mut self, values: &[String]) -> anyhow::Result<bool> {
        if values.iter().any(String::is_empty) {
            return Ok(false);
        }
        for place in self.places {
            let empty = self.question(place, Some(json!("")))?;
            let answer = self.server.ask(&empty)?;
            if answer.is_unreadable {
                continue;
            }
            let missing = {
                let question = self.question(place, None)?;
                self.server.ask(&question)?
            };
            return Ok(answer.names(&empty.path) && !missing.names(&empty.path));
        }
        Ok(false)
    }
}

impl Place {
    /// Puts an object at this place into an object of the kind; `field` is the one asked about.
    fn question(&self, model: &Model, mut object: Map<String, Value>, field: &str) -> Question {
        let mut path = String::new();
        for (_, downs) in &self.way {
            for down in downs {
                match down {
                    Down::Field(name) if path.is_empty() => path.push_str(name),
                    Down::Field(name) => path.push_str(&format!(".{name}")),
                    Down::Item => path.push_str("[0]"),
                    Down::Value => path.push_str("[a]"),
                }
            }
        }
        for (def, downs) in self.way.iter().rev() {
            let mut value = Value::Object(object);
            let steps = downs.iter().rev();
            object = Map::new();
            for down in steps {
                match down {
                    Down::Item => value = json!([value]),
                    Down::Value => value = json!({"a": value}),
                    Down::Field(name) => {
                        let outer = model.defs.get(def);
                        object = outer.map_or_else(Map::new, |outer| minimal_object(model, outer, 0));
                        object.insert(name.clone(), value);
                        break;
                    }
                }
            }
        }
        let api_version = match &*self.group {
            "" => self.version.clone(),
            group => format!("{group}/{}", self.version),
        };
        object.insert("apiVersion".to_owned(), json!(api_version));
        object.insert("kind".to_owned(), json!(self.kind));
        let metadata = object.entry("metadata").or_insert_with(|| json!({}));
        metadata["name"] = json!("a");
        if self.is_namespaced {
            metadata["namespace"] = json!("default");
        }
        let path = match path.is_empty() {
            true => field.to_owned(),
            false => format!("{path}.{field}"),
        };
        Question {
            object: Value::Object(object),
            path,
        }
    }
}

/// The steps of a path as the server writes it: `spec.ports[0].name`.
fn steps(path: &str) -> Vec<String> {
    let parts = path.split(['.', '[', ']']).filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

fn at<'v>(mut value: &'v mut Value, steps: &[String]) -> Option<&'v mut Value> {
    for step in steps {
        value = match value {
            Value::Array(items) => items.get_mut(step.parse::<usize>().ok()?)?,
            other => other.get_mut(step)?,
        };
    }
    Some(value)
}

/// Sets a place whose parents are there, or are objects that can be made.
fn set(mut value: &mut Value, steps: &[String], new: Value) {
    for step in steps {
        value = match value {
            Value::Array(items) => match step.parse::<usize>().ok().and_then(|index| items.get_mut(index)) {
                Some(item) => item,
                None => return,
            },
            Value::Object(fields) => fields.entry(step.clone()).or_insert_with(|| json!({})),
            _ => return,
        };
    }
    *value = new;
}

/// For each definition the places nearest to a kind that can be created.
fn places(model: &Model) -> BTreeMap<String, Vec<Place>> {
    let mut found: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    let mut queue: VecDeque<(String, Place)> = VecDeque::new();
    for ((group, version, kind), shape) in model.kinds.keys() {
        if shape.scope == scope::NONE {
            continue;
        }
        let place = Place {
            group: group.clone(),
            version: version.clone(),
            kind: kind.clone(),
            is_namespaced: shape.scope == scope::NAMESPACED,
            root: shape.def.clone(),
            way: Vec::new(),
        };
        queue.push_back((shape.def.clone(), place));
    }
    while let Some((name, place)) = queue.pop_front() {
        let known = found.entry(name.clone()).or_default();
        if known.len() >= PLACES || place.way.len() > MAX_DEPTH {
            continue;
        }
        known.push(place.clone());
        let Some(def) = model.defs.get(&name) else {
            continue;
        };
        for shape in def.fields.keys() {
            let is_root = name == place.root && place.way.is_empty();
            if is_root && shape.name == "status" || shape.name == "managedFields" {
                continue;
            }
            let mut downs = vec![Down::Field(shape.name.clone())];
            let mut ty = &shape.ty;
            let target = loop {
                match ty {
                    Type::List(items) => {
                        downs.push(Down::Item);
                        ty = items;
                    }
                    Type::Map(values) => {
                        downs.push(Down::Value);
                        ty = values;
                    }
                    Type::Def(tag::OBJECT, target) => break Some(target),
                    _ => break None,
                }
            };
            // A definition inside itself says nothing new.
            if let Some(target) = target.filter(|target| place.way.iter().all(|(def, _)| def != *target)) {
                let mut below = place.clone();
                below.way.push((name.clone(), downs));
                queue.push_back((target.clone(), below));
            }
        }
    }
    found
}

/// A value of a type that is as likely as any to be accepted.
fn minimal(model: &Model, ty: &Type, field: &str, depth: usize) -> Value {
    match ty {
        Type::Simple(tag::BOOL) => json!(true),
        Type::Simple(tag::INT32 | tag::INT64 | tag::DOUBLE | tag::INT_OR_STRING) => json!(1),
        Type::Simple(tag::QUANTITY) => json!("1"),
        Type::Simple(tag::BYTES) => json!("YQ=="),
        Type::Simple(tag::TIME) => json!("2026-01-01T00:00:00Z"),
        Type::Simple(tag::MICRO_TIME) => json!("2026-01-01T00:00:00.000000Z"),
        Type::Simple(tag::STRING) => match field {
            "apiVersion" => json!("v1"),
            "kind" => json!("Pod"),
            field if field.ends_with("Path") || field == "path" => json!("/a"),
            _ => json!("a"),
        },
        Type::Enum(values) => json!(values.iter().find(|value| !value.is_empty())),
        Type::List(items) => json!([minimal(model, items, field, depth + 1)]),
        Type::Map(values) => json!({"a": minimal(model, values, field, depth + 1)}),
        Type::Def(tag::OBJECT, name) => match model.defs.get(name) {
            Some(def) if depth < MAX_DEPTH => Value::Object(minimal_object(model, def, depth + 1)),
            _ => json!({}),
        },
        Type::Simple(_) | Type::Def(..) => json!({}),
    }
}

/// An object with nothing but what its document calls required.
fn minimal_object(model: &Model, def: &Def, depth: usize) -> Map<String, Value> {
    let required = def.fields.iter().filter(|(_, usage)| usage.required != 0);
    required
        .map(|(shape, _)| (shape.name.clone(), minimal(model, &shape.ty, &shape.name, depth)))
        .collect()
}

/// A value that decodes as a type and means nothing, so that whoever looks at the field objects.
fn nonsense(ty: &Type) -> Value {
    match ty {
        Type::Simple(tag::STRING) | Type::Enum(_) => json!("\u{7f}/ \u{7f}"),
        Type::Simple(tag::INT32 | tag::INT64 | tag::DOUBLE | tag::INT_OR_STRING) => json!(-7),
        Type::Simple(tag::QUANTITY) => json!("-1"),
        Type::List(items) => json!([nonsense(items)]),
        Type::Map(values) => json!({"\u{7f}/ ": nonsense(values)}),
        _ => json!({}),
    }
}
