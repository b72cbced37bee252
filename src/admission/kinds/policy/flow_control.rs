//! FlowSchema and PriorityLevelConfiguration: pkg/apis/flowcontrol/validation. The mandatory objects named `exempt` and
//! `catch-all` are not held to their fixed contents.

use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::names;

const VERBS: [&str; 9] = [
    "get",
    "list",
    "create",
    "update",
    "delete",
    "deletecollection",
    "patch",
    "watch",
    "proxy",
];

/// Most queues of a level.
const MAX_QUEUES: i64 = 10_000_000;
/// The bits that shuffle sharding has for dealing hands.
const HASH_BITS: i64 = 60;

/// `ValidateFlowSchemaSpec`.
pub(super) fn schema(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    let precedence = spec.get("matchingPrecedence");
    // 0 is "not given", which is 1000.
    match precedence.int().unwrap_or(0) {
        number if number < 0 => {
            errors.invalid(&precedence, "must be a positive value");
        }
        number if number > 10_000 => {
            errors.invalid(&precedence, "must not be greater than 10000");
        }
        1 if root.get("metadata").get("name").str() != "exempt" => {
            errors.invalid(
                &precedence,
                "only the schema named 'exempt' may have matchingPrecedence 1",
            );
        }
        _ => {}
    }
    let method = spec.get("distinguisherMethod");
    let kind = method.get("type");
    if kind.is_given() && !matches!(kind.str(), "ByUser" | "ByNamespace") {
        errors.unsupported(&kind, &["ByUser", "ByNamespace"]);
    }
    let level = spec.get("priorityLevelConfiguration");
    let name = level.get("name");
    if name.is_blank() {
        errors.required(&name, "must reference a priority level");
    } else if name.is_given() {
        for what in names::dns1123_subdomain(name.str()) {
            errors.invalid(&name, what);
        }
    }
    for rule in spec.get("rules").items() {
        let subjects = rule.get("subjects");
        if subjects.is_blank() {
            errors.required(&subjects, "subjects must contain at least one value");
        }
        for subject in subjects.items() {
            check_subject(&subject, errors);
        }
        let (resources, others) = (rule.get("resourceRules"), rule.get("nonResourceRules"));
        if resources.is_empty() && others.is_empty() {
            errors.required(
                &rule,
                "at least one of resourceRules and nonResourceRules has to be non-empty",
            );
        }
        for resource in resources.items() {
            resource_rule(&resource, errors);
        }
        for other in others.items() {
            other_rule(&other, errors);
        }
    }
}

/// `ValidateFlowSchemaSubject`: described in the field of its kind, and in no other.
fn check_subject(subject: &At<'_, '_>, errors: &mut Errors<'_>) {
    const KINDS: [(&str, &str); 3] = [
        ("ServiceAccount", "serviceAccount"),
        ("User", "user"),
        ("Group", "group"),
    ];
    let kind = subject.get("kind");
    let Some((word, own)) = KINDS.iter().find(|(word, _)| *word == kind.str()) else {
        if kind.is_given() {
            errors.unsupported(&kind, &KINDS.map(|(word, _)| word));
        }
        return;
    };
    let described = subject.get(own);
    if described.is_given() {
        let name = described.get("name");
        if name.is_blank() {
            errors.required(&name, "");
        }
        if *own == "serviceAccount" {
            if !name.is_empty() && name.str() != "*" {
                for what in names::dns1123_subdomain(name.str()) {
                    errors.invalid(&name, what);
                }
            }
            let namespace = described.get("namespace");
            if namespace.is_blank() {
                errors.required(&namespace, "must specify namespace for service account");
            } else if namespace.is_given() {
                for what in names::dns1123_label(namespace.str()) {
                    errors.invalid(&namespace, what);
                }
            }
        }
    } else {
        errors.required(
            &described,
            format!("{own} is required when subject kind is '{word}'"),
        );
    }
    for (other, field) in KINDS {
        let at = subject.get(field);
        if field != *own && at.is_given() {
            errors.forbidden(
                &at,
                format!("{field} is forbidden when subject kind is not '{other}'"),
            );
        }
    }
}

/// Whether `*` is in a list; then it must be alone.
fn wildcard(list: &At<'_, '_>, of: &str, errors: &mut Errors<'_>) -> bool {
    let found = list.items().any(|item| item.str() == "*");
    if found && list.len() > 1 {
        errors.invalid(list, format!("if '*' is present, must not specify other {of}"));
    }
    found
}

fn verbs(rule: &At<'_, '_>, errors: &mut Errors<'_>) {
    let verbs = rule.get("verbs");
    if verbs.is_blank() {
        errors.required(&verbs, "verbs must contain at least one value");
    } else if !wildcard(&verbs, "verbs", errors) {
        for verb in verbs.items() {
            if !VERBS.contains(&verb.str()) {
                errors.unsupported(&verb, &VERBS);
            }
        }
    }
}

/// `ValidateFlowSchemaResourcePolicyRule`.
fn resource_rule(rule: &At<'_, '_>, errors: &mut Errors<'_>) {
    verbs(rule, errors);
    for (key, of, none) in [
        (
            "apiGroups",
            "api groups",
            "resource rules must supply at least one api group",
        ),
        (
            "resources",
            "resources",
            "resource rules must supply at least one resource",
        ),
    ] {
        let list = rule.get(key);
        if list.is_blank() {
            errors.required(&list, none);
        }
        wildcard(&list, of, errors);
    }
    let namespaces = rule.get("namespaces");
    if namespaces.is_empty() && !rule.get("clusterScope").is_true() {
        errors.required(
            &namespaces,
            "resource rules that are not cluster scoped must supply at least one namespace",
        );
    } else if !wildcard(&namespaces, "namespaces", errors) {
        for namespace in namespaces.items() {
            for what in names::dns1123_label(namespace.str()) {
                errors.invalid(
                    &namespace,
                    format!("each member of this list must be '*' or a DNS-1123 label; {what}"),
                );
            }
        }
    }
}

