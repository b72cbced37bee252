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

/// The names in `capabilities.add` or `capabilities.drop`, with their routes.
pub(super) fn listed<'c>(
    container: &'c Container<'_>,
    list: &str,
) -> impl Iterator<Item = (Route, String)> + use<'c> {
    let path = format!("securityContext.capabilities.{list}");
    let items = container.get(&path).into_iter().flat_map(NodeRef::items);
    let route = container.at(&path);
    items.enumerate().map(move |(index, item)| {
        let name = item.str().to_ascii_uppercase();
        let bare = name
            .strip_prefix("CAP_")
            .map_or_else(|| name.clone(), str::to_owned);
        (route.then(index), bare)
    })
}

/// The names in `capabilities.add`, with their routes.
pub(super) fn added<'c>(container: &'c Container<'_>) -> impl Iterator<Item = (Route, String)> + use<'c> {
    listed(container, "add")
}

/// Whether a capability is dropped, by its name or with all.
pub(super) fn drops(container: &Container<'_>, capability: &str) -> bool {
    listed(container, "drop").any(|(_, name)| name == capability || name == "ALL")
}

/// Whether all capabilities are dropped: by that word, or each that a runtime gives a container.
pub(super) fn drops_all(container: &Container<'_>) -> bool {
    GIVEN.iter().all(|capability| drops(container, capability))
}

/// What a runtime gives a container that asks for none (`DefaultCaps` of containerd).
const GIVEN: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "NET_RAW",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];
