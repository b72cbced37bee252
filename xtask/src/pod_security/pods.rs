//! Random pods over a grammar of everything that the Pod Security Standards look at, most of it as they want it.

use serde_json::{Map, Value as Json, json};

use crate::conformance::apiserver::random::Random;

/// A Pod, or a Deployment with its template, of a seed.
pub(super) fn object(seed: u64) -> Json {
    let mut random = Random::of(seed, 0);
    let mut pod = Map::new();
    let mut metadata = json!({ "name": "web" });
    if random.one_in(4) {
        metadata["annotations"] = annotations(&mut random);
    }
    pod.insert("metadata".into(), metadata);
    pod.insert("spec".into(), spec(&mut random));
    if random.one_in(4) {
        json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "web" }, "spec": { "template": pod } })
    } else {
        pod.insert("apiVersion".into(), "v1".into());
        pod.insert("kind".into(), "Pod".into());
        Json::Object(pod)
    }
}

/// One of some values.
fn one(random: &mut Random, of: &[Json]) -> Json {
    random.pick(of).cloned().unwrap_or_default()
}

/// A field with one of some values, in one of so many cases.
fn maybe(random: &mut Random, into: &mut Map<String, Json>, key: &str, times: usize, of: &[Json]) {
    if random.one_in(times) {
        let value = one(random, of);
        into.insert(key.into(), value);
    }
}

fn annotations(random: &mut Random) -> Json {
    let mut all = Map::new();
    for key in [
        "container.apparmor.security.beta.kubernetes.io/a",
        "container.apparmor.security.beta.kubernetes.io/b",
        "seccomp.security.alpha.kubernetes.io/pod",
        "container.seccomp.security.alpha.kubernetes.io/a",
        "container.seccomp.security.alpha.kubernetes.io/none",
        "other",
    ] {
        let values = [
            "",
            "runtime/default",
            "docker/default",
            "localhost/x",
            "unconfined",
            "a\"b\u{e9}\n",
        ]
        .map(Json::from);
        maybe(random, &mut all, key, 2, &values);
    }
    Json::Object(all)
}

fn spec(random: &mut Random) -> Json {
    let mut spec = Map::new();
    let names = ["a", "b", "c-1"];
    let containers: Vec<Json> = (0..1 + random.below(3))
        .map(|i| container(random, names[i % names.len()], true))
        .collect();
    spec.insert("containers".into(), Json::Array(containers));
    if random.one_in(3) {
        let containers = (0..1 + random.below(2)).map(|i| container(random, ["i", "a"][i], true));
        let containers = containers.collect();
        spec.insert("initContainers".into(), Json::Array(containers));
    }
    if random.one_in(6) {
        let container = container(random, "e", false);
        spec.insert("ephemeralContainers".into(), json!([container]));
    }
    let yes_or_no = [true, false, true].map(Json::from);
    for field in ["hostNetwork", "hostPID", "hostIPC", "hostUsers"] {
        maybe(random, &mut spec, field, 6, &yes_or_no);
    }
    maybe(
        random,
        &mut spec,
        "os",
        6,
        &[
            json!({ "name": "windows" }),
            json!({ "name": "linux" }),
            Json::Null,
        ],
    );
    if random.one_in(2) {
        let volumes = (0..1 + random.below(3)).map(|i| volume(random, i));
        let volumes = volumes.collect();
        spec.insert("volumes".into(), Json::Array(volumes));
    }
    if !random.one_in(4) {
        let mut context = context(random);
        if random.one_in(4) {
            let sysctls = (0..1 + random.below(3)).map(|_| {
                let name = one(random, SYSCTLS.map(Json::from).as_slice());
                json!({ "name": name, "value": "1" })
            });
            let sysctls = sysctls.collect();
            context.insert("sysctls".into(), Json::Array(sysctls));
        }
        spec.insert("securityContext".into(), Json::Object(context));
    }
    Json::Object(spec)
}

const SYSCTLS: [&str; 12] = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_notsent_lowat",
    "net.ipv4.tcp_slow_start_after_idle",
    "kernel.msgmax",
    "net.core.somaxconn",
];

