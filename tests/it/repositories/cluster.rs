//! `schema add --cluster`: a kubeconfig, and an API server's documents.

use super::Scene;
use super::server::{Answer, Server};

const DOCUMENT: &str = r##"{"openapi": "3.0.0", "paths": {
  "/apis/example.com/v1/namespaces/{namespace}/shops": {"post": {
    "x-kubernetes-action": "post",
    "x-kubernetes-group-version-kind": {"group": "example.com", "version": "v1", "kind": "Shop"}}}},
  "components": {"schemas": {"com.example.v1.Shop": {
    "type": "object",
    "properties": {"spec": {"type": "object", "properties": {"tills": {"type": "integer"}}}},
    "x-kubernetes-group-version-kind": [{"group": "example.com", "version": "v1", "kind": "Shop"}]}}}}"##;

fn scene(server: &Server) -> Scene {
    let scene = Scene::new();
    let index = r#"{"paths": {
        ".well-known/openid-configuration": {"serverRelativeURL": "/openapi/v3/.well-known/openid-configuration"},
        "apis/example.com": {"serverRelativeURL": "/openapi/v3/apis/example.com?hash=1"},
        "apis/example.com/v1": {"serverRelativeURL": "/openapi/v3/apis/example.com/v1?hash=2"}}}"#;
    for (path, body) in [
        ("/base/openapi/v3", index),
        ("/base/openapi/v3/apis/example.com/v1", DOCUMENT),
    ] {
        server.set(path, Answer::ok(body).needing("Bearer s3cret", "Bearer"));
    }
    scene.write("token", "s3cret\n");
    scene.write(
        "kubeconfig",
        &format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: here\ncontexts:\n\
             - name: here\n  context: {{cluster: c, user: u}}\n\
             - name: nobody\n  context: {{cluster: c}}\n\
             - name: asked\n  context: {{cluster: c, user: e}}\n\
             clusters:\n- name: c\n  cluster: {{server: \"{}/base\"}}\n\
             users:\n- name: u\n  user: {{tokenFile: token}}\n\
             - name: e\n  user:\n    exec:\n      apiVersion: client.authentication.k8s.io/v1\n      command: sh\n      \
             provideClusterInfo: true\n      \
             args: [-c, 'case $KUBERNETES_EXEC_INFO in */base*) echo \"{{\\\"status\\\": {{\\\"token\\\": \\\"$WORD\\\"}}}}\";; esac']\n      env: [{{name: WORD, value: s3cret}}]\n",
            server.url()
        ),
    );
    scene
}

#[test]
fn kinds_of_a_cluster_are_kept() {
    let server = Server::start();
    let scene = scene(&server);
    for context in ["here", "asked"] {
        let store = format!("kinds-{context}");
        let ended = scene.run(&[
            "schema",
            "add",
            "--cluster",
            "--kubeconfig",
            "kubeconfig",
            "--context",
            context,
            "--schema-dir",
            &store,
        ]);
        assert_eq!(ended.code, 0, "{}", ended.err);
        assert!(ended.out.contains("1 of 1 kinds are new"), "{}", ended.out);
        let kept = std::fs::read_to_string(scene.path(&store).join("example.com/Shop.v1.json"));
        assert!(kept.expect("the kind").contains("tills"));
    }
    // Only documents of versions are asked for.
    let asked = server.asked();
    assert!(
        asked.iter().all(|(path, _)| !path.ends_with("example.com")),
        "{asked:?}"
    );
}

#[test]
fn what_goes_wrong_is_said_without_secrets() {
    let server = Server::start();
    let scene = scene(&server);
    let fails = |context: &str, why: &str| {
        let ended = scene.run(&[
            "schema",
            "add",
            "--cluster",
            "--kubeconfig",
            "kubeconfig",
            "--context",
            context,
        ]);
        assert_eq!(ended.code, 2, "{}", ended.err);
        assert!(ended.err.contains(why), "{}", ended.err);
        assert!(!ended.err.contains("s3cret"), "{}", ended.err);
    };
    fails("nobody", "answered with the status 401: it does not know us");
    fails("her", "has no context `her`; did you mean `here`?");
    server.clear();
    fails("here", "it has no OpenAPI v3");
    let ended = scene.run(&["schema", "add", "--cluster", "--kubeconfig", "missing"]);
    assert!(ended.err.contains("there is no kubeconfig"), "{}", ended.err);
}
