//! `package` and `repo index`.

use std::fs;

use super::{Ended, Scene, sha256};

#[test]
fn an_archive_has_the_same_bytes_wherever_it_is_made() {
    let one = Scene::new();
    let other = Scene::new();
    let archive = one.archive("redis", "1.0.0");
    other.archive("redis", "1.0.0");
    // Other times, other modes.
    other.write(
        "made/redis/templates/map.yaml",
        &fs::read_to_string(one.path("made/redis/templates/map.yaml")).unwrap(),
    );
    let path = other.path("made/redis/Chart.yaml");
    fs::File::open(&path)
        .unwrap()
        .set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000))
        .unwrap();
    let mut readonly = fs::metadata(&path).unwrap().permissions();
    readonly.set_readonly(true);
    fs::set_permissions(&path, readonly).unwrap();
    let made = other.run(&["package", "made/redis", "-d", "again"]);
    assert_eq!(made.code, 0, "{made:?}");
    assert_eq!(
        made.out,
        "Successfully packaged chart and saved it to: again/redis-1.0.0.tgz\n"
    );
    assert_eq!(
        sha256(&fs::read(other.path("again/redis-1.0.0.tgz")).unwrap()),
        sha256(&archive)
    );
}

#[test]
fn an_archive_has_what_the_chart_has() {
    let scene = Scene::new();
    scene.archive("redis", "1.0.0");
    scene.write("made/redis/.helmignore", "*.bak\nnotes/\n");
    scene.write("made/redis/values.yaml", "# kept\na: 1\n");
    scene.write("made/redis/old.bak", "x");
    scene.write("made/redis/notes/a.txt", "x");
    scene.write("made/redis/files/b.txt", "x");
    let made = scene.run(&[
        "package",
        "made/redis",
        "--version",
        "1.2.3",
        "--app-version",
        "7",
    ]);
    assert_eq!(made.code, 0, "{made:?}");
    let file = scene.path("redis-1.2.3.tgz");
    assert_eq!(
        made.out.trim_end(),
        format!(
            "Successfully packaged chart and saved it to: {}",
            fs::canonicalize(&file).unwrap().display()
        )
    );
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(fs::File::open(&file).unwrap()));
    let mut names = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let header = entry.header();
        assert_eq!(
            (header.uid().unwrap(), header.mode().unwrap()),
            (0, 0o644),
            "{name}"
        );
        if name == "redis/Chart.yaml" {
            let mut text = String::new();
            std::io::Read::read_to_string(&mut entry, &mut text).unwrap();
            assert_eq!(
                text,
                "apiVersion: v2\nappVersion: \"7\"\nname: redis\nversion: 1.2.3\n"
            );
        }
        names.push(name);
    }
    assert_eq!(
        names,
        [
            "redis/.helmignore",
            "redis/Chart.yaml",
            "redis/files/b.txt",
            "redis/templates/map.yaml",
            "redis/values.yaml"
        ]
    );
}

#[test]
fn what_has_errors_is_not_packaged() {
    let scene = Scene::new();
    scene.write("bad/Chart.yaml", "apiVersion: v2\nname: bad\nversion: 0.1.0\n");
    scene.write(
        "bad/templates/a.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndatas: {}\n",
    );
    let ended = scene.run(&["package", "bad"]);
    assert!(
        ended.code == 1 && ended.err.contains("datas") && ended.err.contains("--no-lint"),
        "{ended:?}"
    );
    assert!(!scene.path("bad-0.1.0.tgz").exists());
    assert_eq!(scene.run(&["package", "bad", "--no-lint"]).code, 0);
    let ended = scene.run(&["package", "bad", "--no-lint", "--version", "x"]);
    assert!(
        ended.code == 2 && ended.err.contains("`x` is no version"),
        "{ended:?}"
    );
    scene.parent("redis", "1.0.0", "https://charts.example.com");
    let ended = scene.run(&["package", "app", "--no-lint"]);
    assert!(
        ended.code == 1 && ended.err.contains("missing-dependency"),
        "{ended:?}"
    );
    scene.write(
        "lib/Chart.yaml",
        "apiVersion: v2\nname: lib\nversion: 0.1.0\ntype: library\n",
    );
    assert_eq!(
        scene.run(&["package", "lib"]).code,
        0,
        "a library is packaged, though it renders nothing"
    );
}

#[test]
fn an_index_is_helms_and_the_same_twice() {
    let scene = Scene::new();
    let digests =
        ["1.0.0", "1.10.0", "1.2.0"].map(|version| (version, sha256(&scene.archive("redis", version))));
    scene.archive("app", "0.1.0");
    scene.write("archives/junk.tgz", "junk");
    scene.write(
        "old.yaml",
        "apiVersion: v1\nentries:\n  gone:\n  - name: gone\n    version: 1.0.0\n    created: \"2020-01-01T00:00:00Z\"\n    \
         urls: [gone.tgz]\n  redis:\n  - name: redis\n    version: 1.0.0\n    digest: old\n    urls: [x]\ngenerated: \
         \"2020-01-01T00:00:00Z\"\n",
    );
    let index = || {
        let mut command = scene.command(&[
            "repo",
            "index",
            "archives",
            "--url",
            "https://c.example.com/x",
            "--merge",
            "old.yaml",
        ]);
        command.env("SOURCE_DATE_EPOCH", "1700000000");
        let ended = Ended::from(command.output().unwrap());
        assert_eq!(ended.code, 0, "{ended:?}");
        assert!(ended.err.contains("junk.tgz"), "{ended:?}");
        fs::read_to_string(scene.path("archives/index.yaml")).unwrap()
    };
    let first = index();
    assert_eq!(index(), first);
    let entry = |version: &str| {
        let digest = &digests.iter().find(|(known, _)| *known == version).unwrap().1;
        format!(
            "  - apiVersion: v2\n    created: \"2023-11-14T22:13:20Z\"\n    digest: {digest}\n    name: redis\n    urls:\n    \
             - https://c.example.com/x/redis-{version}.tgz\n    version: {version}\n"
        )
    };
    let redis = ["1.10.0", "1.2.0", "1.0.0"].map(entry).concat();
    assert!(first.contains(&format!("  redis:\n{redis}")), "{first}");
    assert!(first.starts_with("apiVersion: v1\nentries:\n  app:\n"), "{first}");
    assert!(
        first.contains("  gone:\n  - created: \"2020-01-01T00:00:00Z\"\n"),
        "{first}"
    );
    assert!(
        first.ends_with("generated: \"2023-11-14T22:13:20Z\"\n"),
        "{first}"
    );
}

#[test]
fn dependencies_are_listed_as_helm_lists_them() {
    let scene = Scene::new();
    scene.parent("redis", ">=1.0.0 <2", "https://charts.example.com/stable");
    let ended = scene.run(&["dep", "list", "app"]);
    assert_eq!(
        ended.out,
        "NAME \tVERSION   \tREPOSITORY                       \tSTATUS \n\
         redis\t>=1.0.0 <2\thttps://charts.example.com/stable\tmissing\n\n"
    );
}
