//! The capabilities of a container, as runtimes read them: upper case, without `CAP_`.

use crate::lint::prelude::*;

/// Those that the `baseline` Pod Security level lets a pod add.
pub(super) use crate::admission::pod_security::DEFAULT_CAPABILITIES as ALLOWED;

/// Those that lead from a container to its node, or to the traffic of others.
pub(super) const DANGEROUS: &[&str] = &[
    "ALL",
    "BPF",
    "DAC_READ_SEARCH",
    "MAC_ADMIN",
    "NET_ADMIN",
    "NET_RAW",
    "PERFMON",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_MODULE",
    "SYS_PTRACE",
    "SYS_RAWIO",
];

/// All of Linux (`include/uapi/linux/capability.h`).
pub(super) const ALL: &[&str] = &[
    "AUDIT_CONTROL",
    "AUDIT_READ",
    "AUDIT_WRITE",
    "BLOCK_SUSPEND",
    "BPF",
    "CHECKPOINT_RESTORE",
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "IPC_LOCK",
    "IPC_OWNER",
    "KILL",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "MKNOD",
    "NET_ADMIN",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_RAW",
    "PERFMON",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYSLOG",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_CHROOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "WAKE_ALARM",
];

/// A name in `capabilities.add` or `capabilities.drop`.
pub(super) struct Listed<'c, 'm> {
    container: &'c Container<'m>,
    list: &'static str,
    index: usize,
    /// In capitals, without `CAP_`.
    pub(super) name: String,
}

impl Listed<'_, '_> {
    /// Where it is in its object.
    pub(super) fn route(&self) -> Route {
        let lists = self.container.at("securityContext.capabilities");
        lists.then(self.list).then(self.index)
    }
}

/// The names in `capabilities.add` or `capabilities.drop`.
pub(super) fn listed<'c, 'm>(
    container: &'c Container<'m>,
    list: &'static str,
) -> impl Iterator<Item = Listed<'c, 'm>> {
    let lists = container.get("securityContext.capabilities");
    let items = lists
        .and_then(|lists| lists.get(list))
        .into_iter()
        .flat_map(NodeRef::items);
    items.enumerate().map(move |(index, item)| {
        let mut name = item.str().to_ascii_uppercase();
        if name.starts_with("CAP_") {
            name.drain(.."CAP_".len());
        }
        Listed {
            container,
            list,
            index,
            name,
        }
    })
}

/// The names in `capabilities.add`.
pub(super) fn added<'c, 'm>(container: &'c Container<'m>) -> impl Iterator<Item = Listed<'c, 'm>> {
    listed(container, "add")
}

/// Whether a capability is dropped, by its name or with all.
pub(super) fn drops(container: &Container<'_>, capability: &str) -> bool {
    listed(container, "drop").any(|dropped| dropped.name == capability || dropped.name == "ALL")
}

/// Whether all capabilities are dropped: by that word, or each that a runtime gives a container that asks for none
/// (`DefaultCaps` of containerd: what a pod may add, and one more).
pub(super) fn drops_all(container: &Container<'_>) -> bool {
    let mut given = ALLOWED.iter().chain(&["NET_RAW"]);
    given.all(|capability| drops(container, capability))
}
