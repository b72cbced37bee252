//! `diff --live`: an API server of the test's own, of before aggregated discovery.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::Scene;
use super::server::{Answer, Server};

const INPUT: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: words
  labels: {app.kubernetes.io/instance: shop}
data: {greeting: good evening}
---
apiVersion: v1
kind: Secret
metadata: {name: key}
stringData: {word: s3same}
---
apiVersion: v1
kind: Secret
metadata: {name: hidden}
stringData: {word: s3hidden}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  ports: [{port: 80}]
  selector: {app: web}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web:1}]}
---
apiVersion: example.com/v1
kind: Till
metadata: {name: left}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  annotations: {helm.sh/hook: pre-upgrade, helm.sh/hook-delete-policy: hook-succeeded}
";

fn ok(body: &Value) -> Answer {
    Answer::ok(body.to_string())
}

fn status(code: u16, message: &str) -> Answer {
    Answer {
        status: code,
        body: json!({"kind": "Status", "message": message})
            .to_string()
            .into_bytes(),
        ..Answer::default()
    }
}

fn denied(verb: &str, what: &str) -> Answer {
    let message = format!("{what} is forbidden: User \"ci\" cannot {verb} resource in API group \"\"");
    status(403, &message)
}

fn owned(manager: &str, operation: &str, fields: Value) -> Value {
    json!([{"manager": manager, "operation": operation, "fieldsType": "FieldsV1", "fieldsV1": fields}])
}

/// What the cluster serves and has.
fn cluster() -> Server {
    let server = Server::start();
    let verbs = json!(["get", "list", "delete", "patch"]);
    let resource =
        |name: &str, kind: &str| json!({"name": name, "kind": kind, "namespaced": true, "verbs": verbs});
    for (path, body) in [
        ("/version", json!({"gitVersion": "v1.33.4"})),
        ("/api", json!({"kind": "APIVersions", "versions": ["v1"]})),
        (
            "/apis",
            json!({"kind": "APIGroupList", "groups": [
                {"versions": [{"groupVersion": "apps/v1"}]}, {"versions": [{"groupVersion": "batch/v1"}]}]}),
        ),
        (
            "/api/v1",
            json!({"groupVersion": "v1", "resources": [resource("configmaps", "ConfigMap"),
                resource("secrets", "Secret"), resource("services", "Service"),
                {"name": "services/status", "kind": "Service", "namespaced": true, "verbs": ["get"]}]}),
        ),
        (
            "/apis/apps/v1",
            json!({"groupVersion": "apps/v1", "resources": [resource("deployments", "Deployment")]}),
        ),
        (
            "/apis/batch/v1",
            json!({"groupVersion": "batch/v1", "resources": [resource("jobs", "Job")]}),
        ),
    ] {
        server.set(path, ok(&body));
    }
    let words = |greeting: &str, generation: u32| {
        json!({"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "words", "namespace": "shop", "uid": "1", "resourceVersion": "7", "generation": generation,
                "labels": {"app.kubernetes.io/instance": "shop"},
                "annotations": {"meta.helm.sh/release-name": "shop", "meta.helm.sh/release-namespace": "shop"},
                "managedFields": owned("helm", "Apply", json!({"f:data": {"f:greeting": {}}}))},
            "data": {"greeting": greeting}})
    };
    let at = "/api/v1/namespaces/shop";
    server.set(&format!("{at}/configmaps/words"), ok(&words("good morning", 1)));
    server.set(
        &format!("PATCH {at}/configmaps/words?dryRun=All&force=true&fieldManager=helm"),
        ok(&words("good evening", 2)),
    );
    let key = json!({"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "data": {"word": "czNzYW1l"},
        "metadata": {"name": "key", "namespace": "shop"}});
    server.set(&format!("{at}/secrets/key"), ok(&key));
    server.set(
        &format!("PATCH {at}/secrets/key?dryRun=All&fieldManager=plimsoll"),
        denied("patch", "secrets \"key\""),
    );
    server.set(
        &format!("{at}/secrets/hidden"),
        denied("get", "secrets \"hidden\""),
    );
    let service = json!({"apiVersion": "v1", "kind": "Service",
        "metadata": {"name": "web", "namespace": "shop",
            "managedFields": owned("kubectl", "Update", json!({"f:spec": {"f:ports": {}, "f:selector": {}}}))},
        "spec": {"clusterIP": "10.0.0.7", "type": "ClusterIP", "sessionAffinity": "None", "selector": {"app": "shop"},
            "ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}]}});
    server.set(&format!("{at}/services/web"), ok(&service));
    server.set(
        &format!("PATCH {at}/services/web?dryRun=All&fieldManager=plimsoll"),
        denied("patch", "services \"web\""),
    );
    let at = "/apis/apps/v1/namespaces/shop/deployments";
    let template = json!({"metadata": {"labels": {"app": "old"}}, "spec": {"containers": [{"name": "web", "image": "web:1"}]}});
    let deployment = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"selector": {"matchLabels": {"app": "old"}}, "template": template}, "status": {"replicas": 1}});
    server.set(&format!("{at}/web"), ok(&deployment));
    let mut refusal = status(422, "Deployment.apps \"web\" is invalid");
    refusal.body = json!({"kind": "Status", "message": "Deployment.apps \"web\" is invalid", "details": {"causes": [
        {"reason": "FieldValueInvalid", "message": "Invalid value: …: field is immutable", "field": "spec.selector"}]}})
    .to_string()
    .into_bytes();
    server.set(
        &format!("PATCH {at}/web?dryRun=All&fieldManager=plimsoll"),
        refusal,
    );
    // Only ConfigMaps may be listed.
    let gone = |name: &str, more: Value| {
        let mut metadata = json!({"name": name, "namespace": "shop",
            "annotations": {"meta.helm.sh/release-name": "shop", "meta.helm.sh/release-namespace": "shop"}});
        metadata
            .as_object_mut()
            .expect("an object")
            .extend(more.as_object().cloned().expect("an object"));
        json!({"metadata": metadata, "data": {}})
    };
    let keep = json!({"annotations": {"helm.sh/resource-policy": "keep", "meta.helm.sh/release-name": "shop",
        "meta.helm.sh/release-namespace": "shop"}});
    let list = json!({"kind": "ConfigMapList", "items": [gone("words", json!({})), gone("unused", json!({})),
        gone("kept", keep), gone("made", json!({"ownerReferences": [{"name": "x"}]}))]});
    for selector in [
        "app.kubernetes.io/managed-by%3DHelm",
        "app.kubernetes.io/instance%20in%20(shop)",
    ] {
        server.set(
            &format!("/api/v1/namespaces/shop/configmaps?labelSelector={selector}"),
            ok(&list),
        );
        for kind in [
            "/api/v1/namespaces/shop/secrets",
            "/api/v1/namespaces/shop/services",
            "/apis/apps/v1/namespaces/shop/deployments",
            "/apis/batch/v1/namespaces/shop/jobs",
        ] {
            server.set(&format!("{kind}?labelSelector={selector}"), denied("list", "x"));
        }
    }
    server
}

