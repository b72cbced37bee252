//! Environment variables and where they come from: `ValidateEnv`, `ValidateEnvFrom` and their helpers of
//! pkg/apis/core/validation.

use super::volumes::no_backsteps;
use super::{Pod, each_container, invalid, named};
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::names;
use crate::admission::quantity::Quantity;

/// Fields of the pod that a variable can show.
const FIELDS: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

/// Fields that the server knows beside those, in selectors of fields (`ConvertDownwardAPIFieldLabel`).
const OTHER_FIELDS: [&str; 6] = [
    "metadata.annotations",
    "metadata.labels",
    "spec.restartPolicy",
    "spec.schedulerName",
    "status.phase",
    "spec.host",
];

/// Resources of a container that a variable or file can show.
const RESOURCES: [&str; 6] = [
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
    "requests.cpu",
    "requests.memory",
    "requests.ephemeral-storage",
];

/// `ValidateEnv`.
pub(super) fn variables(variables: &At<'_, '_>, errors: &mut Errors<'_>) {
    for variable in variables.items() {
        let name = variable.get("name");
        if name.is_empty() {
            errors.required(&name, "");
        } else {
            variable_name(&name, errors);
        }
        value_from(&variable, errors);
    }
}

/// `IsRelaxedEnvVarName`, and `IsEnvVarName` of older servers.
fn variable_name(at: &At<'_, '_>, errors: &mut Errors<'_>) {
    errors.minors(..32, |errors| invalid(at, strict_name(at.str()), errors));
    errors.minors(32.., |errors| invalid(at, relaxed_name(at.str()), errors));
}

fn relaxed_name(text: &str) -> Vec<String> {
    if text
        .bytes()
        .all(|byte| matches!(byte, b' '..=b'~') && byte != b'=')
    {
        Vec::new()
    } else {
        vec![
            "a valid environment variable name must consist only of printable ASCII characters other than '='"
                .to_owned(),
        ]
    }
}

fn strict_name(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if !text.bytes().all(fits) || text.starts_with(|first: char| first.is_ascii_digit()) {
        wrong.push("a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')".to_owned());
    }
    wrong.extend(names::leads_away(text));
    wrong
}

/// `validateEnvVarValueFrom`.
fn value_from(variable: &At<'_, '_>, errors: &mut Errors<'_>) {
    let from = variable.get("valueFrom");
    if !from.is_given() {
        return;
    }
    let mut sources = 0;
    for name in [
        "fieldRef",
        "resourceFieldRef",
        "configMapKeyRef",
        "secretKeyRef",
        "fileKeyRef",
    ] {
        let source = from.get(name);
        if !source.is_given() {
            continue;
        }
        sources += 1;
        match name {
            "fieldRef" => field_ref(&source, &FIELDS, errors),
            "resourceFieldRef" => resource_field_ref(&source, false, errors),
            "fileKeyRef" => errors.minors(35.., |errors| file_key_ref(&source, errors)),
            _ => {
                let name = source.get("name");
                invalid(&name, names::dns1123_subdomain(name.str()), errors);
                named(&source.get("key"), names::config_map_key, errors);
            }
        }
    }
    if sources == 0 {
        errors.invalid(
            &from,
            "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`",
        );
    } else if !variable.get("value").is_empty() {
        errors
            .invalid(&from, "may not be specified when `value` is not empty")
            .help("remove `value` or `valueFrom`");
    } else if sources > 1 {
        errors.invalid(&from, "may not have more than one field specified at a time");
    }
}

/// `validateObjectFieldSelector`, for one of the `fields`.
pub(super) fn field_ref(selector: &At<'_, '_>, fields: &[&str], errors: &mut Errors<'_>) {
    let at = selector.get("fieldPath");
    let path = at.str();
    if path.is_empty() {
        errors.required(&at, "");
        return;
    }
    let version = selector.get("apiVersion").str_or("v1");
    if version != "v1" {
        errors.invalid(
            &at,
            format!("error converting fieldPath: unsupported pod version: {version}"),
        );
        return;
    }
    if let Some((path, key)) = subscripted(path) {
        match path {
            "metadata.annotations" => {
                invalid(&at, names::qualified_name(&key.to_lowercase()), errors);
            }
            "metadata.labels" => invalid(&at, names::qualified_name(key), errors),
            _ => {
                errors.invalid(
                    &at,
                    format!(
                        "error converting fieldPath: field label does not support subscript: {}",
                        at.str()
                    ),
                );
            }
        }
        return;
    }
    if !FIELDS.contains(&path) && !OTHER_FIELDS.contains(&path) {
        let said = errors.invalid(
            &at,
            format!("error converting fieldPath: field label not supported: {path}"),
        );
        match crate::suggest::nearest(path, fields.iter().copied()) {
            Some(near) => said.help(format!("did you mean `{near}`?")),
            None => said.help(format!("use one of {}", fields.join(", "))),
        };
    } else if !fields.contains(&match path {
        // As old clients wrote it.
        "spec.host" => "spec.nodeName",
        path => path,
    }) {
        errors.unsupported(&at, fields);
    }
}

/// `SplitMaybeSubscriptedPath`: `metadata.labels['key']`.
fn subscripted(path: &str) -> Option<(&str, &str)> {
    path.strip_suffix("']")?
        .split_once("['")
        .filter(|(path, _)| !path.is_empty())
}

