//! The server's defaults inside pod templates and claims, for comparing an old with a new object:
//! pkg/apis/core/v1/defaults.go and zz_generated.defaults.go.

use super::equal::Tree;

/// `SetDefaults_PodSpec` and all it calls, on a `PodTemplateSpec`.
pub(super) fn pod_template(template: &mut Tree) {
    pod_spec(template.ensure("spec"));
}

/// `SetDefaults_PodSpec` and what the generated defaulting adds. What only Pods get (`SetDefaults_Pod`) is [`pod`].
pub(super) fn pod_spec(spec: &mut Tree) {
    let account = match spec.str("serviceAccountName") {
        "" => spec.str("serviceAccount"),
        name => name,
    };
    let account = (!account.is_empty()).then(|| Tree::text(account));
    spec.set("serviceAccountName", account.clone());
    spec.set("serviceAccount", account);
    spec.default("dnsPolicy", Tree::text("ClusterFirst"));
    spec.default("restartPolicy", Tree::text("Always"));
    spec.default("securityContext", Tree::empty());
    spec.default("terminationGracePeriodSeconds", Tree::Int(30));
    spec.default("schedulerName", Tree::text("default-scheduler"));
    spec.items_mut("volumes").for_each(volume);
    for list in ["containers", "initContainers", "ephemeralContainers"] {
        spec.items_mut(list).for_each(container);
    }
}

/// `SetDefaults_Pod` on the `spec` of a Pod, after [`pod_spec`].
pub(super) fn pod(spec: &mut Tree) {
    pod_spec(spec);
    spec.default("enableServiceLinks", Tree::Bool(true));
    let host_network = spec.get("hostNetwork") == Some(&Tree::Bool(true));
    for list in ["containers", "initContainers"] {
        for container in spec.items_mut(list) {
            let limits = container
                .get("resources")
                .and_then(|resources| resources.get("limits"));
            if let Some(Tree::Map(limits)) = limits.cloned() {
                let requests = container.ensure("resources").ensure("requests");
                for (name, amount) in limits {
                    requests.default(&name, amount);
                }
            }
            if host_network {
                for port in container.items_mut("ports") {
                    if let Some(number) = port.get("containerPort").cloned() {
                        port.default("hostPort", number);
                    }
                }
            }
        }
    }
}

fn volume(volume: &mut Tree) {
    if let Tree::Map(fields) = volume
        && fields.keys().all(|key| key == "name")
    {
        volume.set("emptyDir", Some(Tree::empty()));
    }
    for source in ["secret", "configMap", "downwardAPI", "projected"] {
        if let Some(source) = volume.get_mut(source) {
            source.default("defaultMode", Tree::Int(0o644));
        }
    }
    if let Some(downward) = volume.get_mut("downwardAPI") {
        downward_items(downward);
    }
    if let Some(projected) = volume.get_mut("projected") {
        for source in projected.items_mut("sources") {
            if let Some(downward) = source.get_mut("downwardAPI") {
                downward_items(downward);
            }
            if let Some(token) = source.get_mut("serviceAccountToken") {
                token.default("expirationSeconds", Tree::Int(3600));
            }
        }
    }
    volume_source(volume);
    if let Some(image) = volume.get_mut("image") {
        let policy = pull_policy(image.str("reference"));
        image.default("pullPolicy", policy);
    }
    if let Some(ephemeral) = volume.get_mut("ephemeral")
        && let Some(template) = ephemeral.get_mut("volumeClaimTemplate")
    {
        claim_spec(template.ensure("spec"));
    }
}

/// The defaults of sources that a PersistentVolume has too.
pub(super) fn volume_source(holder: &mut Tree) {
    const DEFAULTS: [(&str, &[(&str, &str)]); 4] = [
        ("iscsi", &[("iscsiInterface", "default")]),
        (
            "rbd",
            &[
                ("pool", "rbd"),
                ("user", "admin"),
                ("keyring", "/etc/ceph/keyring"),
            ],
        ),
        (
            "azureDisk",
            &[
                ("cachingMode", "ReadWrite"),
                ("kind", "Shared"),
                ("fsType", "ext4"),
            ],
        ),
        (
            "scaleIO",
            &[("storageMode", "ThinProvisioned"), ("fsType", "xfs")],
        ),
    ];
    for (source, fields) in DEFAULTS {
        if let Some(source) = holder.get_mut(source) {
            for (key, value) in fields {
                source.default(key, Tree::text(value));
            }
        }
    }
}

fn downward_items(downward: &mut Tree) {
    for item in downward.items_mut("items") {
        if let Some(field) = item.get_mut("fieldRef") {
            field.default("apiVersion", Tree::text("v1"));
        }
    }
}

fn container(container: &mut Tree) {
    let policy = pull_policy(container.str("image"));
    container.default("imagePullPolicy", policy);
    container.default("terminationMessagePath", Tree::text("/dev/termination-log"));
    container.default("terminationMessagePolicy", Tree::text("File"));
    for port in container.items_mut("ports") {
        port.default("protocol", Tree::text("TCP"));
    }
    for variable in container.items_mut("env") {
        let Some(from) = variable.get_mut("valueFrom") else {
            continue;
        };
        if let Some(field) = from.get_mut("fieldRef") {
            field.default("apiVersion", Tree::text("v1"));
        }
        if let Some(file) = from.get_mut("fileKeyRef") {
            file.default("optional", Tree::Bool(false));
        }
    }
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let Some(probe) = container.get_mut(probe) else {
            continue;
        };
        for (key, value) in [
            ("timeoutSeconds", 1),
            ("periodSeconds", 10),
            ("successThreshold", 1),
            ("failureThreshold", 3),
        ] {
            probe.default(key, Tree::Int(value));
        }
        http_get(probe);
        if let Some(grpc) = probe.get_mut("grpc") {
            grpc.default("service", Tree::text(""));
        }
    }
    if let Some(lifecycle) = container.get_mut("lifecycle") {
        for hook in ["postStart", "preStop"] {
            if let Some(hook) = lifecycle.get_mut(hook) {
                http_get(hook);
            }
        }
    }
}

fn http_get(handler: &mut Tree) {
    if let Some(action) = handler.get_mut("httpGet") {
        action.default("path", Tree::text("/"));
        action.default("scheme", Tree::text("HTTP"));
    }
}

/// `SetDefaults_Container`: an image without tag and digest is `latest`.
fn pull_policy(image: &str) -> Tree {
    let (name, digest) = image
        .split_once('@')
        .map_or((image, None), |(name, digest)| (name, Some(digest)));
    let last = name.rsplit('/').next().unwrap_or(name);
    let latest = match last.split_once(':') {
        Some((_, tag)) => tag == "latest",
        // What is no image name at all has no tag.
        None => digest.is_none() && !last.is_empty() && !last.contains(char::is_whitespace),
    };
    Tree::text(if latest { "Always" } else { "IfNotPresent" })
}

/// `SetDefaults_PersistentVolumeClaimSpec`.
pub(super) fn claim_spec(spec: &mut Tree) {
    spec.default("volumeMode", Tree::text("Filesystem"));
}
