//! What templates see: `.Values`, `.Chart`, `.Release` and the others, as Go values.
//!
//! Upstream: `recAllTpls` of `pkg/engine/engine.go` and `ToRenderValues` of `pkg/chart/common/util/values.go`.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use plimsoll_gotpl::types::Type;
use plimsoll_gotpl::value::{List, Map, Object, Str, StructValue, Value};

use super::{files, types};
use crate::chart::{Dependency, HelmCompat, ImportValue, Metadata};
use crate::render::{Capabilities, Release};
use crate::values::{Datum, Item, ListId, TableId, Tree, UnitId, Values};

/// Makes Go values of a tree. A table or list that two places hold is one map or slice in both.
pub(super) struct Converter<'t> {
    tree: &'t Tree,
    tables: Vec<Option<Map>>,
    lists: Vec<Option<List>>,
}

impl<'t> Converter<'t> {
    pub(super) fn new(tree: &'t Tree) -> Self {
        Self {
            tree,
            tables: vec![None; tree.table_count()],
            lists: vec![None; tree.list_count()],
        }
    }

    pub(super) fn table(&mut self, id: TableId) -> Map {
        if let Some(map) = &self.tables[id.index()] {
            return map.clone();
        }
        let entries: BTreeMap<Str, Value> = self
            .tree
            .table(id)
            .iter()
            .map(|(key, item)| (str_of(key), self.item(item)))
            .collect();
        let map = Map::typed(Type::MAP, entries);
        self.tables[id.index()] = Some(map.clone());
        map
    }

    fn list(&mut self, id: ListId) -> List {
        if let Some(list) = &self.lists[id.index()] {
            return list.clone();
        }
        let list = List::new(self.tree.list(id).iter().map(|item| self.item(item)).collect());
        self.lists[id.index()] = Some(list.clone());
        list
    }

    fn item(&mut self, item: &Item) -> Value {
        match &item.datum {
            Datum::Null => Value::Nil,
            Datum::Bool(value) => Value::Bool(*value),
            Datum::Int(value) => Value::int64(*value),
            Datum::Float(value) => Value::Float(*value),
            Datum::Str(text) => Value::Str(str_of(text)),
            Datum::Bytes(bytes) => Value::Str(Str::from_shared(bytes)),
            Datum::List(id) => Value::List(self.list(*id)),
            Datum::Table(id) => Value::Map(self.table(*id)),
        }
    }
}

fn str_of(text: &Arc<str>) -> Str {
    Str::from_shared(&Arc::from(Arc::clone(text)))
}

/// `.` of each unit's templates, without `.Template`.
pub(super) struct Scopes {
    units: HashMap<UnitId, Map>,
    /// What the tables and lists of the values became, by their numbers.
    tables: Vec<Option<Map>>,
    lists: Vec<Option<List>>,
}

impl Scopes {
    pub(super) fn new(values: &Values, release: &Release, capabilities: &Capabilities) -> Self {
        let mut converter = Converter::new(&values.tree);
        let root = converter.table(values.tree.root());
        let shared = Shared {
            values,
            release: Value::Map(Map::from_pairs([
                ("Name", Value::from(release.name.as_str())),
                ("Namespace", Value::from(release.namespace.as_str())),
                ("IsUpgrade", Value::Bool(release.is_upgrade)),
                ("IsInstall", Value::Bool(!release.is_upgrade)),
                ("Revision", Value::int(1)),
                ("Service", Value::literal("Helm")),
            ])),
            capabilities: capabilities_of(capabilities, values.compat),
        };
        let mut scopes = Self {
            units: HashMap::new(),
            tables: converter.tables,
            lists: converter.lists,
        };
        scopes.add(UnitId::ROOT, Some(root), &shared);
        scopes
    }

    /// The maps that the tables of the values became, in the tables' order.
    pub(super) fn tables(&self) -> &[Option<Map>] {
        &self.tables
    }

    /// The lists that the lists of the values became, in their order.
    pub(super) fn lists(&self) -> &[Option<List>] {
        &self.lists
    }

    /// What templates see beside the values: the release, the chart, what is around them.
    pub(super) fn surroundings(&self) -> impl Iterator<Item = Map> {
        let scopes = self.units.values().cloned();
        scopes.flat_map(|scope| {
            let held = scope
                .values()
                .into_iter()
                .filter_map(|value| value.as_map().cloned());
            held.chain(std::iter::once(scope)).collect::<Vec<_>>()
        })
    }

