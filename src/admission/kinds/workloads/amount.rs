//! Counts that may be percentages: `ValidatePositiveIntOrPercent` and its neighbors in pkg/apis/apps/validation.

use crate::admission::at::At;
use crate::admission::errors::Errors;

const PERCENT: &str = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

/// `getPercentValue`: the number before `%`; `None` when the value is no percentage.
fn percent(at: &At<'_, '_>) -> Option<i64> {
    let digits = text(at)?.strip_suffix('%')?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    // As `strconv.Atoi`, which gives the largest number for more digits than fit.
    is_number.then(|| digits.parse().unwrap_or(i64::MAX))
}

/// The value if it is a string; numbers are none.
fn text<'m>(at: &At<'m, '_>) -> Option<&'m str> {
    at.node().and_then(plimsoll_yaml::NodeRef::as_str)
}

/// `getIntOrPercentValue`: a percentage counts as its number; what is not given as `default`.
pub(super) fn value(at: &At<'_, '_>, default: i64) -> i64 {
    if !at.is_given() {
        return default;
    }
    percent(at)
        .or_else(|| at.int())
        .or_else(|| text(at)?.parse().ok())
        .unwrap_or(0)
}

/// `ValidatePositiveIntOrPercent`: not below 0, or a percentage.
pub(super) fn not_negative(at: &At<'_, '_>, errors: &mut Errors<'_>) {
    if text(at).is_some() {
        if percent(at).is_none() {
            errors.invalid(at, PERCENT);
        }
    } else {
        errors.not_negative(at);
    }
}

/// `IsNotMoreThan100Percent`.
pub(super) fn not_more_than_all(at: &At<'_, '_>, errors: &mut Errors<'_>) {
    if percent(at).is_some_and(|share| share > 100) {
        errors.invalid(at, "must not be greater than 100%");
    }
}
