//! A decoded object against its structural schema, in the order and with the verdicts of the API server.
//!
//! Upstream: `pkg/validation/validate` of k8s.io/kube-openapi (`type.go`, `schema_props.go`, `validator.go`,
//! `object_validator.go`) and `pkg/apiserver/schema/listtype` of k8s.io/apiextensions-apiserver.

use std::collections::BTreeMap;

use plimsoll_yaml::NodeRef;
use serde_json::{Map, Value};

use super::{Additional, Node, NodeId, Structural, Ty};
use crate::finding::Part;
use crate::manifest::Route;
use crate::schema::bundle::ListKind;
use crate::schema::explain::{self, Wanted};
use crate::schema::json::{Mismatch, MismatchKind, at, counted, noun, place};
use crate::schema::strfmt;

/// Most mismatches of one object.
const MAX_MISMATCHES: usize = 100;
/// Most schemas held against values of one object: branches inside branches multiply.
const MAX_STEPS: u32 = 2_000_000;

/// What is wrong with a decoded object. `node` is the YAML it was read from, for words about how YAML reads it.
pub(in crate::schema) fn check(schema: &Structural, object: &Value, node: NodeRef<'_>) -> Vec<Mismatch> {
    let mut checker = Checker {
        schema,
        root: node,
        path: Route::root(),
        steps: 0,
    };
    let mut found = Vec::new();
    checker.value(object, schema.root(), &mut found);
    checker.beyond(object, schema.root(), &mut found);
    found
}

/// As [`check`], but without what holds for objects alone: that lists of sets and maps have nothing twice, and what embedded
/// objects must have. So the server looks at defaults.
pub(in crate::schema) fn check_value(schema: &Structural, value: &Value, node: NodeRef<'_>) -> Vec<Mismatch> {
    let mut checker = Checker {
        schema,
        root: node,
        path: Route::root(),
        steps: 0,
    };
    let mut found = Vec::new();
    checker.value(value, schema.root(), &mut found);
    found
}

struct Checker<'s, 'd> {
    schema: &'s Structural,
    root: NodeRef<'d>,
    path: Route,
    steps: u32,
}

