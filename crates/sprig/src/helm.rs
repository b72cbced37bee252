//! What Helm adds to Sprig's functions, or puts in their place.
//!
//! `include`, `tpl`, `required`, `fail` and `lookup` are those of a render without a cluster; a host that counts
//! includes, lints, or has a cluster adds its own over them.

mod duration;
mod flow;
mod json;
mod toml;
mod yaml;
mod yaml_key;

use plimsoll_gotpl::Functions;
pub use yaml::encode as to_yaml;

use crate::Profile;

/// Adds the functions of this area.
pub(crate) fn add(functions: &mut Functions, profile: Profile) {
    flow::add(functions);
    json::add(functions);
    toml::add(functions, profile);
    yaml::add(functions, profile);
    if profile == Profile::Helm4 {
        duration::add(functions);
    }
}
