//! What a project's own rules can ask of the objects around one: functions that no expression of a server has.
//!
//! A call `services(object)` becomes `@services(@relations, object)` when a project's rule is compiled, so that all
//! expressions share one environment, and those of a server cannot name these functions.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

use cel::common::ast::{Expr, IdedExpr};
use cel::common::functions::Function;
use cel::common::types::{self, CelOptional, CelString, DYN_TYPE};
use cel::common::value::{CowVal, StaticVal, Val};
use cel::{DeclarationError, Env, ExecutionError};

use super::program::each_part;
use super::value::{Boxed, Identity, List, Object};
use crate::manifest::fleet::Fleet;
use crate::manifest::select::KindName;
use crate::manifest::{Manifest, ManifestId, Route, Step, json};

/// The variable that holds the relations.
pub(crate) const RELATIONS: &str = "@relations";

/// The functions of one object: the name in expressions, and what is called.
const OF_OBJECT: [(&str, &str); 5] = [
    ("workloads", "@workloads"),
    ("services", "@services"),
    ("budgets", "@budgets"),
    ("policies", "@policies"),
    ("autoscalers", "@autoscalers"),
];
/// Finds an object by kind, namespace and name.
const LOOKUP: (&str, &str) = ("lookup", "@lookup");

/// The objects of a unit as expressions see them, and how they hang together.
#[derive(Debug, Clone)]
pub(crate) struct Relations(Arc<Graph>);

#[derive(Debug)]
struct Graph {
    objects: Vec<Object>,
    all: List,
    /// For each function of `OF_OBJECT`, the objects by that of the call.
    related: [HashMap<u32, Vec<u32>>; OF_OBJECT.len()],
    /// By kind, namespace and name, with the API group.
    named: HashMap<(String, String, String), Vec<(String, u32)>>,
}

impl Relations {
    /// Reads the objects and the relations of a fleet.
    pub(crate) fn of(fleet: &Fleet<'_>) -> Self {
        let manifests = fleet.manifests();
        let objects: Vec<Object> = manifests
            .iter()
            .map(|manifest| Object::of_manifest(&json::of(manifest.node()), manifest.number.0))
            .collect();
        let items = objects.iter().map(|object| object.clone_as_boxed()).collect();
        let mut related: [HashMap<u32, Vec<u32>>; OF_OBJECT.len()] = Default::default();
        for workload in fleet.workloads() {
            let own = workload.manifest.number.0;
            let scalers = fleet.scalers_of(workload).iter().map(|scaler| scaler.manifest);
            let of_workload: [Vec<&Manifest>; 4] = [
                fleet.services_of(workload).collect(),
                fleet.budgets_of(workload).collect(),
                fleet.policies_of(workload).collect(),
                scalers.collect(),
            ];
            for (relation, others) in (1..).zip(of_workload) {
                for other in others {
                    related[0].entry(other.number.0).or_default().push(own);
                    related[relation].entry(own).or_default().push(other.number.0);
                }
            }
        }
        let mut named: HashMap<_, Vec<_>> = HashMap::new();
        for manifest in manifests {
            let id = &manifest.id;
            let mut add = |namespace: &str| {
                let key = (id.kind.to_string(), namespace.to_owned(), id.name.to_string());
                let found = (id.group().to_owned(), manifest.number.0);
                named.entry(key).or_default().push(found);
            };
            add(fleet.namespace(manifest));
            if id.namespace.is_none() {
                add("");
            }
        }
        Self(Arc::new(Graph {
            all: List::new(items, Identity::Atomic),
            objects,
            related,
            named,
        }))
    }

    /// What the variable [`RELATIONS`] holds.
    pub(crate) fn value(&self) -> Boxed {
        Box::new(self.clone())
    }

    /// All objects.
    pub(crate) fn all(&self) -> Boxed {
        self.0.all.clone_as_boxed()
    }

