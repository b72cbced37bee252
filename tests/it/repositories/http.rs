//! Repositories over HTTP.

use std::fs;

use super::server::{Answer, Server};
use super::{Ended, Scene, sha256};

/// A server with an index of `redis`, whose archives are there.
fn repository(scene: &Scene, versions: &[&str]) -> Server {
    let server = Server::start();
    let mut index = "apiVersion: v1\nentries:\n  redis:\n".to_owned();
    for version in versions {
        let archive = scene.archive("redis", version);
        index.push_str(&format!(
            "  - {{name: redis, version: {version}, digest: {}, urls: [redis-{version}.tgz]}}\n",
            sha256(&archive)
        ));
        server.set(&format!("/charts/redis-{version}.tgz"), Answer::ok(archive));
    }
    server.set("/charts/index.yaml", Answer::ok(index));
    server
}

fn repository_url(server: &Server) -> String {
    format!("{}/charts", server.url())
}

fn refused(ended: &Ended, words: &[&str]) {
    assert_eq!(ended.code, 1, "{ended:?}");
    for word in words {
        assert!(ended.err.contains(word), "{word} is missing: {}", ended.err);
    }
}

#[test]
fn dependencies_come_into_the_cache_and_rendering_finds_them() {
    let scene = Scene::new();
    let server = repository(&scene, &["1.0.0", "1.10.0", "1.9.0", "2.0.0-rc.1"]);
    scene.parent("redis", "^1.0", &repository_url(&server));

    let before = scene.run(&["template", "app"]);
    refused(&before, &["missing-dependency", "plimsoll dep build"]);
    assert!(server.asked().is_empty(), "rendering asks nobody");

    let built = scene.run(&["dep", "build", "app"]);
    assert_eq!(built.code, 0, "{built:?}");
    assert!(
        built.out.contains("redis 1.10.0") && built.out.contains("fetched"),
        "{}",
        built.out
    );
    assert!(built.out.contains("there is no Chart.lock"), "{}", built.out);
    assert_eq!(scene.files("app"), ["Chart.yaml"], "the checkout stays as it is");
    server.asked();

    // Everything that renders finds it, without a network.
    server.clear();
    for words in [
        &["template", "app"][..],
        &["render", "app"],
        &["template", "app", "--helm-compat", "3"],
    ] {
        let ended = scene.run(words);
        assert_eq!(ended.code, 0, "{ended:?}");
        assert!(ended.out.contains("version: \"1.10.0\""), "{}", ended.out);
    }
    let checked = scene.run(&["check", "app"]);
    assert!(!checked.out.contains("missing-dependency"), "{checked:?}");
    assert!(server.asked().is_empty(), "rendering asks nobody");
}

#[test]
fn a_render_is_the_same_with_vendored_dependencies() {
    let scene = Scene::new();
    let server = repository(&scene, &["1.0.0"]);
    scene.parent("redis", "1.0.0", &repository_url(&server));
    assert_eq!(scene.run(&["dep", "build", "app"]).code, 0);
    let cached = scene.run(&["template", "app"]);
    let vendored = scene.run(&["dep", "build", "app", "--vendor"]);
    assert_eq!(vendored.code, 0, "{vendored:?}");
    assert_eq!(
        scene.files("app"),
        ["Chart.lock", "Chart.yaml", "charts/redis-1.0.0.tgz"]
    );
    fs::remove_dir_all(scene.path("cache")).unwrap();
    assert_eq!(scene.run(&["template", "app"]).out, cached.out);

    // An archive that is none of the dependencies any more goes, as with helm.
    fs::copy(
        scene.path("app/charts/redis-1.0.0.tgz"),
        scene.path("app/charts/old-1.0.0.tgz"),
    )
    .unwrap();
    assert_eq!(scene.run(&["dep", "build", "app", "--vendor"]).code, 0);
    assert_eq!(scene.files("app/charts"), ["redis-1.0.0.tgz"]);
}

