use super::known::kind_of;
use crate::lint::prelude::*;

rule! {
    name: "configmap-secret",
    group: Secrets,
    severity: Warning,
    presets: [Default, Security],
    peers: ["polaris:sensitiveConfigmapContent", "trivy:KSV-0109"],
    check: Kinds(&[("", "ConfigMap")], check),
}

fn check<'m>(_: &Fleet<'m>, map: &'m Manifest, out: &mut Sink<'_>) {
    for (key, value) in map
        .get("data")
        .into_iter()
        .flat_map(NodeRef::entries)
        .filter(|(_, value)| value.is_scalar())
    {
        if let Some(kind) = kind_of(value.str()) {
            out.key(
                map.route("data").then(key.str()),
                format!("ConfigMap `{}` holds {kind}", map.id.name),
                "move it into a Secret",
            );
        }
    }
}
