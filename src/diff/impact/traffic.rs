//! Traffic that goes to other pods, or comes in another way.

use super::{Impact, Reason, Update};

/// Fields of a Service that decide where its traffic goes, with what they do.
const SERVICE: [(&str, &str); 8] = [
    ("selector", "other pods get the Service's traffic"),
    ("ports", "the Service's ports change"),
    ("type", "the Service is reached in another way"),
    ("externalName", "the Service's name leads elsewhere"),
    ("externalTrafficPolicy", "traffic from outside takes another way"),
    ("internalTrafficPolicy", "traffic from inside takes another way"),
    (
        "sessionAffinity",
        "clients are spread over the pods in another way",
    ),
    (
        "trafficDistribution",
        "clients are spread over the pods in another way",
    ),
];

pub(super) fn of(update: &Update<'_>) -> Option<Reason> {
    if update.is("", &["Service"]) {
        let (_, message) = SERVICE
            .iter()
            .find(|(field, _)| update.touches(&["spec", field]))?;
        return Some(Reason::new(Impact::Traffic, *message));
    }
    if !update.touches(&["spec"]) {
        return None;
    }
    if update.is("networking.k8s.io", &["Ingress"])
        || update.is(
            "gateway.networking.k8s.io",
            &["Gateway", "HTTPRoute", "GRPCRoute"],
        )
    {
        return Some(Reason::new(
            Impact::Traffic,
            "traffic from outside takes another way",
        ));
    }
    if update.is("networking.k8s.io", &["NetworkPolicy"]) {
        return Some(Reason::new(Impact::Traffic, "other connections are allowed"));
    }
    None
}