#[test]
fn a_lock_is_followed_and_must_fit() {
    let scene = Scene::new();
    let server = repository(&scene, &["1.0.0", "1.1.0"]);
    let url = repository_url(&server);
    scene.parent("redis", "1.0.0", &url);
    let updated = scene.run(&["dep", "update", "app"]);
    assert!(
        updated.code == 0 && updated.out.contains("wrote Chart.lock"),
        "{updated:?}"
    );
    let lock = fs::read_to_string(scene.path("app/Chart.lock")).unwrap();
    assert!(
        lock.contains("version: 1.0.0") && lock.contains("digest: sha256:"),
        "{lock}"
    );
    let again = scene.run(&["dep", "build", "app"]);
    assert!(again.code == 0 && again.out.contains("in the cache"), "{again:?}");

    // The chart asks for something else now.
    scene.parent("redis", "^1.0.0", &url);
    refused(
        &scene.run(&["dep", "build", "app"]),
        &["Chart.lock", "out of date", "dep update"],
    );
    assert_eq!(scene.run(&["dep", "update", "app"]).code, 0);
    assert!(scene.run(&["template", "app"]).out.contains("1.1.0"));
    // A lock that holds it back is followed although there is a newer one.
    let lock = fs::read_to_string(scene.path("app/Chart.lock")).unwrap();
    server.set("/charts/index.yaml", Answer::ok("apiVersion: v1\nentries: {}\n"));
    assert_eq!(
        scene.run(&["dep", "build", "app"]).code,
        0,
        "locked and cached needs no network"
    );
    assert_eq!(fs::read_to_string(scene.path("app/Chart.lock")).unwrap(), lock);
}

#[test]
fn what_is_not_what_was_published_is_refused() {
    let scene = Scene::new();
    let server = repository(&scene, &["1.0.0"]);
    scene.parent("redis", "1.0.0", &repository_url(&server));
    let good = scene.archive("redis", "1.0.0");
    let build = || scene.run(&["dep", "build", "app"]);
    let path = "/charts/redis-1.0.0.tgz";

    server.set(path, Answer::ok(scene.archive("redis", "6.6.6")));
    refused(&build(), &["redis", "digest"]);
    server.set(
        path,
        Answer {
            told_length: Some(good.len() as u64 + 10),
            ..Answer::ok(good.clone())
        },
    );
    refused(&build(), &["ended early"]);
    server.set(
        path,
        Answer {
            told_length: Some(1 << 40),
            ..Answer::ok(good.clone())
        },
    );
    refused(&build(), &["longer than"]);
    server.set(
        path,
        Answer {
            status: 404,
            ..Answer::default()
        },
    );
    refused(&build(), &["404"]);
    server.set(
        path,
        Answer {
            status: 503,
            ..Answer::default()
        },
    );
    refused(&build(), &["503"]);
    server.set(path, Answer::redirect(path));
    refused(&build(), &["redirects"]);
    server.set(path, Answer::redirect("file:///etc/passwd"));
    refused(&build(), &["file:///etc/passwd"]);
    assert!(
        scene.run(&["template", "app"]).err.contains("missing-dependency"),
        "nothing of it was kept"
    );

    server.set(path, Answer::redirect("/elsewhere.tgz"));
    server.set("/elsewhere.tgz", Answer::ok(good));
    assert_eq!(build().code, 0);
}

#[test]
fn an_archive_of_another_chart_is_refused() {
    let scene = Scene::new();
    let server = Server::start();
    let other = scene.archive("valkey", "1.0.0");
    server.set("/redis-1.0.0.tgz", Answer::ok(other));
    server.set(
        "/index.yaml",
        Answer::ok("{apiVersion: v1, entries: {redis: [{version: 1.0.0, urls: [redis-1.0.0.tgz]}]}}"),
    );
    scene.parent("redis", "1.0.0", &server.url());
    refused(&scene.run(&["dep", "build", "app"]), &["`valkey`"]);
    server.set("/redis-1.0.0.tgz", Answer::ok("<html>"));
    refused(&scene.run(&["dep", "build", "app"]), &["not a gzipped archive"]);
}

#[test]
fn what_is_not_there_is_told_with_what_is() {
    let scene = Scene::new();
    let server = repository(&scene, &["1.0.0", "1.1.0"]);
    let url = repository_url(&server);
    for (name, version, repository, words) in [
        ("redis", "^2", url.as_str(), &["no version `^2`", "`1.1.0`"][..]),
        ("rediss", "^1", &url, &["did you mean `redis`"]),
        ("redis", "nonsense", &url, &["neither a version nor a range"]),
        (
            "redis",
            "^1",
            "http://127.0.0.1:1/charts",
            &["cannot fetch `http://127.0.0.1:1/charts/index.yaml`"],
        ),
        (
            "redis",
            "^1",
            "@nobody",
            &["no repository is called `nobody`", "helm repo add"],
        ),
        (
            "redis",
            "^1",
            "stable",
            &["not the address of a repository", "@stable"],
        ),
        ("../../evil", "^1", &url, &["cannot be the name of a chart"]),
        ("redis", "^1", "", &["names no repository"]),
        ("redis", "^1", "file://../nowhere", &["nowhere"]),
    ] {
        // A name with a slash is refused when the chart is read, or when it is resolved.
        scene.parent(name, version, repository);
        let ended = scene.run(&["dep", "build", "app"]);
        refused(&ended, words);
    }
    // A page that is no index.
    server.set("/charts/index.yaml", Answer::ok("<html></html>"));
    scene.parent("redis", "^1", &url);
    refused(
        &scene.run(&["dep", "build", "app"]),
        &["is not the index of a chart repository"],
    );
}

