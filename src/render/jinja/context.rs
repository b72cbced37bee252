//! A release's values, chart and files as a template sees them.

use std::sync::Arc;

use minijinja::value::Value;
use plimsoll_yaml::Scalar;

use super::files::Files;
use super::mapping::Mapping;
use super::scope::{self, Scope, twins};
use crate::chart::{Chart, Dependency};
use crate::render::{Capabilities, Release};
use crate::source::SourceMap;
use crate::values::{Datum, Item, TableId, Tree, Unit, UnitId, Values};

/// Whole numbers above this are not exact in a float.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// All names that the templates of one chart of a release see.
pub(super) fn scope(
    values: &Values,
    id: UnitId,
    release: &Release,
    capabilities: &Capabilities,
    sources: &SourceMap,
) -> Scope {
    let unit = values.units.get(id);
    let reader = Reader {
        tree: &values.tree,
        sources,
    };
    let seen = values.of(id).map_or_else(
        || Mapping::value([]),
        |table| reader.declared(table, &unit.chart.values, unit.chart.values.root()),
    );
    let (release, helm_release) = self::release(release);
    let (chart, helm_chart) = chart(unit, id == UnitId::ROOT);
    let kube = &capabilities.kube_version;
    let known = capabilities
        .api_versions
        .iter()
        .map(|known| Arc::from(known.as_str()))
        .collect();
    let (capabilities, helm_capabilities) =
        scope::capabilities(&kube.version, &kube.major, &kube.minor, known);
    let files = Value::from_object(files(&unit.chart));
    let mut scope = Scope::default();
    for (name, helm_name, value, helm_value) in [
        ("values", "Values", seen.clone(), seen),
        ("release", "Release", release, helm_release),
        ("chart", "Chart", chart, helm_chart),
        ("capabilities", "Capabilities", capabilities, helm_capabilities),
        ("files", "Files", files.clone(), files),
    ] {
        scope.set(name, value);
        scope.set(helm_name, helm_value);
    }
    scope
}

fn release(release: &Release) -> (Value, Value) {
    twins([
        ("name", "Name", Value::from(&release.name)),
        ("namespace", "Namespace", Value::from(&release.namespace)),
        // As `helm template` says it: there is no release yet.
        ("revision", "Revision", Value::from(1)),
        ("is_install", "IsInstall", Value::from(!release.is_upgrade)),
        ("is_upgrade", "IsUpgrade", Value::from(release.is_upgrade)),
        ("service", "Service", Value::from("Helm")),
    ])
}

fn chart(unit: &Unit, is_root: bool) -> (Value, Value) {
    let about = &unit.chart.metadata;
    let texts = |texts: &[String]| texts.iter().map(Value::from).collect::<Value>();
    let maintainers = about.maintainers.iter().map(|person| {
        let fields = [
            ("name", &person.name),
            ("email", &person.email),
            ("url", &person.url),
        ];
        Mapping::value(fields.map(|(key, value)| (Arc::from(key), Value::from(value))))
    });
    let annotations = about
        .annotations
        .iter()
        .flatten()
        .map(|(key, value)| (Arc::from(key.as_str()), Value::from(value)));
    twins([
        ("name", "Name", Value::from(&*unit.name)),
        ("version", "Version", Value::from(&about.version)),
        ("app_version", "AppVersion", Value::from(&about.app_version)),
        ("api_version", "APIVersion", Value::from(&about.api_version)),
        ("description", "Description", Value::from(&about.description)),
        ("type", "Type", Value::from(&about.kind)),
        ("kube_version", "KubeVersion", Value::from(&about.kube_version)),
        ("home", "Home", Value::from(&about.home)),
        ("icon", "Icon", Value::from(&about.icon)),
        ("sources", "Sources", texts(&about.sources)),
        ("keywords", "Keywords", texts(&about.keywords)),
        ("maintainers", "Maintainers", maintainers.collect()),
        ("annotations", "Annotations", Mapping::value(annotations)),
        ("deprecated", "Deprecated", Value::from(about.deprecated)),
        (
            "dependencies",
            "Dependencies",
            unit.dependencies.iter().flatten().map(dependency).collect(),
        ),
        ("is_root", "IsRoot", Value::from(is_root)),
    ])
}

fn dependency(wanted: &Dependency) -> Value {
    let fields = [
        ("name", &wanted.name),
        ("version", &wanted.version),
        ("repository", &wanted.repository),
        ("alias", &wanted.alias),
        ("condition", &wanted.condition),
    ];
    Mapping::value(fields.map(|(key, value)| (Arc::from(key), Value::from(value))))
}

fn files(chart: &Chart) -> Files {
    Files::new(
        chart
            .files
            .iter()
            .map(|file| (Arc::from(file.name.as_str()), Arc::clone(&file.bytes)))
            .collect(),
    )
}

struct Reader<'a> {
    tree: &'a Tree,
    sources: &'a SourceMap,
}

impl Reader<'_> {
    /// A table of values with the keys that the chart's own `values.yaml` declares as null. Helm 4 drops those when it
    /// merges; a Jinja template that asks for one asks for something its chart declares, and gets `none`.
    fn declared(&self, merged: TableId, chart: &Tree, defaults: TableId) -> Value {
        let merged = self.tree.table(merged);
        let defaults = chart.table(defaults);
        let given = merged.iter().map(|(key, item)| {
            let nested = item
                .datum
                .as_table()
                .zip(defaults.get(key).and_then(|default| default.datum.as_table()));
            let value = match nested {
                Some((table, default)) => self.declared(table, chart, default),
                None => self.item(item),
            };
            (Arc::clone(key), value)
        });
        let dropped = defaults
            .iter()
            .filter(|(key, default)| default.datum.is_null() && merged.get(*key).is_none())
            .map(|(key, _)| (Arc::clone(key), Value::from(())));
        Mapping::value(given.chain(dropped))
    }

    fn table(&self, id: TableId) -> Value {
        Mapping::value(
            self.tree
                .table(id)
                .iter()
                .map(|(key, item)| (Arc::clone(key), self.item(item))),
        )
    }

    fn item(&self, item: &Item) -> Value {
        match &item.datum {
            Datum::Null => Value::from(()),
            Datum::Bool(value) => Value::from(*value),
            Datum::Int(value) => Value::from(*value),
            Datum::Float(value) => self.number(*value, item),
            Datum::Str(text) => Value::from(text),
            Datum::Bytes(bytes) => Value::from_bytes(bytes.to_vec()),
            Datum::List(id) => self.tree.list(*id).iter().map(|item| self.item(item)).collect(),
            Datum::Table(id) => self.table(*id),
        }
    }

    /// A number as it was written. Helm reads every number as a float, where `8080` and `8080.0` are one and large
    /// integers lose digits; Jinja has integers, and what was written says which it is.
    fn number(&self, value: f64, item: &Item) -> Value {
        if let Some(span) = item.origin.value {
            let source = self.sources.get(span.file);
            let written = source
                .text()
                .get(span.start as usize..span.end as usize)
                .unwrap_or_default();
            #[expect(clippy::cast_precision_loss, reason = "the value went through the same loss")]
            match plimsoll_yaml::resolve::plain(written) {
                Scalar::Int(exact) if exact as f64 == value => return Value::from(exact),
                Scalar::Uint(exact) if exact as f64 == value => return Value::from(exact),
                Scalar::Float(exact) if exact == value => return Value::from(value),
                _ => {}
            }
        }
        if value.fract() == 0.0 && value.abs() < EXACT {
            Value::from(value as i64)
        } else {
            Value::from(value)
        }
    }
}
