//! Pods as admission plugins meet them: on their own, or later, from the template in an object that makes them.

use crate::finding::{Anchor, Part};
use crate::manifest::{Manifest, Route, view};

/// Where the plugins find a pod's `metadata` and `spec` in an object; `None` of one that makes no pods.
pub(super) fn of(manifest: &Manifest) -> Option<Route> {
    Route::parse(view::template_route(manifest)?).ok()
}

/// What becomes of an object whose pods are refused: the end of a message. Nothing for a Pod, which is refused itself.
pub(super) fn fate(manifest: &Manifest, template: &Route) -> String {
    if template.steps().is_empty() {
        return String::new();
    }
    format!(
        "; the {} is taken, and each of its pods is refused",
        manifest.id.kind
    )
}

/// A place of a pod in its object: what is missing is shown at the nearest place above that is there.
pub(super) fn anchor(manifest: &Manifest, template: &Route, place: &Route) -> Anchor {
    let mut route = template.join(place);
    let is_there = |route: &Route| manifest.at(route).is_some_and(|node| !node.is_null());
    if is_there(&route) {
        return Anchor::Route(manifest.number, route, Part::Value);
    }
    while !is_there(&route) && route.pop().is_some() {}
    Anchor::Route(manifest.number, route, Part::Missing)
}
