//! What an unknown field was meant to be: a name nearby in spelling, or the place it belongs to.
//!
//! Runs only when something is wrong, so it may search; every search is bounded.

use std::collections::VecDeque;

use plimsoll_yaml::{Kind, NodeRef, Scalar};

use super::bundle::{Bundle, DefId, Field, Type, Versions};
use crate::suggest::{certain, nearest};

/// Longest name that is compared, in bytes; longer ones are no typos of a field.
const MAX_NAME: usize = 80;
/// Most definitions looked at for one misplaced field.
const MAX_VISITS: usize = 600;
/// How far away a misplaced field may belong, in steps up or down.
const MAX_COST: usize = 4;

/// What people write for a field that is called otherwise.
const ALIASES: &[(&str, &str)] = &[
    ("cmd", "command"),
    ("entrypoint", "command"),
    ("environment", "env"),
    ("environments", "env"),
    ("limit", "limits"),
    ("request", "requests"),
    ("pullPolicy", "imagePullPolicy"),
    ("mountpath", "mountPath"),
    ("path", "mountPath"),
];

/// An object the walk is inside of, from the root down.
#[derive(Clone, Copy)]
pub(super) struct Frame<'d> {
    /// Its definition.
    pub(super) def: DefId,
    /// Its node.
    pub(super) node: NodeRef<'d>,
    /// How many steps of the path lead to it.
    pub(super) depth: usize,
}

/// What an unknown field most probably is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Guess<'b> {
    /// Another name in the same place, and whether nothing else can be meant.
    Typo(&'b str, bool),
    /// The same name in other places: step counts of the path to keep, then the steps down. At most two.
    Misplaced(Vec<Place<'b>>),
    /// No idea.
    Unknown,
}

/// A place where a field would be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place<'b> {
    /// How many steps of the current path lead to where the way down begins.
    pub(super) depth: usize,
    /// Fields to go down through; `true` for a list.
    pub(super) down: Vec<(&'b str, bool)>,
    /// For each step of `down`, whether it is a list that holds exactly one item in the document.
    pub(super) single: Vec<bool>,
    /// The field is there already.
    pub(super) taken: bool,
}

/// Guesses what a field that `frames`' last object does not know was meant to be.
pub(super) fn guess<'b>(
    bundle: &'b Bundle<'b>,
    versions: Versions,
    frames: &[Frame<'_>],
    name: &str,
    value: NodeRef<'_>,
) -> Guess<'b> {
    let Some(here) = frames.last() else {
        return Guess::Unknown;
    };
    let def = bundle.def(here.def);
    let known: Vec<Field<'b>> = def.fields(versions).collect();
    let fitting = known
        .iter()
        .filter(|field| fits(bundle, field.ty(), value) && here.node.get(field.name()).is_none());
    if name.len() > MAX_NAME {
        return Guess::Unknown;
    }
    if let Some(typo) = nearest(name, fitting.map(Field::name)) {
        let is_certain = certain(name, known.iter().map(Field::name)) == Some(typo);
        return Guess::Typo(typo, is_certain);
    }
    let alias = ALIASES
        .iter()
        .find(|(wrong, _)| *wrong == name)
        .map(|(_, right)| *right);
    if let Some(field) = known.iter().find(|field| Some(field.name()) == alias) {
        return Guess::Typo(field.name(), false);
    }
    let places = places(bundle, versions, frames, name, value);
    if !places.is_empty() {
        return Guess::Misplaced(places);
    }
    // The value's shape may be wrong as well.
    if let Some(typo) = nearest(name, known.iter().map(Field::name)) {
        return Guess::Typo(typo, false);
    }
    let places = free_keys(bundle, versions, here, name, value);
    if places.is_empty() {
        Guess::Unknown
    } else {
        Guess::Misplaced(places)
    }
}

struct Search<'b, 'd> {
    def: DefId,
    cost: usize,
    /// The document's node there, if there is one.
    node: Option<NodeRef<'d>>,
    place: Place<'b>,
}