/// `ValidateFlowSchemaNonResourcePolicyRule`.
fn other_rule(rule: &At<'_, '_>, errors: &mut Errors<'_>) {
    verbs(rule, errors);
    let urls = rule.get("nonResourceURLs");
    if urls.is_blank() {
        errors.required(&urls, "nonResourceURLs must contain at least one value");
    } else if !wildcard(&urls, "non-resource URLs", errors) {
        for url in urls.items() {
            if let Some(what) = wrong_path(url.str()) {
                errors.invalid(&url, what);
            }
        }
    }
}

/// `ValidateNonResourceURLPath`.
fn wrong_path(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        Some("must not be empty")
    } else if path == "/" {
        None
    } else if !path.starts_with('/') {
        Some("must start with slash")
    } else if path.contains(' ') {
        Some("must not contain white-space")
    } else if path.contains("//") {
        Some("must not contain double slash")
    } else {
        let stars = path.matches('*').count();
        (stars > 1 || (stars == 1 && !path.ends_with("/*"))).then_some("wildcard can only do suffix matching")
    }
}

/// `ValidatePriorityLevelConfigurationSpec`.
pub(super) fn level(root: &At<'_, '_>, errors: &mut Errors<'_>) {
    let spec = root.get("spec");
    let kind = spec.get("type");
    let exempt_name = root.get("metadata").get("name").str() == "exempt";
    if kind.is_given() && exempt_name != (kind.str() == "Exempt") {
        errors.invalid(&kind, "must be 'Exempt' if and only if `name` is 'exempt'");
    }
    let (limited, exempt) = (spec.get("limited"), spec.get("exempt"));
    match kind.str() {
        "Exempt" => {
            if limited.is_given() {
                errors.forbidden(&limited, "must be nil if the type is not Limited");
            }
            shares(&exempt, errors);
        }
        "Limited" => {
            if exempt.is_given() {
                errors.forbidden(&exempt, "must be nil if the type is Limited");
            }
            if limited.is_given() {
                shares(&limited, errors);
                response(&limited.get("limitResponse"), errors);
                let borrowed = limited.get("borrowingLimitPercent");
                if borrowed.int().is_some_and(|share| share < 0) {
                    errors.invalid(&borrowed, "if specified, must be a non-negative integer");
                }
            } else {
                errors.required(&limited, "must not be empty when type is Limited");
            }
        }
        "" => {
            if kind.is_blank() {
                errors.required(&kind, "");
            }
        }
        _ => {
            errors.unsupported(&kind, &["Exempt", "Limited"]);
        }
    }
}

fn shares(level: &At<'_, '_>, errors: &mut Errors<'_>) {
    for key in ["nominalConcurrencyShares", "assuredConcurrencyShares"] {
        let shares = level.get(key);
        if shares.int().is_some_and(|shares| shares < 0) {
            errors.invalid(&shares, "must be a non-negative integer");
        }
    }
    let lent = level.get("lendablePercent");
    if lent.int().is_some_and(|share| !(0..=100).contains(&share)) {
        errors.invalid(&lent, "must be between 0 and 100, inclusive");
    }
}

/// `ValidateLimitResponse`.
fn response(response: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (kind, queuing) = (response.get("type"), response.get("queuing"));
    match kind.str() {
        "Reject" => {
            if queuing.is_given() {
                errors.forbidden(
                    &queuing,
                    "must be nil if limited.limitResponse.type is not Limited",
                );
            }
        }
        "Queue" => {
            if queuing.is_given() {
                queues(&queuing, errors);
            } else {
                errors.required(
                    &queuing,
                    "must not be empty if limited.limitResponse.type is Limited",
                );
            }
        }
        "" => {
            // The schema stage sees what is missing in a response that is there.
            if kind.is_given() || !response.is_given() {
                errors.required(&kind, "");
            }
        }
        _ => {
            errors.unsupported(&kind, &["Queue", "Reject"]);
        }
    }
}

/// `ValidatePriorityLevelQueuingConfiguration`; 0 is "not given", which has a default.
fn queues(queuing: &At<'_, '_>, errors: &mut Errors<'_>) {
    let number = |key: &str, default: i64| {
        let given = queuing.get(key).int().unwrap_or(0);
        if given == 0 { default } else { given }
    };
    let (limit, queues, hand) = (
        number("queueLengthLimit", 50),
        number("queues", 64),
        number("handSize", 8),
    );
    if limit < 0 {
        errors.invalid(&queuing.get("queueLengthLimit"), "must be positive");
    }
    if queues < 0 {
        errors.invalid(&queuing.get("queues"), "must be positive");
    } else if queues > MAX_QUEUES {
        errors.invalid(
            &queuing.get("queues"),
            format!("must not be greater than {MAX_QUEUES}"),
        );
    }
    let at = queuing.get("handSize");
    if hand < 0 {
        errors.invalid(&at, "must be positive");
    } else if hand > queues {
        errors.invalid(&at, format!("should not be greater than queues ({queues})"));
    } else if entropy_bits(queues, hand) > HASH_BITS {
        errors.invalid(
            &at,
            format!("required entropy bits of deckSize {queues} and handSize {hand} should not be greater than {HASH_BITS}"),
        );
    }
}

/// `shufflesharding.RequiredEntropyBits`: what dealing a hand from a deck takes.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "at most ten million queues"
)]
fn entropy_bits(deck: i64, hand: i64) -> i64 {
    ((deck as f64).log2() * hand as f64).ceil() as i64
}
