//! `ValidateTolerations` of pkg/apis/core/validation, of pods and of RuntimeClasses.

use super::invalid;
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::names;

/// Checks a list of tolerations. `Lt` and `Gt` are behind a gate that is off in every release so far.
pub(in crate::admission) fn tolerations(tolerations: &At<'_, '_>, errors: &mut Errors<'_>) {
    for toleration in tolerations.items() {
        let (key, operator, value) = (
            toleration.get("key"),
            toleration.get("operator"),
            toleration.get("value"),
        );
        if !key.is_empty() {
            invalid(&key, names::qualified_name(key.str()), errors);
        } else if operator.str() != "Exists" {
            errors
                .invalid(
                    &operator,
                    "operator must be Exists when `key` is empty, which means \"match all values and all keys\"",
                )
                .help("give the `key` of the taint, or set `operator: Exists` to tolerate every taint");
        }
        let effect = toleration.get("effect");
        if toleration.get("tolerationSeconds").is_given() && effect.str() != "NoExecute" {
            errors.invalid(
                &effect,
                "effect must be 'NoExecute' when `tolerationSeconds` is set",
            );
        }
        match operator.str() {
            "" | "Equal" => {
                let wrong = names::label_value(value.str());
                if !wrong.is_empty() {
                    errors.invalid(&value, wrong.join(";"));
                }
            }
            "Exists" => {
                if !value.is_empty() {
                    errors
                        .invalid(&value, "value must be empty when `operator` is 'Exists'")
                        .help("remove `value`, or set `operator: Equal`");
                }
            }
            _ => {
                errors.unsupported(&operator, &["Equal", "Exists"]);
            }
        }
        super::one_of(&effect, &["NoSchedule", "PreferNoSchedule", "NoExecute"], errors);
    }
}
