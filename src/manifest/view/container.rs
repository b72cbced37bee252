//! One container of a pod.

use plimsoll_yaml::NodeRef;

use super::{Place, PortRef, Probe, ProbeKind, Workload, text};

/// What a container is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Runs to its end before the others start.
    Init,
    /// An init container with `restartPolicy: Always`: starts before the others and stays.
    Sidecar,
    /// One of `containers`.
    App,
    /// Put into a running pod to debug it.
    Ephemeral,
}

/// A container and the workload it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Container<'m> {
    /// What its pod is made by.
    pub workload: Workload<'m>,
    /// Its mapping.
    pub node: NodeRef<'m>,
    /// What it is for.
    pub role: Role,
    index: usize,
}

/// All containers of a workload's pods.
pub(super) fn of<'m>(workload: Workload<'m>) -> impl Iterator<Item = Container<'m>> {
    [Role::Init, Role::App, Role::Ephemeral].into_iter().flat_map(move |list| {
        let items = workload.pod_field(list_of(list)).into_iter().flat_map(NodeRef::items).enumerate();
        items.filter(|(_, node)| node.is_mapping()).map(move |(index, node)| {
            let stays = list == Role::Init && text(node.get("restartPolicy")) == Some("Always");
            Container { workload, node, role: if stays { Role::Sidecar } else { list }, index }
        })
    })
}

/// The field of the pod's `spec` that lists containers of this role.
fn list_of(role: Role) -> &'static str {
    match role {
        Role::Init | Role::Sidecar => "initContainers",
        Role::App => "containers",
        Role::Ephemeral => "ephemeralContainers",
    }
}

impl<'m> Container<'m> {
    /// Its name; empty if it has none.
    pub fn name(self) -> &'m str {
        text(self.node.get("name")).unwrap_or_default()
    }

    /// A field.
    pub fn get(self, key: &str) -> Option<NodeRef<'m>> {
        self.node.get(key)
    }

    /// Where it is.
    pub fn place(self) -> Place {
        self.workload.pod_place().then(list_of(self.role)).then(self.index)
    }

    /// Its image, if it has one that can be read.
    pub fn image(self) -> Option<Image<'m>> {
        text(self.node.get("image")).and_then(Image::parse)
    }

    /// The ports it says it opens.
    pub fn ports(self) -> impl Iterator<Item = ContainerPort<'m>> {
        let items = self.node.get("ports").into_iter().flat_map(NodeRef::items);
        items.filter_map(|port| {
            Some(ContainerPort {
                number: port.get("containerPort")?.as_i64()?,
                name: text(port.get("name")).unwrap_or_default(),
                protocol: text(port.get("protocol")).unwrap_or("TCP"),
            })
        })
    }

    /// Whether it says it opens any port.
    pub fn opens_ports(self) -> bool {
        self.ports().next().is_some()
    }

    /// The ports in words, for a message: `` `http` (8080), 9090``.
    pub fn ports_in_words(self) -> String {
        let words: Vec<String> = self.ports().map(|port| port.to_string()).collect();
        words.join(", ")
    }

    /// One of its probes.
    pub fn probe(self, kind: ProbeKind) -> Option<Probe<'m>> {
        let node = self.node.get(kind.field()).filter(|node| node.is_mapping())?;
        Some(Probe { container: self, kind, node })
    }
}

impl std::fmt::Display for Container<'_> {
    /// ``init container `migrate` ``
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let role = match self.role {
            Role::Init => "init container",
            Role::Sidecar => "sidecar",
            Role::App => "container",
            Role::Ephemeral => "ephemeral container",
        };
        match self.name() {
            "" => write!(f, "{role} {} (without a name)", self.index + 1),
            name => write!(f, "{role} `{name}`"),
        }
    }
}

/// A port that a container says it opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContainerPort<'m> {
    /// `containerPort`.
    pub number: i64,
    /// Its name, or empty.
    pub name: &'m str,
    /// `TCP` unless it says otherwise.
    pub protocol: &'m str,
}

impl ContainerPort<'_> {
    /// Whether a reference means this port.
    pub fn is(self, port: PortRef<'_>) -> bool {
        match port {
            PortRef::Number(number) => self.number == number,
            PortRef::Name(name) => self.name == name,
        }
    }
}

impl std::fmt::Display for ContainerPort<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let protocol = if self.protocol == "TCP" { String::new() } else { format!("/{}", self.protocol) };
        match self.name {
            "" => write!(f, "{}{protocol}", self.number),
            name => write!(f, "`{name}` ({}{protocol})", self.number),
        }
    }
}

/// An image reference, taken apart as container runtimes do (`distribution/reference`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Image<'m> {
    /// The whole reference.
    pub text: &'m str,
    /// Registry and path.
    pub repository: &'m str,
    /// What follows the colon of the last path element; the colon of `host:5000/app` is a port's.
    pub tag: Option<&'m str>,
    /// What follows `@`.
    pub digest: Option<&'m str>,
}

impl<'m> Image<'m> {
    /// `None` if a variable that somebody else replaces is left in the text.
    pub fn parse(text: &'m str) -> Option<Self> {
        if text.contains(['$', '{', '<', ' ']) {
            return None;
        }
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (text, None),
        };
        let path = name.rfind('/').map_or(0, |slash| slash + 1);
        let (repository, tag) = match name[path..].split_once(':') {
            Some((last, tag)) => (&name[..path + last.len()], Some(tag)),
            None => (name, None),
        };
        Some(Self { text, repository, tag, digest })
    }
}

#[cfg(test)]
mod tests {
    use super::Image;

    #[test]
    fn a_colon_before_the_last_slash_is_a_port() {
        let parts = |text| Image::parse(text).map(|image| (image.repository, image.tag, image.digest));
        assert_eq!(parts("nginx"), Some(("nginx", None, None)));
        assert_eq!(parts("host:5000/app"), Some(("host:5000/app", None, None)));
        assert_eq!(parts("host:5000/app:1.2"), Some(("host:5000/app", Some("1.2"), None)));
        assert_eq!(parts("a/b:1@sha256:ab"), Some(("a/b", Some("1"), Some("sha256:ab"))));
        assert_eq!(parts("b@sha256:ab"), Some(("b", None, Some("sha256:ab"))));
        assert_eq!(parts("${IMAGE}"), None);
    }
}
