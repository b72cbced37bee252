//! Paths by text alone: `base`, `dir`, `clean`, `ext`, `isAbs`; the `os` forms are the same on Linux.

use plimsoll_gostd::path;
use plimsoll_gotpl::{Functions, Str};

use crate::Profile;

/// `base "a/b.txt"` is `b.txt`.
fn base(text: Str) -> Str {
    Str::new(path::base(&text))
}

/// `dir "a/b.txt"` is `a`.
fn dir(text: Str) -> Str {
    path::dir(&text).into()
}

/// `clean "a/../b"` is `b`.
fn clean(text: Str) -> Str {
    path::clean(&text).into()
}

/// `ext "a.tar.gz"` is `.gz`.
fn ext(text: Str) -> Str {
    Str::new(path::ext(&text))
}

/// `isAbs "/a"` is true.
fn is_abs(text: Str) -> bool {
    path::is_abs(&text)
}

pub(crate) fn add(functions: &mut Functions, _: Profile) {
    for name in ["base", "osBase"] {
        functions.add(name, base);
    }
    for name in ["dir", "osDir"] {
        functions.add(name, dir);
    }
    for name in ["clean", "osClean"] {
        functions.add(name, clean);
    }
    for name in ["ext", "osExt"] {
        functions.add(name, ext);
    }
    for name in ["isAbs", "osIsAbs"] {
        functions.add(name, is_abs);
    }
}