fn scene(server: &Server) -> Scene {
    let scene = Scene::new();
    scene.write("input.yaml", INPUT);
    let url = server.url();
    scene.write(
        "kubeconfig",
        &format!(
            "current-context: here\ncontexts:\n- name: here\n  context: {{cluster: c, user: u, namespace: shop}}\n\
             clusters:\n- name: c\n  cluster: {{server: \"{url}\"}}\nusers:\n- name: u\n  user: {{token: s3cret}}\n"
        ),
    );
    scene
}

#[test]
fn a_cluster_is_compared_and_never_changed() {
    let server = cluster();
    let scene = scene(&server);
    let ended = scene.run(&[
        "diff",
        "--live",
        "--kubeconfig",
        "kubeconfig",
        "--format",
        "json",
        "input.yaml",
    ]);
    let report: Value = serde_json::from_str(&ended.out).expect(&ended.err);
    let changes: Vec<(String, String, String)> = report["changes"]
        .as_array()
        .expect("changes")
        .iter()
        .map(|change| {
            let fields = change["fields"].as_array().expect("fields");
            let paths: Vec<&str> = fields.iter().filter_map(|field| field["path"].as_str()).collect();
            let object = &change["object"];
            (
                format!(
                    "{} {}",
                    object["kind"].as_str().expect("a kind"),
                    object["name"].as_str().expect("a name")
                ),
                change["impact"].as_str().expect("an impact").to_owned(),
                paths.join(" "),
            )
        })
        .collect();
    let expected = [
        ("ConfigMap words", "in-place", "data.greeting"),
        // Without the server's judgement, what it fills in or encodes (Secret key) is no difference either.
        ("Service web", "traffic", "spec.selector.app"),
        (
            "Deployment web",
            "refused",
            "spec.selector.matchLabels.app spec.template.metadata.labels.app",
        ),
        ("Till left", "refused", ""),
        ("ConfigMap unused", "removed", ""),
    ]
    .map(|(object, impact, fields)| (object.to_owned(), impact.to_owned(), fields.to_owned()));
    assert_eq!(changes, expected, "{}", ended.err);
    for words in ["field is immutable", "it serves no `Till` of `example.com/v1`"] {
        assert!(ended.out.contains(words), "{words}: {}", ended.out);
    }
    assert_eq!(ended.code, 1, "one side could not be read whole");
    for words in [
        "Secret hidden is not compared: secrets \"hidden\" is forbidden",
        "Secret key and others of its kind are compared without",
        "Service web and others of its kind are compared without the server's own judgement",
        "not looked for among 4 kinds, which we may not list: deployments.apps, jobs.batch, secrets, services",
    ] {
        assert!(ended.err.contains(words), "{words}: {}", ended.err);
    }
    for secret in ["s3same", "czNzYW1l", "s3hidden", "s3cret"] {
        assert!(
            !ended.out.contains(secret) && !ended.err.contains(secret),
            "{secret}"
        );
    }
    for (path, authorization) in server.asked() {
        assert_eq!(authorization.as_deref(), Some("Bearer s3cret"));
        let is_dry = path.starts_with("PATCH ") && path.contains("?dryRun=All&");
        assert!(path.starts_with('/') || is_dry, "{path}");
        assert!(
            !path.contains("jobs/migrate?"),
            "a hook that is gone is not made again"
        );
    }
}

