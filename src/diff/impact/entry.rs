//! Traffic from outside: Ingresses, Gateways and their routes.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Impact, Reason, Single, Update, at, items, list, text};
use crate::manifest::ObjectId;

/// Kinds that lead traffic to Services.
fn is_entry(object: &ObjectId) -> bool {
    super::is(object, "networking.k8s.io", &["Ingress"])
        || super::is(
            object,
            "gateway.networking.k8s.io",
            &[
                "Gateway",
                "HTTPRoute",
                "GRPCRoute",
                "TLSRoute",
                "TCPRoute",
                "UDPRoute",
            ],
        )
}

pub(super) fn of(update: &Update<'_, '_>, reasons: &mut Vec<Reason>) {
    if !is_entry(update.object) {
        return;
    }
    let Some(change) = update.change(&["spec"]) else {
        of_annotations(update, reasons);
        return;
    };
    let (old, new) = (backends(update.old), backends(update.new));
    let gone: Vec<String> = old
        .keys()
        .filter(|key| !new.contains_key(*key))
        .map(quoted)
        .collect();
    let come: Vec<String> = new
        .keys()
        .filter(|key| !old.contains_key(*key))
        .map(quoted)
        .collect();
    let mut say = |message: String| reasons.push(Reason::new(Impact::Traffic, message).at(Some(change)));
    if !gone.is_empty() {
        say(format!("requests to {} lead nowhere any more", list(&gone)));
    }
    if !come.is_empty() {
        say(format!("requests to {} are let in", list(&come)));
    }
    let mut moved = false;
    for (key, before) in &old {
        if let Some(after) = new.get(key).filter(|after| *after != before) {
            moved = true;
            say(format!("requests to `{key}` go to {after} instead of {before}"));
        }
    }
    if gone.is_empty() && come.is_empty() && !moved {
        say(format!(
            "`{}` changes: traffic from outside takes another way, or ends elsewhere",
            change.path()
        ));
    }
}

/// Controllers take most of their settings from annotations.
fn of_annotations(update: &Update<'_, '_>, reasons: &mut Vec<Reason>) {
    if let Some(change) = update.change(&["metadata", "annotations"]) {
        let message = format!(
            "`{}` changes: controllers read annotations as settings, and may treat requests in another way",
            change.path()
        );
        reasons.push(Reason::new(Impact::InPlace, message).at(Some(change)));
    }
}

/// An entry that goes closes the way.
pub(super) fn of_removal(removed: &Single<'_, '_>, reasons: &mut Vec<Reason>) {
    if is_entry(removed.object) {
        let gone: Vec<String> = backends(removed.value).keys().map(quoted).collect();
        if !gone.is_empty() {
            reasons.push(Reason::new(
                Impact::Traffic,
                format!("requests to {} lead nowhere any more", list(&gone)),
            ));
        }
    }
}

fn quoted(key: &String) -> String {
    format!("`{key}`")
}

/// Host and path of each way in, with the Services it leads to.
fn backends(entry: &Value) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for rule in items(entry, &["spec", "rules"]) {
        let host = Some(text(rule, "host"))
            .filter(|host| !host.is_empty())
            .unwrap_or("*");
        for path in items(rule, &["http", "paths"]) {
            let service = at(path, &["backend", "service"]).map(ingress_target);
            found.insert(
                format!("{host}{}", text(path, "path")),
                service.unwrap_or_else(|| "a resource".to_owned()),
            );
        }
        if at(rule, &["backendRefs"]).is_some() {
            let to: Vec<String> = items(rule, &["backendRefs"]).iter().map(route_target).collect();
            for host in hosts(entry) {
                for matched in matches(rule) {
                    found.insert(format!("{host}{matched}"), list(&to));
                }
            }
        }
    }
    if let Some(service) = at(entry, &["spec", "defaultBackend", "service"]) {
        found.insert("*".to_owned(), ingress_target(service));
    }
    found
}

/// The hosts that a route is for.
fn hosts(route: &Value) -> Vec<&str> {
    match items(route, &["spec", "hostnames"]) {
        [] => vec!["*"],
        hosts => hosts.iter().filter_map(Value::as_str).collect(),
    }
}

/// What a route's rule asks of a request, in short: the paths, and that there is more to match.
fn matches(rule: &Value) -> Vec<String> {
    match items(rule, &["matches"]) {
        [] => vec!["/".to_owned()],
        matches => matches
            .iter()
            .map(|matched| {
                let path = at(matched, &["path", "value"])
                    .and_then(Value::as_str)
                    .unwrap_or("/");
                let others = matched
                    .as_object()
                    .map_or(0, |fields| fields.keys().filter(|key| *key != "path").count());
                if others == 0 {
                    path.to_owned()
                } else {
                    format!("{path} ({})", matched)
                }
            })
            .collect(),
    }
}

fn ingress_target(service: &Value) -> String {
    let port = at(service, &["port", "name"]).or_else(|| at(service, &["port", "number"]));
    match port {
        Some(port) => format!(
            "Service `{}` port {}",
            text(service, "name"),
            super::shown(Some(port))
        ),
        None => format!("Service `{}`", text(service, "name")),
    }
}

fn route_target(backend: &Value) -> String {
    let name = text(backend, "name");
    let port = at(backend, &["port"])
        .map(|port| format!(" port {port}"))
        .unwrap_or_default();
    let weight = at(backend, &["weight"])
        .map(|weight| format!(" (weight {weight})"))
        .unwrap_or_default();
    format!("Service `{name}`{port}{weight}")
}
