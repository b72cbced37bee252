use crate::lint::prelude::*;
use crate::manifest::GroupKind;

rule! {
    name: "webhook-service-missing",
    group: References,
    severity: Error,
    presets: [Default, Availability],
    peers: [],
    check: Kinds(KINDS, check),
}

fn check<'m>(fleet: &Fleet<'m>, manifest: &'m Manifest, out: &mut Sink<'_>) {
    let mut check_service = |route: Route, service: Option<NodeRef<'_>>| {
        let Some(service) = service else { return };
        let text = |key| service.get(key).map_or("", NodeRef::str);
        let (name, namespace) = (text("name"), text("namespace"));
        if !name.is_empty() && fleet.is_missing(("", "Service"), Some(namespace), name) {
            let help = match fleet.nearest_name(("", "Service"), Some(namespace), name) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("the namespace `{namespace}` has no such Service: correct name or namespace"),
            };
            out.value(
                route.then("name"),
                format!(
                    "{} `{}` is behind the Service `{name}`, which is not there",
                    manifest.id.kind, manifest.id.name
                ),
                help,
            );
        }
    };
    for (index, webhook) in manifest
        .node()
        .get("webhooks")
        .into_iter()
        .flat_map(NodeRef::items)
        .enumerate()
    {
        let service = webhook
            .get("clientConfig")
            .and_then(|config| config.get("service"));
        check_service(
            Route::root()
                .then("webhooks")
                .then(index)
                .below("clientConfig.service"),
            service,
        );
    }
    for path in ["spec.service", "spec.conversion.webhook.clientConfig.service"] {
        check_service(manifest.route(path), manifest.get(path));
    }
}

const KINDS: &[GroupKind<'static>] = &[
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("apiregistration.k8s.io", "APIService"),
];