impl<'s> Checker<'s, '_> {
    fn place(&self) -> String {
        place(&self.path)
    }

    fn push(&self, found: &mut Vec<Mismatch>, message: String, help: Option<String>) {
        self.push_at(
            found,
            self.path.clone(),
            Part::Value,
            MismatchKind::Other,
            message,
            help,
        );
    }

    fn push_at(
        &self,
        found: &mut Vec<Mismatch>,
        route: Route,
        part: Part,
        kind: MismatchKind,
        message: String,
        help: Option<String>,
    ) {
        if found.len() < MAX_MISMATCHES {
            found.push(Mismatch {
                route,
                part,
                kind,
                message,
                help,
            });
        }
    }

    fn value(&mut self, value: &Value, id: NodeId, found: &mut Vec<Mismatch>) {
        self.steps += 1;
        if self.steps > MAX_STEPS || found.len() >= MAX_MISMATCHES {
            return;
        }
        let node = self.schema.node(id);
        if value.is_null() {
            if (node.ty.is_some() || node.int_or_string) && !node.nullable {
                self.wrong_type(value, node, found);
            }
            return self.allowed(value, node, found);
        }
        if !fits(value, node) {
            self.wrong_type(value, node, found);
        }
        self.junctors(value, node, found);
        match value {
            Value::String(text) => self.string(text, node, found),
            Value::Number(_) => self.number(value, node, found),
            Value::Array(items) => self.array(items, node, found),
            _ => {}
        }
        self.allowed(value, node, found);
        if let Value::Object(fields) = value {
            self.object(fields, node, found);
        }
    }

    fn wrong_type(&self, value: &Value, node: &Node, found: &mut Vec<Mismatch>) {
        let wanted = wanted(node);
        let place = self.place();
        match at(self.root, &self.path) {
            Some(yaml) => {
                let explained = explain::wrong_type(&place, yaml, wanted);
                let kind = if explained.implicit {
                    MismatchKind::ImplicitType
                } else {
                    MismatchKind::Other
                };
                let route = self.path.clone();
                self.push_at(
                    found,
                    route,
                    Part::Value,
                    kind,
                    explained.message,
                    Some(explained.help),
                );
            }
            None => {
                let message = format!("`{place}` must be {}, but here is {}", wanted.noun(), noun(value));
                self.push(found, message, None);
            }
        }
    }

    fn allowed(&self, value: &Value, node: &Node, found: &mut Vec<Mismatch>) {
        // The server compares null with nothing, so where there is an enumeration null is never in it.
        let is_equal = |one: &Value| !one.is_null() && same(value, one);
        if node.values.is_empty() || !value.is_null() && node.values.iter().any(is_equal) {
            return;
        }
        let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let values: Vec<String> = node
            .values
            .iter()
            .filter(|value| !value.is_null())
            .map(shown)
            .collect();
        let explained = explain::not_allowed(&self.place(), &shown(value), values.iter().map(String::as_str));
        self.push(found, explained.message, Some(explained.help));
    }

    fn string(&self, text: &str, node: &Node, found: &mut Vec<Mismatch>) {
        let here = || Some(format!("here is \"{}\"", explain::shown(text)));
        let len = text.chars().count() as u64;
        let place = self.place();
        if let Some(most) = node.max_length.filter(|most| len > *most) {
            let message = format!("`{place}` must have at most {}", counted(most, "character"));
            self.push(found, message, here());
        } else if let Some(least) = node.min_length.filter(|least| len < *least) {
            let message = format!("`{place}` must have at least {}", counted(least, "character"));
            self.push(found, message, here());
        } else if let Some(pattern) = node.pattern.as_ref().filter(|pattern| !pattern.is_match(text)) {
            let message = format!("`{place}` must match the pattern `{}`", pattern.text);
            self.push(found, message, here());
        }
        let is_text = matches!(node.ty, None | Some(Ty::String)) && !node.int_or_string;
        if let Some(format) = node.format.as_ref().filter(|_| is_text)
            && strfmt::has_format(&format.plain, text) == Some(false)
        {
            let message = format!("`{place}` must be in the format `{}`", format.name);
            let help = match strfmt::example(&format.plain) {
                Some(example) => Some(format!("write it as in `{example}`")),
                None => here(),
            };
            self.push(found, message, help);
        }
    }

    fn number(&self, value: &Value, node: &Node, found: &mut Vec<Mismatch>) {
        let Some(number) = value.as_f64() else { return };
        let place = self.place();
        let here = || Some(format!("here is {value}"));
        if node.ty == Some(Ty::Integer) && !node.int_or_string {
            let bits = match node.format.as_ref().map(|format| &*format.plain) {
                Some("int32") => 32,
                _ => 64,
            };
            let fits = match value.as_i64() {
                Some(number) => bits == 64 || i32::try_from(number).is_ok(),
                None => !value.is_u64() && number.abs() < 9.2e18,
            };
            if !fits {
                let explained = explain::out_of_range(&place, &value.to_string(), bits);
                self.push(found, explained.message, Some(explained.help));
            }
        }
        if let Some(factor) = node.multiple_of {
            let is_multiple = match (value.as_i64(), factor.fract() == 0.0 && factor < 9e15) {
                (Some(number), true) => number % (factor as i64) == 0,
                _ => (number / factor).fract() == 0.0,
            };
            if !is_multiple {
                self.push(found, format!("`{place}` must be a multiple of {factor}"), here());
            }
        }
        if let Some(most) = node.maximum {
            let (wrong, words) = if node.exclusive_maximum {
                (number >= most, "less than")
            } else {
                (number > most, "at most")
            };
            if wrong {
                self.push(found, format!("`{place}` must be {words} {most}"), here());
            }
        }
        if let Some(least) = node.minimum {
            let (wrong, words) = if node.exclusive_minimum {
                (number <= least, "greater than")
            } else {
                (number < least, "at least")
            };
            if wrong {
                self.push(found, format!("`{place}` must be {words} {least}"), here());
            }
        }
    }

    fn array(&mut self, items: &[Value], node: &Node, found: &mut Vec<Mismatch>) {
        if let Some(id) = node.items {
            for (index, item) in items.iter().enumerate() {
                self.path.push(index);
                self.value(item, id, found);
                self.path.pop();
            }
        }
        let len = items.len() as u64;
        let here = || Some(format!("here are {}", counted(len, "item")));
        if let Some(least) = node.min_items.filter(|least| len < *least) {
            let message = format!("`{}` must have at least {}", self.place(), counted(least, "item"));
            self.push(found, message, here());
        }
        if let Some(most) = node.max_items.filter(|most| len > *most) {
            let message = format!("`{}` must have at most {}", self.place(), counted(most, "item"));
            self.push(found, message, here());
        }
        if node.unique_items && first_repeated(items.iter().map(Some)).is_some() {
            self.push(found, format!("`{}` has the same item twice", self.place()), None);
        }
    }

    fn object(&mut self, fields: &Map<String, Value>, node: &'s Node, found: &mut Vec<Mismatch>) {
        let len = fields.len() as u64;
        let here = || Some(format!("here are {}", counted(len, "field")));
        if let Some(least) = node.min_properties.filter(|least| len < *least) {
            let message = format!(
                "`{}` must have at least {}",
                self.place(),
                counted(least, "field")
            );
            self.push(found, message, here());
        }
        if let Some(most) = node.max_properties.filter(|most| len > *most) {
            let message = format!("`{}` must have at most {}", self.place(), counted(most, "field"));
            self.push(found, message, here());
        }
        for (name, value) in fields {
            let id = match (node.properties.get(name), node.additional) {
                (Some(&property), _) => property,
                (None, Additional::Schema(values)) => values,
                (None, _) => continue,
            };
            self.path.push(name.as_str());
            self.value(value, id, found);
            self.path.pop();
        }
        for name in node.required.iter().filter(|name| !fields.contains_key(*name)) {
            let within = match self.path.steps() {
                [] => String::new(),
                _ => format!(" in `{}`", self.place()),
            };
            let doc = node.properties.get(name).map(|id| &*self.schema.node(*id).doc);
            let help = match doc.unwrap_or_default().trim_end_matches('.') {
                "" => format!("add `{name}:`"),
                doc => format!("add `{name}:` ({doc})"),
            };
            let message = format!("`{name}` is required{within} and is missing");
            let route = self.path.then(name.as_str());
            self.push_at(
                found,
                route,
                Part::Missing,
                MismatchKind::Other,
                message,
                Some(help),
            );
        }
    }

    /// `anyOf`, `oneOf`, `allOf`, `not`.
    fn junctors(&mut self, value: &Value, node: &'s Node, found: &mut Vec<Mismatch>) {
        for &branch in &node.all_of {
            self.value(value, branch, found);
        }
        // The two branches that every int-or-string repeats say what its type says already.
        let says_nothing = node.any_of.is_empty() || node.int_or_string && self.repeats_type(&node.any_of);
        if !says_nothing {
            let failures: Vec<Vec<Mismatch>> = self.failures(value, &node.any_of);
            if failures.iter().all(|failure| !failure.is_empty()) {
                self.none_fits(value, &failures, found);
            }
        }
        if !node.one_of.is_empty() {
            let failures = self.failures(value, &node.one_of);
            let fitting = failures.iter().filter(|failure| failure.is_empty()).count();
            if fitting == 0 {
                self.none_fits(value, &failures, found);
            } else if fitting > 1 {
                self.several_fit(value, &node.one_of, &failures, found);
            }
        }
        if let Some(not) = node.not {
            let mut inner = Vec::new();
            self.value(value, not, &mut inner);
            if inner.is_empty() {
                let excluded = &self.schema.node(not).required;
                let help = match &excluded[..] {
                    [] => None,
                    names => Some(format!(
                        "remove {}",
                        explain::listed(names.iter().map(String::as_str))
                    )),
                };
                let message = format!("`{}` has a form that its schema excludes", self.place());
                self.push(found, message, help);
            }
        }
    }

    fn repeats_type(&self, branches: &[NodeId]) -> bool {
        branches
            .iter()
            .all(|&id| matches!(self.schema.node(id).ty, Some(Ty::Integer | Ty::String)))
    }

    fn failures(&mut self, value: &Value, branches: &[NodeId]) -> Vec<Vec<Mismatch>> {
        branches
            .iter()
            .map(|&branch| {
                let mut failure = Vec::new();
                self.value(value, branch, &mut failure);
                failure
            })
            .collect()
    }

    /// No branch fits: what the nearest one wants, or what they want together.
    fn none_fits(&self, value: &Value, failures: &[Vec<Mismatch>], found: &mut Vec<Mismatch>) {
        let depth = self.path.steps().len();
        let mut missing: Vec<&str> = Vec::new();
        for failure in failures {
            match &failure[..] {
                [only] if only.part == Part::Missing && only.route.steps().len() == depth + 1 => {
                    if let Some(crate::manifest::Step::Key(name)) = only.route.steps().last() {
                        missing.push(name);
                    }
                }
                _ => missing.clear(),
            }
        }
        if missing.len() == failures.len()
            && failures.len() > 1
            && let Some(first) = missing.first()
        {
            let names = explain::listed(missing.iter().copied());
            let message = format!("`{}` needs one of {names}", self.place());
            let route = self.path.then(*first);
            let help = Some(format!(
                "add {}",
                missing
                    .iter()
                    .map(|name| format!("`{name}:`"))
                    .collect::<Vec<_>>()
                    .join(" or ")
            ));
            return self.push_at(found, route, Part::Missing, MismatchKind::Other, message, help);
        }
        let reach = |failure: &[Mismatch]| {
            let lengths = failure.iter().map(|one| one.route.steps().len());
            lengths.min().unwrap_or(0)
        };
        let best = failures
            .iter()
            .max_by_key(|failure| (reach(failure), std::cmp::Reverse(failure.len())));
        match best {
            Some(best) if reach(best) > depth || failures.len() == 1 => found.extend(best.iter().cloned()),
            _ => {
                let count = failures.len();
                let message = format!(
                    "`{}` fits none of the {count} forms its schema allows",
                    self.place()
                );
                let wanted: Vec<String> = failures
                    .iter()
                    .filter_map(|failure| failure.first())
                    .map(|first| first.message.clone())
                    .collect();
                let help = match wanted.is_empty() {
                    true => format!("here is {}", noun(value)),
                    false => wanted.join("; or "),
                };
                self.push(found, message, Some(help));
            }
        }
    }

    fn several_fit(
        &self,
        value: &Value,
        branches: &[NodeId],
        failures: &[Vec<Mismatch>],
        found: &mut Vec<Mismatch>,
    ) {
        let fitting = branches
            .iter()
            .zip(failures)
            .filter(|(_, failure)| failure.is_empty());
        let mut names: Vec<&str> = fitting
            .flat_map(|(&id, _)| self.schema.node(id).required.iter().map(String::as_str))
            .filter(|name| value.get(*name).is_some())
            .collect();
        names.dedup();
        let (message, help) = if names.len() > 1 {
            let listed = explain::listed(names.into_iter());
            (
                format!("{listed} exclude each other in `{}`", self.place()),
                "keep one of them".to_owned(),
            )
        } else {
            let count = branches.len();
            let message = format!(
                "`{}` fits more than one of {count} forms that exclude each other",
                self.place()
            );
            (message, "leave only what one of them needs".to_owned())
        };
        self.push(found, message, Some(help));
    }

    /// What an object inside the object needs to be one: `apiVersion` and `kind`.
    fn type_meta(&mut self, fields: &Map<String, Value>, found: &mut Vec<Mismatch>) {
        for name in ["apiVersion", "kind"] {
            let place = self.place();
            let route = self.path.then(name);
            let text = match fields.get(name) {
                None => {
                    let message = format!(
                        "`{name}` is required in `{place}`, which is an object of its own, and is missing"
                    );
                    let help = Some(format!("add `{name}:`"));
                    self.push_at(found, route, Part::Missing, MismatchKind::Other, message, help);
                    continue;
                }
                Some(value) => value.as_str(),
            };
            let problem = match text {
                None => "must be a string",
                Some("") => "must not be empty",
                Some(text) if name == "apiVersion" && text.matches('/').count() > 1 => {
                    "must be a version, or a group, a slash and a version"
                }
                Some(text) if name == "kind" && !is_kind(text) => {
                    "must be letters, digits and dashes, begin with a letter and not end with a dash"
                }
                Some(_) => continue,
            };
            let message = format!("`{name}` of `{place}` {problem}");
            self.push_at(found, route, Part::Value, MismatchKind::Other, message, None);
        }
    }

    /// What the schema validator does not look at: list sets and list maps with the same item or key twice, and the
    /// type of embedded objects.
    fn beyond(&mut self, value: &Value, id: NodeId, found: &mut Vec<Mismatch>) {
        let node = self.schema.node(id);
        match value {
            Value::Object(fields) => {
                if node.embedded && !self.path.steps().is_empty() {
                    self.type_meta(fields, found);
                }
                for (name, value) in fields {
                    if let Some(id) = self.schema.field(id, name) {
                        self.path.push(name.as_str());
                        self.beyond(value, id, found);
                        self.path.pop();
                    }
                }
            }
            Value::Array(items) => {
                match node.list {
                    Some(ListKind::Set) => {
                        self.repeated(items.iter().map(Some), found, |checker, index| {
                            let item = items.get(index).map(shown).unwrap_or_default();
                            format!("{item} is in `{}` twice", checker.place())
                        });
                    }
                    Some(ListKind::Map) => self.list_map(items, node, found),
                    _ => {}
                }
                let Some(id) = node.items else { return };
                for (index, item) in items.iter().enumerate() {
                    self.path.push(index);
                    self.beyond(item, id, found);
                    self.path.pop();
                }
            }
            _ => {}
        }
    }

    fn list_map(&mut self, items: &[Value], node: &Node, found: &mut Vec<Mismatch>) {
        if let Some(index) = items.iter().position(|item| !item.is_object() && !item.is_null()) {
            // The schema says so too, unless it says nothing of the items.
            if node
                .items
                .is_none_or(|id| self.schema.node(id).ty != Some(Ty::Object))
            {
                self.path.push(index);
                let message = format!(
                    "`{}` must be a mapping: its list is one of mappings known by their keys",
                    self.place()
                );
                self.push(found, message, None);
                self.path.pop();
            }
            return;
        }
        let keys: Vec<Value> = items
            .iter()
            .map(|item| {
                let fields = node.list_keys.iter();
                fields
                    .filter_map(|name| Some((name.clone(), item.get(name)?.clone())))
                    .collect::<Map<String, Value>>()
                    .into()
            })
            .collect();
        self.repeated(keys.iter().map(Some), found, |checker, index| {
            let pairs: Vec<String> = match keys.get(index) {
                Some(Value::Object(pairs)) => pairs
                    .iter()
                    .map(|(name, value)| format!("`{name}: {}`", shown(value).trim_matches('`')))
                    .collect(),
                _ => Vec::new(),
            };
            let (names, place) = (node.list_keys.join("` and `"), checker.place());
            match pairs.is_empty() {
                true => format!("`{place}` has two items without `{names}`"),
                false => format!("`{place}` has two items with {}", pairs.join(" and ")),
            }
        });
    }

    fn repeated<'v>(
        &mut self,
        items: impl Iterator<Item = Option<&'v Value>>,
        found: &mut Vec<Mismatch>,
        message: impl Fn(&Self, usize) -> String,
    ) {
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        for (index, item) in items.enumerate() {
            let times = seen
                .entry(item.map(Value::to_string).unwrap_or_default())
                .or_default();
            *times += 1;
            if *times == 2 {
                let message = message(self, index);
                let route = self.path.then(index);
                let help = Some("remove one of them, or tell them apart".to_owned());
                self.push_at(found, route, Part::Value, MismatchKind::Other, message, help);
            }
        }
    }
}

