//! OCI registries.

use super::server::{Answer, Server};
use super::{Scene, sha256};

const LAYER: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

/// Puts a chart into a registry under a tag; the digest of its manifest.
fn push(server: &Server, repository: &str, tag: &str, archive: &[u8], needs: Option<(&str, &str)>) -> String {
    let digest = format!("sha256:{}", sha256(archive));
    let manifest = format!(
        "{{\"schemaVersion\":2,\"config\":{{\"mediaType\":\"application/vnd.cncf.helm.config.v1+json\",\"digest\":\
         \"sha256:{}\",\"size\":2}},\"layers\":[{{\"mediaType\":\"{LAYER}\",\"digest\":\"{digest}\",\"size\":{}}}]}}",
        sha256(b"{}"),
        archive.len()
    );
    let manifest_digest = format!("sha256:{}", sha256(manifest.as_bytes()));
    let mut answer = Answer::ok(manifest);
    answer
        .headers
        .push(("Docker-Content-Digest".into(), manifest_digest.clone()));
    let mut blob = Answer::ok(archive);
    if let Some((authorization, challenge)) = needs {
        answer = answer.needing(authorization, challenge);
        blob = blob.needing(authorization, challenge);
    }
    server.set(&format!("/v2/{repository}/manifests/{tag}"), answer.clone());
    server.set(&format!("/v2/{repository}/manifests/{manifest_digest}"), answer);
    server.set(&format!("/v2/{repository}/blobs/{digest}"), blob);
    manifest_digest
}

