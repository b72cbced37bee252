use crate::lint::prelude::*;
use crate::manifest::image::Reference;

rule! {
    name: "image-pull-secrets-required",
    group: Images,
    severity: Warning,
    presets: [],
    confidence: Likely,
    parameters: [Globs(PRIVATE)],
    peers: ["kyverno:require-imagepullsecrets"],
    check: Workload(check),
}

static PRIVATE: Globs = Globs {
    name: "private",
    about: "Registries and repositories that ask who one is: registry.example.com, ghcr.io/acme",
    default: &[],
};

fn check<'m>(fleet: &Fleet<'m>, workload: &Workload<'m>, out: &mut Sink<'_>) {
    let private = out.globs(&PRIVATE);
    let asks = |image: &str| {
        let name = Reference::of(image).full_name();
        private.iter().any(|pattern| pattern.matches(&name))
    };
    let images = workload
        .containers
        .iter()
        .filter_map(|container| container.get("image"));
    let Some(image) = images.map(NodeRef::str).find(|image| asks(image)) else {
        return;
    };
    let has_some = |node: Option<NodeRef<'_>>| node.is_some_and(|secrets| !secrets.is_empty());
    let account = workload.get("serviceAccountName").map_or("default", NodeRef::str);
    let account = fleet.object(("", "ServiceAccount"), Some(workload.namespace), account);
    if has_some(workload.get("imagePullSecrets"))
        || has_some(account.and_then(|account| account.get("imagePullSecrets")))
    {
        return;
    }
    out.missing(
        workload.route("imagePullSecrets"),
        format!(
            "pods of {} pull `{image}` from a private registry without a login",
            workload.title()
        ),
        "name the Secret with the login in `imagePullSecrets`, of the pods or of their ServiceAccount",
    );
}