/// The nearest places that know a field of this name with a value of this shape.
fn places<'b>(
    bundle: &'b Bundle<'b>,
    versions: Versions,
    frames: &[Frame<'_>],
    name: &str,
    value: NodeRef<'_>,
) -> Vec<Place<'b>> {
    let mut best: Vec<(usize, bool, Place<'b>)> = Vec::new();
    let mut queue: VecDeque<Search<'b, '_>> = VecDeque::new();
    // Ancestors first, so that of equally near places the one further up comes first.
    for (up, frame) in frames.iter().rev().enumerate().take(MAX_COST + 1) {
        let place = Place {
            depth: frame.depth,
            down: Vec::new(),
            single: Vec::new(),
            taken: false,
        };
        queue.push_back(Search {
            def: frame.def,
            cost: up,
            node: Some(frame.node),
            place,
        });
    }
    let mut seen: Vec<(DefId, usize)> = Vec::new();
    let mut visits = 0;
    while let Some(search) = queue.pop_front() {
        visits += 1;
        if visits > MAX_VISITS {
            break;
        }
        let is_here = search.cost == 0;
        for field in bundle.def(search.def).fields(versions) {
            let field_name = field.name();
            if field_name == name && !is_here && fits(bundle, field.ty(), value) {
                let taken = search
                    .node
                    .is_some_and(|node| node.is_mapping() && node.get(name).is_some());
                best.push((
                    search.cost,
                    search.node.is_none(),
                    Place {
                        taken,
                        ..search.place.clone()
                    },
                ));
            }
            let (def, is_list) = match field.ty() {
                Type::Object(def) => (def, false),
                Type::List(items) => match bundle.ty(items) {
                    Type::Object(def) => (def, true),
                    _ => continue,
                },
                _ => continue,
            };
            let cost = search.cost + 1;
            if cost > MAX_COST
                || matches!(
                    field_name,
                    "status" | "managedFields" | "ownerReferences" | "ephemeralContainers"
                )
            {
                continue;
            }
            if seen.contains(&(def, search.place.depth)) {
                continue;
            }
            seen.push((def, search.place.depth));
            let below = search
                .node
                .filter(|node| node.is_mapping())
                .and_then(|node| node.get(field_name));
            let (node, single) = match below {
                Some(list) if is_list => (list.item(0), list.len() == 1),
                other => (other, false),
            };
            let mut place = search.place.clone();
            place.down.push((field_name, is_list));
            place.single.push(single);
            queue.push_back(Search {
                def,
                cost,
                node,
                place,
            });
        }
    }
    let rank = |(cost, absent, place): &(usize, bool, Place<'b>)| (*absent, *cost, place.taken);
    best.sort_by_key(|found| (rank(found), found.2.down.len()));
    let Some(first) = best.first().map(rank) else {
        return Vec::new();
    };
    best.into_iter()
        .take_while(|found| rank(found) == first)
        .take(2)
        .map(|(.., place)| place)
        .collect()
}

/// The mappings with free keys right below an object that a stray key could be meant for: labels put beside
/// `matchLabels`, `cpu` beside `limits`. At most two.
fn free_keys<'b>(
    bundle: &'b Bundle<'b>,
    versions: Versions,
    frame: &Frame<'_>,
    name: &str,
    value: NodeRef<'_>,
) -> Vec<Place<'b>> {
    let fields = bundle
        .def(frame.def)
        .fields(versions)
        .filter(|field| match field.ty() {
            Type::Map(values) => bundle.ty(values) != Type::Bytes && fits(bundle, bundle.ty(values), value),
            _ => false,
        });
    let place = |field: Field<'b>| Place {
        depth: frame.depth,
        down: vec![(field.name(), false)],
        single: vec![false],
        taken: frame
            .node
            .get(field.name())
            .is_some_and(|map| map.is_mapping() && map.get(name).is_some()),
    };
    let places: Vec<Place<'b>> = fields.map(place).collect();
    if places.len() > 2 { Vec::new() } else { places }
}

/// The field that a sole scalar in place of an object was most probably meant for: the required one, or the only one
/// that takes it.
pub(super) fn scalar_field<'b>(
    bundle: &'b Bundle<'b>,
    versions: Versions,
    def: DefId,
    value: NodeRef<'_>,
) -> Option<&'b str> {
    let fields = bundle.def(def).fields(versions);
    let fitting: Vec<Field<'b>> = fields
        .filter(|field| value.is_scalar() && fits(bundle, field.ty(), value))
        .collect();
    let required = fitting
        .iter()
        .find(|field| !field.required().and(versions).is_empty());
    match (required, &fitting[..]) {
        (Some(field), _) => Some(field.name()),
        (None, [only]) => Some(only.name()),
        (None, _) => None,
    }
}

/// Whether a value could be meant as a value of a type, judged by shape alone.
fn fits(bundle: &Bundle<'_>, ty: Type, value: NodeRef<'_>) -> bool {
    if value.is_null() || ty == Type::Any {
        return true;
    }
    match value.kind() {
        Kind::Mapping => matches!(
            ty,
            Type::Object(_)
                | Type::Map(_)
                | Type::SchemaOrBool(_)
                | Type::SchemaOrList(_)
                | Type::SchemaOrStrings(_)
        ),
        Kind::Sequence => match ty {
            Type::List(items) => value
                .item(0)
                .is_none_or(|first| fits(bundle, bundle.ty(items), first)),
            _ => false,
        },
        Kind::Scalar => match value.resolve() {
            Scalar::Bool(_) => matches!(ty, Type::Bool),
            Scalar::Int(_) | Scalar::Uint(_) | Scalar::Float(_) => matches!(
                ty,
                Type::Int32 | Type::Int64 | Type::Double | Type::IntOrString | Type::Quantity | Type::String
            ),
            _ => matches!(
                ty,
                Type::String
                    | Type::Enum(_)
                    | Type::Bytes
                    | Type::Time
                    | Type::MicroTime
                    | Type::IntOrString
                    | Type::Quantity
            ),
        },
    }
}