/// What pods and containers both say.
fn context(random: &mut Random) -> Map<String, Json> {
    let mut context = Map::new();
    maybe(
        random,
        &mut context,
        "runAsNonRoot",
        2,
        &[json!(true), json!(true), json!(true), json!(false), Json::Null],
    );
    maybe(
        random,
        &mut context,
        "runAsUser",
        4,
        &[json!(1000), json!(0), json!(1), Json::Null],
    );
    let types = ["RuntimeDefault", "RuntimeDefault", "Localhost", "Unconfined", ""];
    let profiles: Vec<Json> = types
        .iter()
        .map(|name| json!({ "type": name }))
        .chain([json!({}), Json::Null])
        .collect();
    maybe(random, &mut context, "seccompProfile", 2, &profiles);
    maybe(random, &mut context, "appArmorProfile", 6, &profiles);
    let mut options = Map::new();
    let labels = [
        "",
        "container_t",
        "container_init_t",
        "container_kvm_t",
        "container_engine_t",
        "spc_t",
    ]
    .map(Json::from);
    maybe(random, &mut options, "type", 2, &labels);
    maybe(random, &mut options, "user", 8, &["", "u"].map(Json::from));
    maybe(random, &mut options, "role", 8, &["", "r"].map(Json::from));
    maybe(
        random,
        &mut context,
        "seLinuxOptions",
        5,
        &[Json::Object(options)],
    );
    let process = [true, false].map(|host| json!({ "hostProcess": host }));
    maybe(random, &mut context, "windowsOptions", 10, &process);
    context
}

fn container(random: &mut Random, name: &str, whole: bool) -> Json {
    let mut container = Map::new();
    container.insert("name".into(), name.into());
    container.insert("image".into(), "x".into());
    if !random.one_in(6) {
        let mut context = context(random);
        maybe(
            random,
            &mut context,
            "allowPrivilegeEscalation",
            2,
            &[json!(false), json!(false), json!(false), json!(true), Json::Null],
        );
        maybe(
            random,
            &mut context,
            "privileged",
            8,
            &[json!(true), json!(false), Json::Null],
        );
        maybe(
            random,
            &mut context,
            "procMount",
            8,
            &["Default", "Unmasked", "", "Other"].map(Json::from),
        );
        if !random.one_in(3) {
            let capabilities = capabilities(random);
            context.insert("capabilities".into(), capabilities);
        }
        container.insert("securityContext".into(), Json::Object(context));
    }
    if whole && random.one_in(3) {
        let ports = (0..1 + random.below(2)).map(|_| {
            let mut port = Map::new();
            port.insert("containerPort".into(), json!(80 + random.below(3)));
            maybe(
                random,
                &mut port,
                "hostPort",
                3,
                &[json!(0), json!(8080), json!(90), Json::Null],
            );
            Json::Object(port)
        });
        let ports = ports.collect();
        container.insert("ports".into(), Json::Array(ports));
    }
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if whole && random.one_in(12) {
            let action = action(random);
            container.insert(probe.into(), action);
        }
    }
    if whole && random.one_in(12) {
        let (start, stop) = (action(random), action(random));
        container.insert("lifecycle".into(), json!({ "postStart": start, "preStop": stop }));
    }
    Json::Object(container)
}

fn capabilities(random: &mut Random) -> Json {
    let mut capabilities = Map::new();
    maybe(
        random,
        &mut capabilities,
        "drop",
        2,
        &[
            json!(["ALL"]),
            json!(["ALL", "X"]),
            json!(["KILL"]),
            json!([]),
            json!(["all"]),
        ],
    );
    if random.one_in(3) {
        let add: Vec<Json> = (0..random.below(3))
            .map(|_| {
                one(
                    random,
                    &[
                        "NET_BIND_SERVICE",
                        "NET_BIND_SERVICE",
                        "CHOWN",
                        "SYS_ADMIN",
                        "NET_RAW",
                        "CAP_CHOWN",
                    ]
                    .map(Json::from),
                )
            })
            .collect();
        capabilities.insert("add".into(), Json::Array(add));
    }
    Json::Object(capabilities)
}

fn action(random: &mut Random) -> Json {
    let mut action = json!({ "port": 80 });
    if random.one_in(3) {
        action["host"] = one(random, &["", "localhost", "127.0.0.1", "db"].map(Json::from));
    }
    match random.below(3) {
        0 => json!({ "httpGet": action }),
        1 => json!({ "tcpSocket": action }),
        _ => json!({ "exec": { "command": ["true"] } }),
    }
}

/// Every source that the standards know.
const SOURCES: &[&str] = &[
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "gitRepo",
    "nfs",
    "iscsi",
    "glusterfs",
    "rbd",
    "flexVolume",
    "cinder",
    "cephfs",
    "flocker",
    "fc",
    "azureFile",
    "vsphereVolume",
    "quobyte",
    "azureDisk",
    "photonPersistentDisk",
    "portworxVolume",
    "scaleIO",
    "storageos",
];

fn volume(random: &mut Random, number: usize) -> Json {
    let mut volume = Map::new();
    volume.insert("name".into(), format!("v{number}").into());
    for _ in 0..1 + usize::from(random.one_in(8)) {
        let end = if random.one_in(3) { SOURCES.len() } else { 9 };
        volume.insert(SOURCES[random.below(end)].into(), json!({}));
    }
    Json::Object(volume)
}
