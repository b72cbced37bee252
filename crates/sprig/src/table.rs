//! The whole table of functions for a profile: the areas, one after the other.

use plimsoll_gotpl::Functions;

use crate::{
    crypto, dates, defaults, dicts, encoding, helm, lists, math, net, paths, random, regex, semver, strings,
    types, urls,
};

/// Whose function set it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// Helm 3.22.0
    Helm3,
    /// Helm 4.3.1
    #[default]
    Helm4,
}

/// The functions whose result is another in each run: they draw random bytes or read the clock. `date` and its kin do so
/// too, but only when they are given something that is no date.
pub const UNREPEATABLE: &[&str] = &[
    "ago",
    "bcrypt",
    "encryptAES",
    "genCA",
    "genCAWithKey",
    "genPrivateKey",
    "genSelfSignedCert",
    "genSelfSignedCertWithKey",
    "genSignedCert",
    "genSignedCertWithKey",
    "htpasswd",
    "now",
    "randAlpha",
    "randAlphaNum",
    "randAscii",
    "randBytes",
    "randInt",
    "randNumeric",
    "shuffle",
    "uuidv4",
];

/// Every function that Helm gives to templates, but for those that need the chart's own engine and are replaced by it
/// (`include`, `tpl`, `required`, `lookup`; `helm.rs` says which of them it holds).
pub fn functions(profile: Profile) -> Functions {
    let mut functions = Functions::new();
    let areas = [
        strings::add,
        regex::add,
        semver::add,
        dates::add,
        paths::add,
        net::add,
        urls::add,
        encoding::add,
        crypto::add,
        lists::add,
        dicts::add,
        math::add,
        defaults::add,
        types::add,
        random::add,
        helm::add,
    ];
    for add in areas {
        add(&mut functions, profile);
    }
    functions
}
