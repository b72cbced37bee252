//! Enumerations, read from the generated Go source that a server builds its OpenAPI document from.
//!
//! The published `swagger.json` is made with enumerations switched off. The generated file is gofmt's output with one
//! shape throughout, so lines are enough to read it; a shape that is not recognized gives no enumeration.

use std::collections::BTreeMap;

/// Values by (`group.version.Type`, field).
pub(crate) type Enums = BTreeMap<(String, String), Vec<String>>;

/// A property's key in a definition: five tabs, a quoted name, `: {`.
const PROPERTY: &str = "\t\t\t\t\t\"";

pub(crate) fn read(source: &str) -> Enums {
    let mut enums = Enums::new();
    let mut definition = String::new();
    let mut property = String::new();
    for line in source.lines() {
        if let Some(rest) = line.strip_prefix("func schema_") {
            let name = rest.split('(').next().unwrap_or_default();
            definition = short_name(name).unwrap_or_default();
        } else if let Some(name) = line
            .strip_prefix(PROPERTY)
            .and_then(|rest| rest.strip_suffix("\": {"))
        {
            name.clone_into(&mut property);
        } else if let Some(values) = line.trim_start().strip_prefix("Enum:")
            && !definition.is_empty()
        {
            let values = quoted(values);
            if !values.is_empty() {
                enums.insert((definition.clone(), property.clone()), values);
            }
        }
    }
    enums
}

/// Gives a release the enumerations of the next newer one that its own source does not mark.
///
/// Types were marked as enumerations release by release, while the validation that enforces them is older than the
/// mark. `releases` are oldest first.
pub(crate) fn fill_back(releases: &mut [Enums]) {
    for older in (1..releases.len()).rev() {
        let (head, tail) = releases.split_at_mut(older);
        let (Some(older), Some(newer)) = (head.last_mut(), tail.first()) else {
            continue;
        };
        for (field, values) in newer {
            older.entry(field.clone()).or_insert_with(|| values.clone());
        }
    }
}

/// `k8sio_api_core_v1_PodSpec` to `core.v1.PodSpec`.
fn short_name(name: &str) -> Option<String> {
    let mut parts = name.rsplitn(4, '_');
    let (ty, version, group) = (parts.next()?, parts.next()?, parts.next()?);
    Some(format!("{group}.{version}.{ty}"))
}

fn quoted(values: &str) -> Vec<String> {
    let inner = values
        .split_once('{')
        .and_then(|(_, rest)| rest.rsplit_once('}'))
        .map_or("", |(inner, _)| inner);
    inner.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}