/// `validateContainerResourceFieldSelector`; in a volume the container must be named.
pub(super) fn resource_field_ref(selector: &At<'_, '_>, in_volume: bool, errors: &mut Errors<'_>) {
    let (container, resource) = (selector.get("containerName"), selector.get("resource"));
    let hugepages = ["requests.hugepages-", "limits.hugepages-"]
        .iter()
        .any(|prefix| resource.str().starts_with(prefix));
    if in_volume && container.is_empty() {
        errors.required(&container, "");
    } else if resource.is_empty() {
        errors.required(&resource, "");
    } else if !RESOURCES.contains(&resource.str()) && !hugepages {
        errors.unsupported(&resource, &RESOURCES);
    }
    let divisor = selector.get("divisor");
    let Some(amount) = Quantity::of(&divisor).filter(|amount| *amount != Quantity::ZERO) else {
        return;
    };
    let of = resource
        .str()
        .split_once('.')
        .map(|(_, name)| name)
        .unwrap_or_default();
    let detail = match of {
        "cpu" => {
            if ["1m", "1"]
                .iter()
                .any(|unit| Quantity::parse(unit) == Some(amount))
            {
                return;
            }
            "only divisor's values 1m and 1 are supported with the cpu resource"
        }
        _ if is_unit(divisor.str(), amount) => return,
        "memory" => {
            "only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the memory resource"
        }
        "ephemeral-storage" => {
            "only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the local ephemeral storage resource"
        }
        _ if hugepages => {
            "only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the hugepages resource"
        }
        _ => return,
    };
    errors.invalid(&divisor, detail);
}

/// Whether the quantity, written as the server writes it, is one of its units: by its value, and by its family, since
/// `1024` is no `1Ki` there, and `1e3` no `1k`.
fn is_unit(text: &str, amount: Quantity) -> bool {
    let one_of = |units: &[&str]| units.iter().any(|unit| Quantity::parse(unit) == Some(amount));
    if text.trim().ends_with('i') {
        one_of(&["1", "1k", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"])
    } else if text.contains(['e', 'E']) && !text.trim().ends_with('E') {
        one_of(&["1"])
    } else {
        one_of(&["1", "1k", "1M", "1G", "1T", "1P", "1E"])
    }
}

/// `validateFileKeySelector`.
fn file_key_ref(selector: &At<'_, '_>, errors: &mut Errors<'_>) {
    named(&selector.get("key"), relaxed_name, errors);
    named(&selector.get("volumeName"), names::dns1123_label, errors);
    let path = selector.get("path");
    if path.is_empty() {
        errors.required(&path, "");
    } else {
        no_backsteps(&path, errors);
    }
}

/// `validateFileKeyRefVolumes`: files of variables are in an emptyDir.
pub(super) fn files(pod: &Pod<'_, '_>, spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    each_container(spec, |container| {
        for variable in container.get("env").items() {
            let from = variable.get("valueFrom");
            let file = from.get("fileKeyRef");
            let name = file.get("volumeName");
            if name.is_empty() {
                continue;
            }
            match pod.volumes.get(name.str()) {
                None => {
                    errors.not_found(&name);
                }
                Some(volume) if !super::volumes::is_empty_dir(volume) => {
                    errors.invalid(&name, "referenced volume must be of type emptyDir");
                }
                Some(_) => {}
            }
        }
    });
}

/// `ValidateEnvFrom`.
pub(super) fn sources(sources: &At<'_, '_>, errors: &mut Errors<'_>) {
    for source in sources.items() {
        let prefix = source.get("prefix");
        if !prefix.is_empty() {
            variable_name(&prefix, errors);
        }
        let mut found = 0;
        for name in ["configMapRef", "secretRef"] {
            let reference = source.get(name);
            if reference.is_given() {
                found += 1;
                // The server checks these as prefixes of names.
                named(
                    &reference.get("name"),
                    |name| names::subdomain_name(name, true),
                    errors,
                );
            }
        }
        if found == 0 {
            errors.invalid(&source, "must specify one of: `configMapRef` or `secretRef`");
        } else if found > 1 {
            errors
                .invalid(&source, "may not have more than one field specified at a time")
                .help("make it two items of `envFrom`");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{is_unit, relaxed_name, strict_name, subscripted};
    use crate::admission::quantity::Quantity;

    #[test]
    fn divisors_as_the_server_writes_them() {
        let unit = |text: &str| Quantity::parse(text).is_some_and(|amount| is_unit(text, amount));
        for text in ["1", "1Mi", "1024Ki", "1000", "1k", "1E", "1000k", "1.0", "1e0"] {
            assert!(unit(text), "{text}");
        }
        for text in ["1024", "1e3", "2", "2Mi", "1m", "10k"] {
            assert!(!unit(text), "{text}");
        }
    }

    #[test]
    fn names_of_variables() {
        for name in ["A", "1A", "a b", "a.b-c"] {
            assert!(relaxed_name(name).is_empty(), "{name}");
        }
        for name in ["A=B", "ä", "a\tb"] {
            assert_eq!(relaxed_name(name).len(), 1, "{name}");
        }
        for name in ["1A", "a b", "..", "..a"] {
            assert_eq!(strict_name(name).len(), 1, "{name}");
        }
    }

    #[test]
    fn subscripts() {
        assert_eq!(
            subscripted("metadata.labels['a/b']"),
            Some(("metadata.labels", "a/b"))
        );
        assert_eq!(subscripted("metadata.labels"), None);
        assert_eq!(subscripted("['a']"), None);
    }
}
