//! How objects of one version become those of another: `validateCustomResourceConversion`.

use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::webhook_client;

pub(super) fn check(conversion: &At<'_, '_>, errors: &mut Errors<'_>) {
    if !conversion.is_given() {
        return;
    }
    let strategy = conversion.get("strategy");
    if strategy.is_empty() {
        errors.required(&strategy, "");
    } else if !matches!(strategy.str(), "None" | "Webhook") {
        errors.unsupported(&strategy, &["None", "Webhook"]);
    }
    let webhook = conversion.get("webhook");
    let config = webhook.get("clientConfig");
    let versions = webhook.get("conversionReviewVersions");
    if strategy.str() == "Webhook" {
        if config.is_given() {
            webhook_client::check(&config, errors);
        } else {
            errors.required(&config, "required when strategy is set to Webhook");
        }
        review_versions(&versions, errors);
        return;
    }
    const NOT_HERE: &str = "should not be set when strategy is not set to Webhook";
    if config.is_given() {
        errors
            .forbidden(&config, NOT_HERE)
            .help("set `strategy: Webhook`, or remove the webhook");
    }
    if !versions.is_empty() {
        errors.forbidden(&versions, NOT_HERE);
    }
}

/// `validateConversionReviewVersions`: one that the server speaks.
fn review_versions(versions: &At<'_, '_>, errors: &mut Errors<'_>) {
    if versions.is_empty() {
        errors
            .required(versions, "")
            .help("say which versions of ConversionReview the webhook takes, such as `[v1]`");
        return;
    }
    webhook_client::review_versions(versions, errors);
}
