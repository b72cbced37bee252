//! `validatePodDNSConfig` and `ValidateHostAliases` of pkg/apis/core/validation.

use super::{invalid, required};
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::{ip, names};

/// Most name servers the C library asks.
const NAMESERVERS_MAX: usize = 3;

/// Most domains in the search list.
const SEARCHES_MAX: usize = 32;

/// The longest search list, in bytes with the spaces between the domains.
const SEARCH_LIST_MAX: usize = 2048;

/// `validatePodDNSConfig`.
pub(super) fn config(spec: &At<'_, '_>, errors: &mut Errors<'_>) {
    let config = spec.get("dnsConfig");
    let (nameservers, searches) = (config.get("nameservers"), config.get("searches"));
    if spec.get("dnsPolicy").str() == "None" {
        if !config.is_given() {
            errors.required(&config, "must provide `dnsConfig` when `dnsPolicy` is None");
            return;
        }
        if nameservers.is_empty() {
            errors.required(
                &nameservers,
                "must provide at least one DNS nameserver when `dnsPolicy` is None",
            );
            return;
        }
    }
    if nameservers.len() > NAMESERVERS_MAX {
        errors.invalid(
            &nameservers,
            format!("must not have more than {NAMESERVERS_MAX} nameservers"),
        );
    }
    for server in nameservers.items() {
        ip::legacy(server.str(), &server, errors);
    }
    if searches.len() > SEARCHES_MAX {
        errors.invalid(
            &searches,
            format!("must not have more than {SEARCHES_MAX} search paths"),
        );
    }
    let together: usize = searches.items().map(|search| search.str().len() + 1).sum();
    if together > SEARCH_LIST_MAX + 1 {
        errors.invalid(
            &searches,
            format!(
                "must not have more than {SEARCH_LIST_MAX} characters (including spaces) in the search list"
            ),
        );
    }
    for search in searches.items() {
        let name = search.str();
        let name = name.strip_suffix('.').unwrap_or(name);
        errors.minors(..33, |errors| {
            invalid(&search, names::dns1123_subdomain(name), errors)
        });
        errors.minors(33.., |errors| {
            if search.str() != "." {
                invalid(&search, search_domain(name), errors);
            }
        });
    }
    for option in config.get("options").items() {
        let name = option.get("name");
        if name.is_empty() {
            errors.required(&name, "must not be empty");
        }
    }
}

/// `IsDNS1123SubdomainWithUnderscore`.
fn search_domain(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.len() > 253 {
        wrong.push("must be no more than 253 characters".to_owned());
    }
    let edge =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let fits = text.split('.').all(|label| {
        let bytes = label.strip_prefix('_').unwrap_or(label).as_bytes();
        edge(bytes.first())
            && edge(bytes.last())
            && bytes
                .iter()
                .all(|byte| edge(Some(byte)) || matches!(byte, b'-' | b'_'))
    });
    if !fits {
        wrong.push("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')".to_owned());
    }
    wrong
}

/// `ValidateHostAliases`.
pub(super) fn host_aliases(aliases: &At<'_, '_>, errors: &mut Errors<'_>) {
    for alias in aliases.items() {
        let address = alias.get("ip");
        if address.is_given() {
            ip::legacy(address.str(), &address, errors);
        } else {
            required(&address, errors);
        }
        for name in alias.get("hostnames").items() {
            invalid(&name, names::dns1123_subdomain(name.str()), errors);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::search_domain;

    #[test]
    fn search_domains_may_have_underscores() {
        for name in ["example.com", "_tcp.example.com", "a_b.c"] {
            assert!(search_domain(name).is_empty(), "{name}");
        }
        for name in ["", "__a", "a_.b", "a..b", "A.b"] {
            assert_eq!(search_domain(name).len(), 1, "{name}");
        }
    }
}