#[test]
fn charts_are_pulled_by_tag_range_and_digest() {
    let scene = Scene::new();
    let server = Server::start();
    let mut digests = Vec::new();
    for version in ["1.0.0", "1.10.0", "1.2.0+b1"] {
        let archive = scene.archive("redis", version);
        digests.push(push(
            &server,
            "charts/redis",
            &version.replace('+', "_"),
            &archive,
            None,
        ));
    }
    // Two pages of tags, with one that is no version.
    let mut first = Answer::ok(r#"{"name":"charts/redis","tags":["1.0.0","latest"]}"#);
    first.headers.push((
        "Link".into(),
        "</v2/charts/redis/tags/list?last=latest>; rel=\"next\"".into(),
    ));
    server.set("/v2/charts/redis/tags/list?n=1000", first);
    server.set(
        "/v2/charts/redis/tags/list?last=latest",
        Answer::ok(r#"{"tags":["1.10.0","1.2.0_b1"]}"#),
    );
    let chart = format!("oci://{}/charts/redis", server.host);
    for (words, version) in [
        (&["--version", "1.0.0"][..], "1.0.0"),
        (&["--version", "1.2.0+b1"], "1.2.0+b1"),
        (&["--version", "^1"], "1.10.0"),
        (&[], "1.10.0"),
    ] {
        let ended = scene.run(&[&["template", "web", &chart, "--plain-http"], words].concat());
        assert_eq!(ended.code, 0, "{ended:?}");
        assert!(
            ended.out.contains(&format!("version: {version:?}")),
            "{words:?} {}",
            ended.out
        );
    }
    for reference in [format!("{chart}:1.0.0"), format!("{chart}@{}", digests[0])] {
        let ended = scene.run(&["template", "web", &reference, "--plain-http"]);
        assert!(ended.code == 0 && ended.out.contains("\"1.0.0\""), "{ended:?}");
    }
    for (words, message) in [
        (vec![chart.clone(), "--version".into(), "7.0.0".into()], "404"),
        (
            vec![chart.clone(), "--version".into(), "^7".into()],
            "no version `^7`",
        ),
        (
            vec![format!("{chart}:1.0.0"), "--version".into(), "1.1.0".into()],
            "give one of them",
        ),
        (
            vec![format!("oci://{}/../x", server.host)],
            "is not a chart in a registry",
        ),
    ] {
        let mut all = vec!["template", "web", "--plain-http"];
        all.extend(words.iter().map(String::as_str));
        let ended = scene.run(&all);
        assert!(ended.code == 1 && ended.err.contains(message), "{ended:?}");
    }
}

#[test]
fn tokens_are_fetched_where_the_registry_says() {
    let scene = Scene::new();
    let server = Server::start();
    let tokens = Server::start();
    let archive = scene.archive("redis", "1.0.0");
    let challenge = format!(
        "Bearer realm=\"{}/token\",service=\"reg\",scope=\"repository:charts/redis:pull\"",
        tokens.url()
    );
    push(
        &server,
        "charts/redis",
        "1.0.0",
        &archive,
        Some(("Bearer t0ken", &challenge)),
    );
    tokens.set(
        "/token?service=reg&scope=repository%3Acharts%2Fredis%3Apull",
        Answer::ok(r#"{"token":"t0ken"}"#).needing("Basic bWU6czNjcmV0", "Basic realm=\"t\""),
    );
    scene.parent("redis", "1.0.0", &format!("oci://{}/charts", server.host));
    let build = ["dep", "build", "app", "--plain-http"];
    let ended = scene.run(&build);
    assert!(ended.code == 1 && ended.err.contains("401"), "{ended:?}");

    // The login that Helm or Docker keeps.
    scene.write(
        "home/.config/helm/registry/config.json",
        &format!(
            "{{\"auths\":{{\"{}\":{{\"auth\":\"bWU6czNjcmV0\"}}}}}}",
            server.host
        ),
    );
    let ended = scene.run(&build);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.out.contains("fetched"));
    let asked = tokens.asked();
    assert!(
        asked.iter().all(|(path, _)| path.starts_with("/token")),
        "{asked:?}"
    );
    assert!(
        server
            .asked()
            .iter()
            .all(|(_, authorization)| authorization.as_deref() != Some("Basic bWU6czNjcmV0")),
        "the password goes where tokens are given, and nowhere else"
    );
    let again = scene.run(&build);
    assert!(
        again.out.contains("in the cache") && server.asked().is_empty(),
        "{again:?}"
    );
    assert!(scene.run(&["template", "app"]).out.contains("\"1.0.0\""));
}

#[test]
fn a_blob_on_another_host_does_not_get_the_token() {
    let scene = Scene::new();
    let server = Server::start();
    let storage = Server::start();
    let archive = scene.archive("redis", "1.0.0");
    let challenge = format!("Bearer realm=\"{}/token\"", server.url());
    push(
        &server,
        "redis",
        "1.0.0",
        &archive,
        Some(("Bearer t0ken", &challenge)),
    );
    server.set(
        "/token?scope=repository%3Aredis%3Apull",
        Answer::ok(r#"{"access_token":"t0ken"}"#),
    );
    server.set(
        &format!("/v2/redis/blobs/sha256:{}", sha256(&archive)),
        Answer::redirect(&format!("{}/blob", storage.url())),
    );
    storage.set("/blob", Answer::ok(archive));
    let chart = format!("oci://{}/redis", server.host);
    let ended = scene.run(&["template", "web", &chart, "--version", "1.0.0", "--plain-http"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(storage.asked(), [("/blob".to_owned(), None)]);

    storage.set("/blob", Answer::ok(scene.archive("redis", "6.6.6")));
    let ended = scene.run(&["template", "web", &chart, "--version", "1.0.0", "--plain-http"]);
    assert!(ended.code == 1, "another archive is not taken: {ended:?}");
}

#[test]
fn what_a_registry_says_is_checked() {
    let scene = Scene::new();
    let server = Server::start();
    let archive = scene.archive("redis", "1.0.0");
    let chart = format!("oci://{}/redis", server.host);
    let pull = || scene.run(&["template", "web", &chart, "--version", "1.0.0", "--plain-http"]);
    let refused = |words: &str| {
        let ended = pull();
        assert!(ended.code == 1 && ended.err.contains(words), "{words}: {ended:?}");
    };
    push(&server, "redis", "1.0.0", &archive, None);
    let blob = format!("/v2/redis/blobs/sha256:{}", sha256(&archive));
    let mut other = archive.clone();
    other.reverse();
    server.set(&blob, Answer::ok(other));
    refused("digest");
    server.set(&blob, Answer::ok([archive.clone(), vec![0]].concat()));
    refused("longer than");
    server.set(
        &blob,
        Answer {
            told_length: Some(archive.len() as u64),
            ..Answer::ok(&archive[..10])
        },
    );
    refused("ended early");
    let manifest = "/v2/redis/manifests/1.0.0";
    server.set(manifest, Answer::ok("<html>"));
    refused("does not answer as a registry does");
    server.set(
        manifest,
        Answer::ok(r#"{"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#),
    );
    refused("is not a chart");
    let mut lying = Answer::ok("{}");
    lying
        .headers
        .push(("Docker-Content-Digest".into(), format!("sha256:{}", sha256(b"x"))));
    server.set(manifest, lying);
    refused("digest");
    server.set(
        manifest,
        Answer::ok(format!(
            "{{\"layers\":[{{\"mediaType\":\"{LAYER}\",\"digest\":\"sha256:../../x\",\"size\":1}}]}}"
        )),
    );
    refused("no SHA-256 digest");
    server.set(
        manifest,
        Answer::ok(format!(
            "{{\"layers\":[{{\"mediaType\":\"{LAYER}\",\"digest\":\"sha256:{}\",\"size\":999999999999}}]}}",
            sha256(b"x")
        )),
    );
    refused("may be");
}
