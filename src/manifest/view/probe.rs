//! One probe of a container.

use plimsoll_yaml::NodeRef;

use super::{Container, Place, PortRef, text};

/// Which of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProbeKind {
    /// Restarts the container when it fails.
    Liveness,
    /// Takes the pod out of Services while it fails.
    Readiness,
    /// Holds the other two back until it has passed once.
    Startup,
}

impl ProbeKind {
    /// The container's field.
    pub fn field(self) -> &'static str {
        match self {
            Self::Liveness => "livenessProbe",
            Self::Readiness => "readinessProbe",
            Self::Startup => "startupProbe",
        }
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Liveness => "liveness",
            Self::Readiness => "readiness",
            Self::Startup => "startup",
        }
    }
}

/// A probe and the container it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Probe<'m> {
    /// What it probes.
    pub container: Container<'m>,
    /// Which of the three.
    pub kind: ProbeKind,
    /// Its mapping.
    pub node: NodeRef<'m>,
}

impl<'m> Probe<'m> {
    /// Where it is.
    pub fn place(self) -> Place {
        self.container.place().then(self.kind.field())
    }

    /// The port it asks, and where that is written; `None` for commands, and for another host than the pod.
    pub fn port(self) -> Option<(PortRef<'m>, Place)> {
        ["httpGet", "tcpSocket", "grpc"].into_iter().find_map(|handler| {
            let node = self.node.get(handler).filter(|node| text(node.get("host")).is_none())?;
            Some((PortRef::of(node.get("port")?)?, self.place().then(handler).then("port")))
        })
    }

    /// How long it takes from the first failure to the last that counts, in seconds: `periodSeconds` (10 by default)
    /// times `failureThreshold` (3 by default).
    pub fn seconds_to_fail(self) -> i64 {
        self.number("periodSeconds", 10).saturating_mul(self.number("failureThreshold", 3))
    }

    /// A number of the probe that counts from 1; 0 and what is missing mean the server's default.
    fn number(self, key: &str, default: i64) -> i64 {
        self.node.get(key).and_then(NodeRef::as_i64).filter(|number| *number > 0).unwrap_or(default)
    }

    /// `initialDelaySeconds`.
    pub fn initial_delay(self) -> i64 {
        self.number("initialDelaySeconds", 0)
    }
}