    /// A place of an object, or nothing.
    pub(crate) fn at(&self, object: ManifestId, route: &Route) -> Option<Boxed> {
        let mut found: &(dyn Val + 'static) = self.0.objects.get(object.0 as usize)?;
        for step in route.steps() {
            found = match step {
                Step::Key(key) => &**found.downcast_ref::<Object>()?.field(key)?,
                Step::Index(index) => &**found.downcast_ref::<List>()?.item(*index as usize)?,
            };
        }
        Some(found.clone_as_boxed())
    }
}

/// Makes calls of the functions above what they stand for.
pub(super) fn bind(expression: &mut IdedExpr) {
    each_part(expression, &mut bind);
    let id = expression.id;
    if let Expr::Call(call) = &mut expression.expr
        && call.target.is_none()
        && let Some((_, bound)) = OF_OBJECT
            .iter()
            .chain([&LOOKUP])
            .find(|(name, _)| *name == call.func_name)
    {
        call.func_name = (*bound).to_owned();
        let relations = IdedExpr {
            id,
            expr: Expr::Ident(RELATIONS.to_owned()),
        };
        call.args.insert(0, relations);
    }
}

/// Adds the functions.
pub(super) fn extension(env: &mut Env) -> Result<(), DeclarationError> {
    let functions: [Function; OF_OBJECT.len()] = [
        related::<0>,
        related::<1>,
        related::<2>,
        related::<3>,
        related::<4>,
    ];
    for ((_, name), function) in OF_OBJECT.iter().zip(functions) {
        let arguments = vec![RELATIONS_TYPE.to_owned(), DYN_TYPE];
        env.add_overload(name, name, arguments, function)?;
    }
    let arguments = vec![RELATIONS_TYPE.to_owned(), DYN_TYPE, DYN_TYPE, DYN_TYPE];
    env.add_overload(LOOKUP.1, LOOKUP.1, arguments, lookup)
}

fn failed(message: String) -> ExecutionError {
    ExecutionError::InternalError(message)
}

/// The objects that are related to one.
fn related<'b, 'v, const RELATION: usize>(
    arguments: Vec<CowVal<'b, 'v>>,
) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let (name, _) = OF_OBJECT[RELATION];
    let number = arguments
        .get(1)
        .and_then(|object| object.downcast_ref::<Object>())
        .and_then(Object::number)
        .ok_or_else(|| failed(format!("{name}() takes an object as a whole")))?;
    let graph = graph(&arguments)?;
    let found = graph.related[RELATION].get(&number).into_iter().flatten();
    let items = found.filter_map(|&number| graph.objects.get(number as usize));
    let items = items.map(|object| object.clone_as_boxed()).collect();
    Ok(CowVal::owned(List::new(items, Identity::Atomic)))
}

fn lookup<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let text = |at: usize| {
        let argument: Option<&CelString<'_>> = arguments.get(at).and_then(|argument| argument.downcast_ref());
        let text = argument.map(|text| text.inner().to_owned());
        text.ok_or_else(|| failed("lookup() takes a kind, a namespace and a name".to_owned()))
    };
    let (kind, namespace, name) = (text(1)?, text(2)?, text(3)?);
    let wanted = KindName::new(&kind);
    let plain = kind.split('.').next().unwrap_or_default().to_owned();
    let graph = graph(&arguments)?;
    let found = graph.named.get(&(plain.clone(), namespace, name));
    let found = found
        .into_iter()
        .flatten()
        .find(|(group, _)| wanted.matches((group, &plain)))
        .and_then(|(_, number)| graph.objects.get(*number as usize));
    Ok(CowVal::owned(match found {
        Some(object) => CelOptional::of(object.clone_as_boxed()),
        None => CelOptional::none(),
    }))
}

fn graph<'a>(arguments: &'a [CowVal<'_, '_>]) -> Result<&'a Graph, ExecutionError> {
    let relations: Option<&Relations> = arguments.first().and_then(|first| first.downcast_ref());
    relations
        .map(|relations| &*relations.0)
        .ok_or_else(|| failed("no such overload".to_owned()))
}

static RELATIONS_TYPE: types::Type = types::Type::new_unspecified_type("@relations");

impl Val for Relations {
    fn get_type(&self) -> &types::Type {
        &RELATIONS_TYPE
    }

    fn cel_type() -> &'static types::Type {
        &RELATIONS_TYPE
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for Relations {}
