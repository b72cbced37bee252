//! Services, Ingresses, policies and ports.

pub(crate) mod duplicate_ingress_host_path;
pub(crate) mod exposed_services;
pub(crate) mod externalname_localhost;
pub(crate) mod half_isolated_pod;
pub(crate) mod ingress_class;
pub(crate) mod ingress_default_backend;
pub(crate) mod ingress_host_not_in_tls;
pub(crate) mod ingress_nginx_annotation_injection;
pub(crate) mod ingress_nginx_snippets;
pub(crate) mod ingress_path_injection;
pub(crate) mod ingress_path_type_regex;
pub(crate) mod ingress_tls;
pub(crate) mod ingress_wildcard_host;
pub(crate) mod missing_default_deny;
pub(crate) mod networkpolicy_allows_all;
pub(crate) mod networkpolicy_ineffective;
pub(crate) mod non_isolated_pod;
pub(crate) mod privileged_ports;
pub(crate) mod service_external_ips;
pub(crate) mod service_port_range;
pub(crate) mod service_traffic_policy;
pub(crate) mod ssh_port;
