//! A core Service.

use k8s_openapi::Resource;
use plimsoll_yaml::NodeRef;

use super::{Manifest, Place, PortRef, text};

/// A Service.
#[derive(Debug, Clone, Copy)]
pub struct Service<'m> {
    /// The object.
    pub manifest: &'m Manifest,
    spec: NodeRef<'m>,
}

impl<'m> Service<'m> {
    /// The view of an object, if it is a Service with a `spec`.
    pub fn of(manifest: &'m Manifest) -> Option<Self> {
        type Kind = k8s_openapi::api::core::v1::Service;
        let id = &manifest.id;
        if id.group() != Kind::GROUP || &*id.kind != Kind::KIND {
            return None;
        }
        let spec = manifest.node().get("spec").filter(|spec| spec.is_mapping())?;
        Some(Self { manifest, spec })
    }

    /// The node of `spec.selector`; `None` for an alias of another name (`ExternalName`), which selects nothing.
    pub fn selector_node(self) -> Option<NodeRef<'m>> {
        if text(self.spec.get("type")) == Some("ExternalName") {
            return None;
        }
        self.spec.get("selector")
    }

    /// Where the selector is.
    pub fn selector_place(self) -> Place {
        Place::of(self.manifest).down(&["spec", "selector"])
    }

    /// Whether it has no address of its own (`clusterIP: None`), so that clients talk to the pods' own ports.
    pub fn is_headless(self) -> bool {
        text(self.spec.get("clusterIP")) == Some("None")
    }

    /// Whether it sends traffic to pods that are not ready, too.
    pub fn publishes_not_ready(self) -> bool {
        self.spec.get("publishNotReadyAddresses").and_then(NodeRef::as_bool) == Some(true)
    }

    /// Its ports that can be read.
    pub fn ports(self) -> impl Iterator<Item = ServicePort<'m>> {
        let items = self.spec.get("ports").into_iter().flat_map(NodeRef::items).enumerate();
        items.filter_map(move |(index, node)| {
            let port = node.get("port").and_then(NodeRef::as_i64);
            let written = node.get("targetPort").filter(|target| !target.is_null());
            let target = match written {
                // A target port of 0 is not set for the server, which then takes the port.
                Some(target) => PortRef::of(target).filter(|target| *target != PortRef::Number(0)),
                None => None,
            };
            Some(ServicePort {
                port: port?,
                name: text(node.get("name")).unwrap_or_default(),
                target: target.unwrap_or(PortRef::Number(port?)),
                protocol: text(node.get("protocol")).unwrap_or("TCP"),
                place: Place::of(self.manifest)
                    .down(&["spec", "ports"])
                    .then(index)
                    .then(if written.is_some() { "targetPort" } else { "port" }),
            })
        })
    }
}

/// A port of a Service.
#[derive(Debug, Clone)]
pub struct ServicePort<'m> {
    /// The port clients use.
    pub port: i64,
    /// Its name, or empty.
    pub name: &'m str,
    /// The port of the pods: `targetPort`, or the port itself.
    pub target: PortRef<'m>,
    /// `TCP` unless it says otherwise.
    pub protocol: &'m str,
    /// Where the target is written.
    pub place: Place,
}