    /// The scope of a unit.
    pub(super) fn of(&self, unit: UnitId) -> Map {
        self.units.get(&unit).cloned().unwrap_or_else(Map::new)
    }

    fn add(&mut self, unit: UnitId, own: Option<Map>, shared: &Shared<'_>) -> Map {
        let compat = shared.values.compat;
        let data = shared.values.units.get(unit);
        let own = own.unwrap_or_default();
        let subcharts = Map::new();
        let scope = Map::typed(Type::MAP, BTreeMap::new());
        let chart = chart_of(
            &data.chart.metadata,
            &data.name,
            data.dependencies.as_deref(),
            data.parent.is_none(),
            compat,
        );
        for (key, value) in [
            ("Chart", chart),
            ("Files", files::value(&data.chart.files)),
            ("Release", shared.release.clone()),
            ("Capabilities", shared.capabilities.clone()),
            ("Values", Value::Map(own.clone().with_type(types::values(compat)))),
            ("Subcharts", Value::Map(subcharts.clone())),
        ] {
            // A map that was just made is not nil.
            let _ = scope.insert(key, value);
        }
        for &child in &data.children {
            let name = Str::from(&*shared.values.units.get(child).name);
            let table = match own.get(&name) {
                Some(Value::Map(map)) => Some(map),
                _ => None,
            };
            let child = self.add(child, table, shared);
            let _ = subcharts.insert(name, Value::Map(child));
        }
        self.units.insert(unit, scope.clone());
        scope
    }
}

struct Shared<'v> {
    values: &'v Values,
    release: Value,
    capabilities: Value,
}

fn capabilities_of(capabilities: &Capabilities, compat: HelmCompat) -> Value {
    let text = |text: &str| Value::from(text);
    let kube = &capabilities.kube_version;
    let mut kube_fields = vec![text(&kube.version), text(&kube.major), text(&kube.minor)];
    let mut build_fields = vec![
        text(compat.helm_version()),
        text(""),
        text(""),
        text(super::GO_VERSION),
    ];
    if compat == HelmCompat::V4 {
        kube_fields.insert(1, text(&kube.normalized));
        build_fields.push(text(super::KUBE_CLIENT_VERSION));
    }
    let versions = capabilities
        .api_versions
        .iter()
        .map(|version| text(version))
        .collect();
    let (ty, pointer) = types::capabilities(compat);
    let target = StructValue {
        ty,
        fields: vec![
            Value::Object(Object::new(StructValue {
                ty: types::kube_version(compat),
                fields: kube_fields,
            })),
            Value::List(List::typed(types::version_set(compat), versions)),
            Value::Object(Object::new(StructValue {
                ty: types::build_info(compat),
                fields: build_fields,
            })),
        ],
    };
    Value::Object(Object::pointer(pointer, target))
}

fn chart_of(
    metadata: &Metadata,
    name: &str,
    dependencies: Option<&[Dependency]>,
    is_root: bool,
    compat: HelmCompat,
) -> Value {
    if compat.chart_is_a_struct() {
        struct_of(metadata, name, dependencies, is_root)
    } else {
        map_of(metadata, name, dependencies, is_root)
    }
}

fn text(text: &str) -> Value {
    Value::from(text)
}

fn strings(texts: &[String]) -> Value {
    if texts.is_empty() {
        return Value::List(List::nil(Type::STRINGS));
    }
    Value::List(List::strings(texts.iter().map(Str::from)))
}

fn annotations(metadata: &Metadata) -> Value {
    Value::Map(match &metadata.annotations {
        None => Map::nil(Type::STRING_MAP),
        Some(annotations) => Map::typed(
            Type::STRING_MAP,
            annotations
                .iter()
                .map(|(key, value)| (Str::from(key), text(value)))
                .collect(),
        ),
    })
}

/// What Helm leaves of `import-values` after importing: pairs, as `map[string]string`.
fn imports(dependency: &Dependency) -> Vec<Value> {
    let pair = |child: &str, parent: &str| {
        let entries = [
            (Str::from("child"), text(child)),
            (Str::from("parent"), text(parent)),
        ];
        Value::Map(Map::typed(Type::STRING_MAP, entries.into_iter().collect()))
    };
    dependency
        .import_values
        .iter()
        .map(|import| match import {
            ImportValue::Export(name) => pair(&format!("exports.{name}"), "."),
            ImportValue::Pair { child, parent } => pair(child, parent),
        })
        .collect()
}

