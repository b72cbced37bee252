//! What a flag of a program must say, and what its command line says.

use crate::lint::prelude::*;
use crate::manifest::view::Item;

/// What one rule asks of a program's command line.
pub(super) struct Flag {
    /// The flags it is about; each must be as wanted.
    pub(super) flags: &'static [&'static str],
    pub(super) want: Want,
    /// Flags that may say the same, such as one that names a file: with them nothing is missing.
    pub(super) settled_by: &'static [&'static str],
    /// What happens if it is not as wanted.
    pub(super) otherwise: &'static str,
}

/// What a flag must be.
pub(super) enum Want {
    /// There, with this value.
    Is(&'static str),
    /// Not there, or with another value.
    IsNot(&'static str),
    /// There, and not empty.
    Set,
    /// Not there.
    Unset,
    /// There, with a list that has this item.
    Lists(&'static str),
    /// Not there, or with a list without this item.
    ListsNone(&'static str),
    /// Not there, or with a list of nothing else.
    Only(&'static [&'static str]),
    /// There, with a number that is not below this.
    AtLeast(i64),
}

/// The suites without a known weakness, in the names of Go.
pub(super) const STRONG_CIPHERS: &[&str] = &[
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
];

/// Declares a `RULES` table: one rule a row, each about flags of the same program.
macro_rules! flag_rules {
    (
        program: $program:literal,
        $({
            name: $name:literal,
            severity: $severity:ident,
            presets: [$($preset:ident),*],
            peers: [$($peer:literal),* $(,)?],
            flags: [$($flag:literal),*],
            want: $want:expr,
            settled_by: [$($settled:literal),*],
            otherwise: $otherwise:literal,
        })*
    ) => {
        pub(crate) static RULES: &[$crate::lint::LintRule] = &[$(
            $crate::lint::rule::lint_rule! {
                name: $name,
                group: ControlPlane,
                severity: $severity,
                presets: [$($preset),*],
                peers: [$($peer),*],
                check: Program($program, |_, workload, container, out| {
                    static FLAG: $crate::lint::rules::control_plane::flags::Flag =
                        $crate::lint::rules::control_plane::flags::Flag {
                            flags: &[$($flag),*],
                            want: $want,
                            settled_by: &[$($settled),*],
                            otherwise: $otherwise,
                        };
                    FLAG.check($program, workload, container, out);
                }),
            }
        ),*];
    };
}
pub(super) use flag_rules;

/// A flag as it is written: `--name=value`, `--name value` or `--name`.
pub(super) struct Written<'c, 'm> {
    pub(super) name: &'m str,
    pub(super) value: &'m str,
    pub(super) at: Item<'c, 'm>,
}

/// The flags on a container's command line.
pub(super) fn written<'c, 'm>(container: &'c Container<'m>) -> Vec<Written<'c, 'm>> {
    let words: Vec<Item<'c, 'm>> = container
        .items("command")
        .chain(container.items("args"))
        .collect();
    let flag = |(number, at): (usize, &Item<'c, 'm>)| {
        let text = at.node.str();
        let text = text.strip_prefix("--").or_else(|| text.strip_prefix('-'))?;
        let (name, value) = text.split_once('=').unwrap_or_else(|| {
            let next = words.get(number + 1).map(|next| next.node.str());
            (text, next.filter(|next| !next.starts_with('-')).unwrap_or("true"))
        });
        Some(Written { name, value, at: *at })
    };
    words.iter().enumerate().filter_map(flag).collect()
}

impl Flag {
    pub(super) fn check(
        &self,
        program: &str,
        workload: &Workload<'_>,
        container: &Container<'_>,
        out: &mut Sink<'_>,
    ) {
        let written = written(container);
        for flag in self.flags {
            // The last of several counts.
            let given = written.iter().rev().find(|written| written.name == *flag);
            match given {
                Some(given) if !self.want.is_met(given.value) => {
                    let message = format!(
                        "{} starts `{program}` with `--{flag}={}`: {}",
                        container.title(workload),
                        given.value,
                        self.otherwise
                    );
                    out.value(given.at.route(), message, self.want.help(flag));
                    return;
                }
                None if self.want.is_needed() && !self.is_settled(&written) => {
                    let list = if container.get("args").is_some() {
                        "args"
                    } else {
                        "command"
                    };
                    let message = format!(
                        "{} starts `{program}` without `--{flag}`: {}",
                        container.title(workload),
                        self.otherwise
                    );
                    out.key(container.at(list), message, self.want.help(flag));
                    return;
                }
                _ => {}
            }
        }
    }

    fn is_settled(&self, written: &[Written<'_, '_>]) -> bool {
        written
            .iter()
            .any(|written| self.settled_by.contains(&written.name))
    }
}

impl Want {
    fn is_met(&self, value: &str) -> bool {
        let mut items = value.split(',').map(str::trim);
        match self {
            Self::Is(wanted) => value == *wanted,
            Self::IsNot(unwanted) => value != *unwanted,
            Self::Set => !value.is_empty(),
            Self::Unset => false,
            Self::Lists(wanted) => items.any(|item| item == *wanted),
            Self::ListsNone(unwanted) => items.all(|item| item != *unwanted),
            Self::Only(known) => items.all(|item| known.contains(&item)),
            // What is no number the program refuses itself.
            Self::AtLeast(least) => value.parse::<i64>().is_ok_and(|number| number >= *least),
        }
    }

    /// Whether it is wrong to leave the flag out.
    const fn is_needed(&self) -> bool {
        matches!(self, Self::Is(_) | Self::Set | Self::Lists(_) | Self::AtLeast(_))
    }

    fn help(&self, flag: &str) -> String {
        match self {
            Self::Is(value) => format!("set `--{flag}={value}`"),
            Self::IsNot(_) | Self::Unset => format!("remove `--{flag}`"),
            Self::Set => format!("set `--{flag}`"),
            Self::Lists(item) => format!("add `{item}` to `--{flag}`"),
            Self::ListsNone(item) => format!("remove `{item}` from `--{flag}`"),
            Self::Only(_) => format!("remove `--{flag}`, or list only suites with ECDHE and GCM or ChaCha20"),
            Self::AtLeast(least) => format!("set `--{flag}={least}` or more"),
        }
    }
}
