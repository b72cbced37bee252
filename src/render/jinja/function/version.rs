//! Version constraints. Page: `docs/jinja/versions.md`.

use minijinja::Environment;

use crate::chart::is_compatible_range;

pub(super) fn add(env: &mut Environment<'_>) {
    env.add_filter("semver_compare", |version: &str, range: &str| {
        is_compatible_range(range, version)
    });
    env.add_function("semver_compare", |range: &str, version: &str| {
        is_compatible_range(range, version)
    });
}