#[test]
fn a_damaged_cache_is_noticed_and_fetched_again() {
    let scene = Scene::new();
    let server = repository(&scene, &["1.0.0"]);
    scene.parent("redis", "1.0.0", &repository_url(&server));
    assert_eq!(scene.run(&["dep", "build", "app"]).code, 0);
    let archives = scene.path("cache/charts/sha256");
    let archive = fs::read_dir(&archives).unwrap().next().unwrap().unwrap().path();
    fs::write(&archive, b"damaged").unwrap();
    refused(&scene.run(&["template", "app"]), &["missing-dependency"]);
    let again = scene.run(&["dep", "build", "app"]);
    assert!(again.code == 0 && again.out.contains("fetched"), "{again:?}");
    assert_eq!(scene.run(&["template", "app"]).code, 0);
}

#[test]
fn two_runs_at_once_do_not_disturb_each_other() {
    let scene = Scene::new();
    let server = repository(&scene, &["1.0.0"]);
    scene.parent("redis", "1.0.0", &repository_url(&server));
    let runs: Vec<_> = (0..4)
        .map(|_| {
            scene
                .command(&["dep", "build", "app"])
                .spawn()
                .expect("the binary starts")
        })
        .collect();
    for mut run in runs {
        assert!(run.wait().expect("it ends").success());
    }
    assert_eq!(scene.run(&["template", "app"]).code, 0);
    assert!(scene.files("cache").iter().all(|file| !file.ends_with(".part")));
}

#[test]
fn credentials_stay_with_their_server() {
    let scene = Scene::new();
    let server = repository(&scene, &["1.0.0"]);
    let other = Server::start();
    // `me:s3cret`
    let basic = "Basic bWU6czNjcmV0";
    let archive = scene.archive("redis", "1.0.0");
    other.set("/redis.tgz", Answer::ok(archive.clone()));
    let index = format!(
        "apiVersion: v1\nentries: {{redis: [{{version: 1.0.0, digest: {}, urls: ['{}/redis.tgz']}}]}}\n",
        sha256(&archive),
        other.url()
    );
    server.set(
        "/charts/index.yaml",
        Answer::ok(index).needing(basic, "Basic realm=\"x\""),
    );
    scene.parent("redis", "1.0.0", &repository_url(&server));
    refused(&scene.run(&["dep", "build", "app"]), &["401", "helm repo add"]);
    let built = scene.run(&["dep", "build", "app", "--username", "me", "--password", "s3cret"]);
    assert_eq!(built.code, 0, "{built:?}");
    assert!(
        other
            .asked()
            .iter()
            .all(|(_, authorization)| authorization.is_none())
    );

    // From Helm's list, for its alias.
    fs::remove_dir_all(scene.path("cache")).unwrap();
    scene.write(
        "repositories.yaml",
        &format!(
            "apiVersion: v1\nrepositories:\n- name: mine\n  url: {}\n  username: me\n  password: s3cret\n",
            repository_url(&server)
        ),
    );
    scene.parent("redis", "1.0.0", "@mine");
    let mut command = scene.command(&["dep", "build", "app"]);
    command.env("HELM_REPOSITORY_CONFIG", scene.path("repositories.yaml"));
    let built = Ended::from(command.output().unwrap());
    assert_eq!(built.code, 0, "{built:?}");
    assert!(
        other
            .asked()
            .iter()
            .all(|(_, authorization)| authorization.is_none())
    );
    assert_eq!(
        scene.run(&["template", "app"]).code,
        0,
        "found without Helm's list"
    );

    // A redirect to another server, and a password in an address.
    fs::remove_dir_all(scene.path("cache")).unwrap();
    server.set(
        "/charts/index.yaml",
        Answer::redirect(&format!("{}/index.yaml", other.url())),
    );
    let with_password = repository_url(&server).replace("http://", "http://me:s3cret@");
    scene.parent("redis", "1.0.0", &with_password);
    let ended = scene.run(&["dep", "build", "app"]);
    refused(&ended, &["404"]);
    let asked = other.asked();
    assert!(!asked.is_empty() && asked.iter().all(|(_, authorization)| authorization.is_none()));
    assert!(
        server
            .asked()
            .iter()
            .any(|(_, authorization)| authorization.as_deref() == Some(basic))
    );
    assert!(
        !ended.err.contains("s3cret") && !ended.out.contains("s3cret"),
        "{ended:?}"
    );

    // The flags are for one server.
    scene.write(
        "app/Chart.yaml",
        &format!(
            "apiVersion: v2\nname: app\nversion: 0.1.0\ndependencies:\n- {{name: a, version: 1.0.0, repository: '{}'}}\n- \
             {{name: b, version: 1.0.0, repository: '{}'}}\n",
            server.url(),
            other.url()
        ),
    );
    let ended = scene.run(&["dep", "build", "app", "--username", "me", "--password", "s3cret"]);
    refused(&ended, &["for one server"]);
    assert!(other.asked().is_empty());
}

