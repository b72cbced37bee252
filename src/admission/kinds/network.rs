//! Services, Ingresses, endpoints and network policies.

use super::{KindRules, anything};
use crate::admission::names;

mod addresses;
mod endpoints;
mod ingress;
mod network_policy;
mod service;
mod service_allocation;
mod service_update;

pub(super) static KINDS: &[KindRules] = &[
    KindRules {
        group: "",
        kind: "Service",
        name: names::label_name,
        create: service::create,
        update: service_update::update,
    },
    KindRules {
        group: "",
        kind: "Endpoints",
        name: names::subdomain_name,
        create: endpoints::endpoints,
        update: anything,
    },
    KindRules {
        group: "discovery.k8s.io",
        kind: "EndpointSlice",
        name: names::subdomain_name,
        create: endpoints::slice,
        update: endpoints::slice_update,
    },
    KindRules {
        group: "networking.k8s.io",
        kind: "Ingress",
        name: names::subdomain_name,
        create: ingress::ingress,
        update: anything,
    },
    KindRules {
        group: "networking.k8s.io",
        kind: "IngressClass",
        name: names::subdomain_name,
        create: ingress::class,
        update: ingress::class_update,
    },
    KindRules {
        group: "networking.k8s.io",
        kind: "NetworkPolicy",
        name: names::subdomain_name,
        create: network_policy::create,
        update: anything,
    },
    KindRules {
        group: "networking.k8s.io",
        kind: "IPAddress",
        name: addresses::ip_address_name,
        create: addresses::ip_address,
        update: addresses::ip_address_update,
    },
    KindRules {
        group: "networking.k8s.io",
        kind: "ServiceCIDR",
        name: names::subdomain_name,
        create: addresses::service_cidr,
        update: addresses::service_cidr_update,
    },
];
