//! What a definition and its kind are called: `ValidateCustomResourceDefinitionNames` and `validateAPIApproval`.

use plimsoll_gostd::url::Url;

use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::names;

const APPROVAL: &str = "api-approved.kubernetes.io";

pub(super) fn check(metadata: &At<'_, '_>, spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (group, all) = (spec.get("group"), spec.get("names"));
    let (plural, kind) = (all.get("plural"), all.get("kind"));
    let wanted = format!("{}.{}", plural.str(), group.str());
    for field in ["generateName", "name"] {
        let name = metadata.get(field);
        let is_checked = field == "name" || !errors.is_change();
        if is_checked && !name.is_empty() && name.str() != wanted {
            errors
                .invalid(&name, "must be spec.names.plural+\".\"+spec.group")
                .help(format!("set `name: {wanted}`"));
        }
    }
    if group.is_empty() {
        errors.required(&group, "");
    } else {
        let wrong = names::dns1123_subdomain(group.str());
        if !wrong.is_empty() {
            errors.invalid(&group, wrong.join(","));
        } else if !group.str().contains('.') {
            errors.invalid(&group, "should be a domain with at least one dot");
        }
    }
    for at in [&plural, &kind] {
        if at.is_empty() {
            errors.required(at, "");
        }
    }
    for at in [&plural, &all.get("singular")] {
        label(at, errors);
    }
    let list_kind = all.get("listKind");
    for at in [&kind, &list_kind] {
        let wrong = names::dns1035_label(&at.str().to_lowercase());
        if !at.is_empty() && !wrong.is_empty() {
            errors.invalid(
                at,
                format!(
                    "may have mixed case, but should otherwise match: {}",
                    wrong.join(",")
                ),
            );
        }
    }
    if !kind.is_empty() && kind.str() == list_kind.str() {
        errors.invalid(&list_kind, "kind and listKind may not be the same");
    }
    for list in ["shortNames", "categories"] {
        for item in all.get(list).items() {
            let wrong = names::dns1035_label(item.str());
            if !wrong.is_empty() {
                errors.invalid(&item, wrong.join(","));
            }
        }
    }
    approval(group.str(), metadata, errors);
}

fn label(at: &At<'_, '_>, errors: &mut Errors<'_>) {
    let wrong = names::dns1035_label(at.str());
    if !at.is_empty() && !wrong.is_empty() {
        errors.invalid(at, wrong.join(","));
    }
}

/// Kubernetes' own groups are for kinds that its API reviewers approved.
fn approval(group: &str, metadata: &At<'_, '_>, errors: &mut Errors<'_>) {
    let is_protected = ["k8s.io", "kubernetes.io"].iter().any(|domain| {
        group
            .strip_suffix(domain)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    });
    if !is_protected {
        return;
    }
    let annotations = metadata.get("annotations");
    let annotation = annotations.get(APPROVAL);
    let text = annotation.str();
    const SEE: &str = "see https://github.com/kubernetes/enhancements/pull/1111";
    if text.is_empty() {
        errors
            .required(
                &annotation,
                format!("protected groups must have approval annotation {APPROVAL:?}, {SEE}"),
            )
            .help("use a group of your own domain");
        return;
    }
    let is_url = || {
        !text.contains('#')
            && Url::parse(text.as_bytes()).is_ok_and(|url| !url.host.is_empty() && !url.scheme.is_empty())
    };
    if !text.starts_with("unapproved") && !is_url() {
        errors.invalid(
            &annotation,
            format!("protected groups must have approval annotation {APPROVAL:?} with either a URL or a reason starting with \"unapproved\", {SEE}"),
        );
    }
}