#[test]
fn folders_are_dependencies_too() {
    let scene = Scene::new();
    scene.archive("common", "1.0.0");
    scene.parent("common", "1.x.x", "file://../made/common");
    let built = scene.run(&["dep", "build", "app"]);
    assert!(
        built.code == 0 && built.out.contains("a folder of this machine"),
        "{built:?}"
    );
    assert!(scene.run(&["template", "app"]).out.contains("\"1.0.0\""));
    // It is read anew, and must still fit.
    scene.archive("common", "1.2.0");
    assert!(scene.run(&["template", "app"]).out.contains("\"1.2.0\""));
    scene.archive("common", "2.0.0");
    refused(&scene.run(&["template", "app"]), &["missing-dependency"]);
    refused(&scene.run(&["dep", "build", "app"]), &["no version `1.x.x`"]);
}

#[test]
fn template_takes_charts_from_repositories() {
    let scene = Scene::new();
    let server = repository(&scene, &["1.0.0", "1.1.0", "2.0.0-rc.1"]);
    let url = repository_url(&server);
    for (words, version) in [
        (&["template", "redis", "--repo", &url][..], "1.1.0"),
        (
            &["template", "redis", "--repo", &url, "--version", "~1.0.0"],
            "1.0.0",
        ),
        (&["template", "redis", "--repo", &url, "--devel"], "2.0.0-rc.1"),
        (&["template", "web", &format!("{url}/redis-1.0.0.tgz")], "1.0.0"),
    ] {
        let ended = scene.run(words);
        assert_eq!(ended.code, 0, "{ended:?}");
        assert!(
            ended.out.contains(&format!("version: {version:?}")),
            "{words:?}: {}",
            ended.out
        );
    }
    refused(
        &scene.run(&["template", "redis", "--repo", &url, "--version", "9"]),
        &["no version `9`"],
    );
    refused(&scene.run(&["template", &format!("{url}/nothing.tgz")]), &["404"]);
    let ended = scene.run(&["template", "redis", "--repo", &url, "--verify"]);
    assert!(ended.code == 1 && ended.err.contains("helm verify"), "{ended:?}");

    // Dependencies on demand, into the cache.
    scene.parent("redis", "^1", &url);
    let ended = scene.run(&["template", "app", "-u"]);
    assert!(ended.code == 0 && ended.out.contains("1.1.0"), "{ended:?}");
    assert_eq!(scene.files("app"), ["Chart.yaml"]);

    // An archive names folders of whoever packaged it, not of this machine.
    scene.archive("common", "1.0.0");
    scene.parent("common", "1.0.0", "file://../made/common");
    let made = std::process::Command::new("tar")
        .args(["czf", "app.tgz", "app"])
        .current_dir(scene.path("."))
        .status();
    assert!(made.is_ok_and(|status| status.success()));
    let archive = fs::read(scene.path("app.tgz")).unwrap();
    server.set("/app.tgz", Answer::ok(archive));
    refused(
        &scene.run(&["template", &format!("{}/app.tgz", server.url()), "-u"]),
        &["is an archive without them"],
    );

    // Values from an address.
    scene.write(
        "local/Chart.yaml",
        "apiVersion: v2\nname: local\nversion: 0.1.0\n",
    );
    scene.write(
        "local/templates/a.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Values.name }}}\n",
    );
    server.set("/values.yaml", Answer::ok("name: from-afar\n"));
    let ended = scene.run(&[
        "template",
        "local",
        "-f",
        &format!("{}/values.yaml", server.url()),
    ]);
    assert!(ended.code == 0 && ended.out.contains("from-afar"), "{ended:?}");
}