/// Helm 3: the struct `{chart.Metadata; IsRoot bool}`.
fn struct_of(metadata: &Metadata, name: &str, dependencies: Option<&[Dependency]>, is_root: bool) -> Value {
    let maintainers: Vec<Value> = metadata
        .maintainers
        .iter()
        .map(|maintainer| {
            let fields = vec![
                text(&maintainer.name),
                text(&maintainer.email),
                text(&maintainer.url),
            ];
            Value::Object(Object::pointer(
                &types::MAINTAINER_POINTER,
                StructValue {
                    ty: &types::MAINTAINER,
                    fields,
                },
            ))
        })
        .collect();
    let dependencies: Option<Vec<Value>> = dependencies.map(|dependencies| {
        dependencies
            .iter()
            .map(|dependency| {
                let imports = imports(dependency);
                let fields = vec![
                    text(&dependency.name),
                    text(&dependency.version),
                    text(&dependency.repository),
                    text(&dependency.condition),
                    strings(&dependency.tags),
                    Value::Bool(dependency.enabled),
                    Value::List(if imports.is_empty() {
                        List::nil(Type::LIST)
                    } else {
                        List::new(imports)
                    }),
                    text(&dependency.alias),
                ];
                let target = StructValue {
                    ty: &types::DEPENDENCY,
                    fields,
                };
                Value::Object(Object::pointer(&types::DEPENDENCY_POINTER, target))
            })
            .collect()
    });
    let list = |ty: &'static Type, items: Vec<Value>| {
        Value::List(if items.is_empty() {
            List::nil(ty)
        } else {
            List::typed(ty, items)
        })
    };
    let fields = vec![
        text(name),
        text(&metadata.home),
        strings(&metadata.sources),
        text(&metadata.version),
        text(&metadata.description),
        strings(&metadata.keywords),
        list(&types::MAINTAINERS, maintainers),
        text(&metadata.icon),
        text(&metadata.api_version),
        text(&metadata.condition),
        text(&metadata.tags),
        text(&metadata.app_version),
        Value::Bool(metadata.deprecated),
        annotations(metadata),
        text(&metadata.kube_version),
        list(&types::DEPENDENCIES, dependencies.unwrap_or_default()),
        text(&metadata.kind),
    ];
    let metadata = Value::Object(Object::new(StructValue {
        ty: &types::METADATA,
        fields,
    }));
    Value::Object(Object::new(StructValue {
        ty: &types::CHART,
        fields: vec![metadata, Value::Bool(is_root)],
    }))
}

/// Helm 4: a map of the struct's fields, lists made `[]interface {}`. Upstream: `structToMap` of `pkg/chart/common.go`.
fn map_of(metadata: &Metadata, name: &str, dependencies: Option<&[Dependency]>, is_root: bool) -> Value {
    let list = |texts: &[String]| Value::list(texts.iter().map(|item| text(item)).collect());
    let map = |entries: Vec<(&str, Value)>| Value::Map(Map::from_pairs(entries));
    let maintainers = metadata
        .maintainers
        .iter()
        .map(|maintainer| {
            map(vec![
                ("Name", text(&maintainer.name)),
                ("Email", text(&maintainer.email)),
                ("URL", text(&maintainer.url)),
            ])
        })
        .collect();
    let dependencies = dependencies
        .unwrap_or_default()
        .iter()
        .map(|dependency| {
            map(vec![
                ("Name", text(&dependency.name)),
                ("Version", text(&dependency.version)),
                ("Repository", text(&dependency.repository)),
                ("Condition", text(&dependency.condition)),
                ("Tags", list(&dependency.tags)),
                ("Enabled", Value::Bool(dependency.enabled)),
                ("ImportValues", Value::list(imports(dependency))),
                ("Alias", text(&dependency.alias)),
            ])
        })
        .collect();
    map(vec![
        ("Name", text(name)),
        ("Home", text(&metadata.home)),
        ("Sources", list(&metadata.sources)),
        ("Version", text(&metadata.version)),
        ("Description", text(&metadata.description)),
        ("Keywords", list(&metadata.keywords)),
        ("Maintainers", Value::list(maintainers)),
        ("Icon", text(&metadata.icon)),
        ("APIVersion", text(&metadata.api_version)),
        ("Condition", text(&metadata.condition)),
        ("Tags", text(&metadata.tags)),
        ("AppVersion", text(&metadata.app_version)),
        ("Deprecated", Value::Bool(metadata.deprecated)),
        ("Annotations", annotations(metadata)),
        ("KubeVersion", text(&metadata.kube_version)),
        ("Dependencies", Value::list(dependencies)),
        ("Type", text(&metadata.kind)),
        ("IsRoot", Value::Bool(is_root)),
    ])
}
