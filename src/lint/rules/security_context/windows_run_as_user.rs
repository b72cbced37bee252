use crate::lint::prelude::*;

rule! {
    name: "windows-run-as-user",
    group: SecurityContext,
    severity: Warning,
    presets: [Recommended, Security],
    peers: ["kyverno:require-run-as-containeruser"],
    check: Container(check),
}

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Sink<'_>) {
    let Some((user, route)) = workload.security(container, "windowsOptions.runAsUserName") else {
        return;
    };
    if user.str().eq_ignore_ascii_case("ContainerAdministrator") {
        out.value(
            route,
            format!("{} runs as administrator", container.title(workload)),
            "set `runAsUserName: ContainerUser`",
        );
    }
}