fn first_repeated<'v>(items: impl Iterator<Item = Option<&'v Value>>) -> Option<usize> {
    let mut seen: BTreeMap<String, ()> = BTreeMap::new();
    for (index, item) in items.enumerate() {
        if seen
            .insert(item.map(Value::to_string).unwrap_or_default(), ())
            .is_some()
        {
            return Some(index);
        }
    }
    None
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{}`", explain::shown(text)),
        other => format!("`{}`", explain::shown(&other.to_string())),
    }
}

/// Whether a value has one of the types a schema wants.
fn fits(value: &Value, node: &Node) -> bool {
    if node.int_or_string {
        return value.is_string() || is_integer(value);
    }
    let Some(ty) = node.ty else { return true };
    match ty {
        Ty::Object => value.is_object(),
        Ty::Boolean => value.is_boolean(),
        // One that is too large is reported as that.
        Ty::Integer => is_integer(value) || value.is_u64(),
        Ty::Number => value.is_number(),
        Ty::Array => value.is_array(),
        // Upstream lets a list pass where a string with a format is wanted.
        Ty::String => {
            let format = node.format.as_ref();
            let is_checked = format.and_then(|format| strfmt::has_format(&format.plain, ""));
            value.is_string() || value.is_array() && is_checked.is_some()
        }
    }
}

/// Whether a word in lower case is a DNS label of RFC 1035, as the name of a kind must be.
fn is_kind(text: &str) -> bool {
    text.len() <= 63
        && text.starts_with(|char: char| char.is_ascii_alphabetic())
        && !text.ends_with('-')
        && text
            .chars()
            .all(|char| char.is_ascii_alphanumeric() || char == '-')
}

/// Whole numbers as `swag.IsFloat64AJSONInteger` has them: up to 2^53.
fn is_integer(value: &Value) -> bool {
    let is_whole = |number: f64| number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_991.0;
    value.is_i64() || value.as_f64().is_some_and(is_whole)
}

/// Equality of JSON values, whole numbers equal whatever their notation.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        _ => left == right,
    }
}

fn wanted(node: &Node) -> Wanted {
    if node.int_or_string {
        return Wanted::IntOrString;
    }
    match node.ty {
        Some(Ty::Object) => Wanted::Mapping,
        Some(Ty::Array) => Wanted::List,
        Some(Ty::Integer) => Wanted::Integer,
        Some(Ty::Number) => Wanted::Number,
        Some(Ty::Boolean) => Wanted::Bool,
        Some(Ty::String) | None => Wanted::String,
    }
}
