//! Hooks of Helm: helm deletes them before it makes them anew, so nothing of them is ever updated.

use super::{Impact, Reason, Update, at};

/// Whether both sides are hooks that helm deletes before the new one comes; then no other class has anything to say.
pub(super) fn of(update: &Update<'_, '_>) -> Option<Reason> {
    let annotation =
        |side, key| at(side, &["metadata", "annotations", key]).and_then(serde_json::Value::as_str);
    let events = annotation(update.new, "helm.sh/hook")?;
    annotation(update.old, "helm.sh/hook")?;
    // Helm's default where nothing is said.
    let policy = annotation(update.new, "helm.sh/hook-delete-policy").unwrap_or("before-hook-creation");
    let is_deleted = ["before-hook-creation", "hook-succeeded"]
        .iter()
        .any(|word| policy.contains(word));
    is_deleted.then(|| {
        let message = format!(
            "a hook of Helm (`{events}`): helm deletes the old one and runs the new one, nothing is updated"
        );
        Reason::new(Impact::InPlace, message).at(update.fields.first())
    })
}
