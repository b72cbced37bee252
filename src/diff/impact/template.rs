//! What of a pod template changes, in words.

use super::Update;
use crate::diff::{FieldChange, FieldPath};
use crate::manifest::uses;
use crate::manifest::view;

/// The fields of a pod template that differ.
pub(super) struct TemplateChange<'a> {
    /// Never empty.
    fields: Vec<&'a FieldChange>,
    /// ConfigMaps and Secrets that change too, and whose change is all that these fields tell: checksum annotations.
    announces: Vec<String>,
}

impl<'a> TemplateChange<'a> {
    /// The change of the pod template of a workload, if it has one that differs.
    pub(super) fn of(update: &Update<'a, '_>) -> Option<Self> {
        let route = view::template_route(update.after)?;
        let keys: Vec<&str> = route.split('.').filter(|key| !key.is_empty()).collect();
        // The `metadata` of a Pod is the object's own.
        let spec = [keys.as_slice(), &["spec"]].concat();
        let keys = if keys.is_empty() { spec } else { keys };
        let mut fields: Vec<&FieldChange> = update
            .fields
            .iter()
            .filter(|field| field.path().starts_with(&keys))
            .collect();
        if fields.is_empty() {
            fields.push(update.change(&keys)?);
        }
        // What runs says more than what it is labeled with.
        let spec = [keys.as_slice(), &["spec"]].concat();
        fields.sort_by_key(|field| !field.path().starts_with(&spec));
        let annotations = [keys.as_slice(), &["metadata", "annotations"]].concat();
        let is_note = |field: &&FieldChange| field.path().starts_with(&annotations);
        let announces = if fields.iter().all(is_note) {
            rewritten(update)
        } else {
            Vec::new()
        };
        Some(Self { fields, announces })
    }

    /// The first field.
    pub(super) fn first(&self) -> Option<&'a FieldChange> {
        self.fields.first().copied()
    }

    /// ``the pod template changes (`…image` and 2 more fields)``.
    pub(super) fn sentence(&self) -> String {
        let first = self.first().map(|field| short(field.path())).unwrap_or_default();
        if !self.announces.is_empty() {
            let sources = super::list(&self.announces);
            return format!("the annotation {first} of the pods changes because {sources} does");
        }
        match self.fields.len() - 1 {
            0 => format!("the pod template changes ({first})"),
            1 => format!("the pod template changes ({first} and 1 more field)"),
            more => format!("the pod template changes ({first} and {more} more fields)"),
        }
    }
}

/// A path without what leads to the template, which the sentence says already.
fn short(path: &FieldPath) -> String {
    let text = path.to_string();
    let below = text.rsplit_once("template.").map_or(&*text, |(_, below)| below);
    format!("`{}`", below.strip_prefix("spec.").unwrap_or(below))
}

/// ConfigMaps and Secrets that the pods read, and that have another content in the new set.
fn rewritten(update: &Update<'_, '_>) -> Vec<String> {
    let Some((_, workload)) = update.workloads() else {
        return Vec::new();
    };
    let mut names: Vec<String> = uses::of(workload)
        .iter()
        .filter(|used| update.around.is_rewritten(used, workload.namespace))
        .map(|used| format!("{} `{}`", used.kind, used.name))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}
