//! What a version shows and offers of its objects: columns of `kubectl get`, the scale subresource, fields to select by
//! (`ValidateCustomResourceColumnDefinition`, `ValidateCustomResourceDefinitionSubresources`,
//! `ValidateCustomResourceSelectableFields`).

use std::collections::BTreeSet;

use crate::admission::at::At;
use crate::admission::errors::Errors;

const TYPES: [&str; 5] = ["boolean", "date", "integer", "number", "string"];

const FORMATS: [&str; 8] = [
    "byte",
    "date",
    "date-time",
    "double",
    "float",
    "int32",
    "int64",
    "password",
];

const MAX_SELECTABLE: usize = 8;

/// Checks these parts of one version.
pub(super) fn check(version: &At<'_, '_>, errors: &mut Errors<'_>) {
    for column in version.get("additionalPrinterColumns").items() {
        self::column(&column, errors);
    }
    let subresources = version.get("subresources");
    let scale = subresources.get("scale");
    if scale.is_given() {
        scale_paths(&scale, errors);
    }
    selectable(version, errors);
}

fn column(column: &At<'_, '_>, errors: &mut Errors<'_>) {
    let name = column.get("name");
    if name.is_empty() {
        errors.required(&name, "");
    }
    let kind = column.get("type");
    let types = format!("must be one of {}", TYPES.join(","));
    if kind.is_empty() {
        errors.required(&kind, types);
    } else if !TYPES.contains(&kind.str()) {
        errors.invalid(&kind, types);
    }
    let format = column.get("format");
    if !format.is_empty() && !FORMATS.contains(&format.str()) {
        errors.invalid(&format, format!("must be one of {}", FORMATS.join(",")));
    }
    let path = column.get("jsonPath");
    if path.is_empty() {
        errors.required(&path, "");
    } else {
        starts_with_dot(&path, errors);
    }
}

/// `validateSimpleJSONPath`; whether it is one.
fn starts_with_dot(path: &At<'_, '_>, errors: &mut Errors<'_>) -> bool {
    let is_simple = path.str().starts_with('.');
    if !is_simple {
        errors
            .invalid(path, "must be a simple json path starting with .")
            .help(format!("write `.{}`", path.str()));
    }
    is_simple
}

fn scale_paths(scale: &At<'_, '_>, errors: &mut Errors<'_>) {
    let paths: [(&str, &[&str], &str, bool); 3] = [
        (
            "specReplicasPath",
            &[".spec."],
            "should be a json path under .spec",
            true,
        ),
        (
            "statusReplicasPath",
            &[".status."],
            "should be a json path under .status",
            true,
        ),
        (
            "labelSelectorPath",
            &[".spec.", ".status."],
            "should be a json path under either .spec or .status",
            false,
        ),
    ];
    for (field, starts, what, is_wanted) in paths {
        let path = scale.get(field);
        if path.is_empty() {
            if is_wanted {
                errors.required(&path, "");
            }
        } else if starts_with_dot(&path, errors) && !starts.iter().any(|start| path.str().starts_with(start))
        {
            errors.invalid(&path, what);
        }
    }
}

fn selectable(version: &At<'_, '_>, errors: &mut Errors<'_>) {
    let fields = version.get("selectableFields");
    let schema = version.get("schema");
    let open_api = schema.get("openAPIV3Schema");
    let mut seen = BTreeSet::new();
    for field in fields.items() {
        let path = field.get("jsonPath");
        if path.is_empty() {
            errors.required(&path, "");
            continue;
        }
        let names: Option<Vec<&str>> = path.str().strip_prefix('.').map(|path| path.split('.').collect());
        let Some(names) = names else {
            errors.invalid(&path, "is an invalid path: expected [ or . first");
            continue;
        };
        if path.str().contains('[') {
            errors.invalid(&path, "is an invalid path: array notation is not allowed");
            continue;
        }
        let is_plain = |name: &&str| {
            name.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        if !names.iter().all(is_plain) {
            continue;
        }
        let found = names.iter().try_fold(open_api.node(), |schema, name| {
            let properties = schema?.get("properties")?;
            properties.get(name).map(Some)
        });
        let Some(Some(found)) = found else {
            errors.invalid(&path, "is an invalid path: does not refer to a valid field");
            continue;
        };
        if names.first() == Some(&"metadata") {
            errors.invalid(&path, "must not point to fields in metadata");
        }
        let kind = found.get("type").map_or("", |kind| kind.str());
        if !matches!(kind, "string" | "boolean" | "integer") {
            errors.invalid(
                &path,
                "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.",
            );
        }
        if !seen.insert(path.str()) {
            errors.duplicate(&path);
        }
    }
    if seen.len() > MAX_SELECTABLE {
        errors.too_many(&fields, MAX_SELECTABLE);
    }
}
