use crate::lint::prelude::*;

rule! {
    name: "apparmor-profile-missing",
    group: SecurityContext,
    severity: Info,
    presets: [],
    peers: ["kubesec:ApparmorAny", "kubeaudit:AppArmorAnnotationMissing"],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let annotation = || {
        let name = format!(
            "container.apparmor.security.beta.kubernetes.io/{}",
            container.name()
        );
        let route = workload.template.below("metadata.annotations").then(&*name);
        workload.manifest.at(&route)
    };
    let says = workload.security(container, "appArmorProfile").is_some();
    if !says && !workload.is_windows() && annotation().is_none() {
        out.missing(
            container.at("securityContext.appArmorProfile"),
            format!("{} names no AppArmor profile", container.title(workload)),
            "set `appArmorProfile: {type: RuntimeDefault}`: it then does not start on a node without AppArmor",
        );
    }
}