#[test]
fn a_release_is_a_side() {
    let server = cluster();
    let scene = scene(&server);
    let map = |word: &str| {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m}}\ndata: {{word: {word}}}\n")
    };
    scene.write("now.yaml", &map("three"));
    let stored = |revision: u32, status: &str, word: &str| {
        let release =
            json!({"name": "shop", "version": revision, "info": {"status": status}, "manifest": map(word)});
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(release.to_string().as_bytes()).expect("memory");
        let text = STANDARD.encode(packed.finish().expect("memory"));
        json!({"data": {"release": STANDARD.encode(text)}})
    };
    let items = [
        stored(3, "failed", "four"),
        stored(2, "deployed", "two"),
        stored(1, "superseded", "one"),
    ];
    let path = "/api/v1/namespaces/shop/secrets?labelSelector=owner%3Dhelm,name%3Dshop";
    server.set(path, ok(&json!({"items": items})));
    let run = |more: &[&str]| {
        let mut args = vec![
            "diff",
            "--release",
            "shop",
            "--kubeconfig",
            "kubeconfig",
            "--format",
            "unified",
        ];
        args.extend(more);
        scene.run(&args)
    };
    for (args, words) in [
        (&["now.yaml"] as &[&str], ["-  word: two", "+  word: three"]),
        (
            &["--revision", "1", "now.yaml"],
            ["-  word: one", "+  word: three"],
        ),
        (&["--revision", "1.."], ["-  word: one", "+  word: two"]),
        (&["--revision", "1..3"], ["-  word: one", "+  word: four"]),
    ] {
        let ended = run(args);
        assert!(
            words.iter().all(|word| ended.out.contains(word)),
            "{args:?} {}{}",
            ended.out,
            ended.err
        );
    }
    let ended = run(&["--revision", "7", "now.yaml"]);
    assert!(
        ended.err.contains("has no revision 7 any more; it has 1, 2, 3"),
        "{}",
        ended.err
    );
    server.set(path, denied("list", "secrets"));
    let ended = run(&["now.yaml"]);
    assert_eq!(ended.code, 2);
    assert!(
        ended
            .err
            .contains("we may not read where Helm keeps the release `shop`: secrets is forbidden"),
        "{}",
        ended.err
    );
}

#[test]
fn a_server_that_is_not_there_is_said_once() {
    let server = cluster();
    let scene = scene(&server);
    let run = || scene.run(&["diff", "--live", "--kubeconfig", "kubeconfig", "input.yaml"]);
    server.set("/apis", status(503, "starting"));
    let ended = run();
    assert_eq!(ended.code, 2, "{}", ended.err);
    assert!(
        ended
            .err
            .contains("answered with the status 503; try again later"),
        "{}",
        ended.err
    );
    server.set("/version", status(401, "Unauthorized"));
    assert!(run().err.contains("does not know us"));
    server.clear();
    let ended = run();
    assert!(
        ended.err.contains("does not say what it serves at `/version`"),
        "{}",
        ended.err
    );
    scene.write(
        "kubeconfig",
        "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}]\n",
    );
    let ended = run();
    assert_eq!(ended.code, 2, "{}", ended.err);
    assert!(
        ended.err.contains("cannot fetch `http://127.0.0.1:1/version`"),
        "{}",
        ended.err
    );
}
