//! What a project renders to: on standard output, in folders, and beside what it was.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use insta::assert_snapshot;
use serde_json::Value;

use crate::project::{app, call};
use crate::support::{files_below, plimsoll, schema};

const CONFIG: &str = "\
environments: [dev, prod]
defaults: {namespace: 'shop-{{ env }}', values: 'values-{{ env }}.yaml'}
releases:
  - {name: web, chart: app}
  - {name: api, chart: app, environments: [prod]}
";

const VALUES: [(&str, &str); 2] = [
    ("values-dev.yaml", "replicas: 1\n"),
    ("values-prod.yaml", "replicas: 3\n"),
];

/// All files of a folder with their texts.
fn texts(folder: &Path) -> BTreeMap<String, String> {
    let files = [files_below(folder, "yaml"), files_below(folder, "json")].concat();
    let files = files.into_iter().map(|path| {
        let below = path.strip_prefix(folder).expect("below").display().to_string();
        (below, fs::read_to_string(&path).expect("a text"))
    });
    files.collect()
}

#[test]
fn a_project_is_printed_with_the_names_of_its_releases() {
    let folder = app(CONFIG, &VALUES);
    assert_snapshot!(call(folder.path(), &["render", "-l", "name=api"]));
    let all = call(folder.path(), &["render"]);
    let titles: Vec<&str> = all
        .lines()
        .filter(|line| line.starts_with("# ") && line.contains(" in "))
        .collect();
    assert_eq!(titles, ["# web in dev", "# web in prod", "# api in prod"]);
}

#[test]
fn a_folder_holds_what_is_rendered_and_nothing_else() {
    let folder = app(CONFIG, &VALUES);
    let (here, out) = (folder.path(), folder.path().join("out"));
    let render = ["render", "-o", "out"];
    assert_snapshot!(call(here, &render), @"
    out: 3 files: 4 new, 0 changed, 0 removed
    [0]
    ");
    let first = texts(&out);
    let names: Vec<&str> = first.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "dev/web/Deployment-web.yaml",
            "plimsoll-rendered.json",
            "prod/api/Deployment-api.yaml",
            "prod/web/Deployment-web.yaml"
        ]
    );
    let record: Value = serde_json::from_str(&first["plimsoll-rendered.json"]).expect("JSON");
    let problems: Vec<String> = schema("rendered.schema.json")
        .iter_errors(&record)
        .map(|error| error.to_string())
        .collect();
    assert!(problems.is_empty(), "{problems:?}");
    let inputs: Vec<&String> = record["inputs"].as_object().expect("inputs").keys().collect();
    assert_eq!(
        inputs,
        [
            "app/Chart.yaml",
            "app/templates/app.yaml",
            "app/values.yaml",
            "plimsoll.yaml",
            "values-dev.yaml",
            "values-prod.yaml"
        ]
    );
    assert!(call(here, &[&render[..], &["--check"]].concat()).ends_with("[0]"));

    // What is the same is not touched, what is rendered no more is removed.
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for path in files_below(&out, "yaml") {
        let file = fs::File::options().write(true).open(path).expect("a file");
        file.set_modified(long_ago).expect("a time");
    }
    fs::write(here.join("values-dev.yaml"), "replicas: 2\n").expect("a file");
    fs::write(
        here.join("plimsoll.yaml"),
        CONFIG.replace("name: api", "name: ipa"),
    )
    .expect("a file");
    assert_snapshot!(call(here, &[&render[..], &["--check"]].concat()));
    assert_eq!(texts(&out), first, "--check writes nothing");
    assert_snapshot!(call(here, &render), @"
    out: 3 files: 1 new, 2 changed, 1 removed
    [0]
    ");
    let modified = |name: &str| {
        fs::metadata(out.join(name))
            .and_then(|file| file.modified())
            .expect("a time")
    };
    assert_eq!(modified("prod/web/Deployment-web.yaml"), long_ago);
    assert!(modified("dev/web/Deployment-web.yaml") > long_ago);
    assert!(!out.join("prod/api").exists());
}

#[test]
fn a_folder_of_somebody_else_is_left_alone() {
    let folder = app(CONFIG, &VALUES);
    let (here, out) = (folder.path(), folder.path().join("out"));
    fs::create_dir(&out).expect("a folder");
    fs::write(out.join("README.md"), "mine").expect("a file");
    assert_snapshot!(call(here, &["render", "-o", "out"]), @"
    error: `out` holds `README.md`, which was not rendered into it; name a folder that holds nothing else, for what is stale in it is removed
    [2]
    ");
    fs::remove_file(out.join("README.md")).expect("it was there");
    call(here, &["render", "-o", "out"]);
    assert_snapshot!(call(here, &["render", "-o", "out", "-e", "dev"]), @"
    error: `out` holds the render of everything, and this is one of -e dev; name another folder, or remove it
    [2]
    ");
    // A project that does not render whole does not change the folder.
    let before = texts(&out);
    fs::write(here.join("values-prod.yaml"), "replicas: {").expect("a file");
    assert!(call(here, &["render", "-o", "out"]).ends_with("[1]"));
    assert_eq!(texts(&out), before);
}

#[test]
fn layouts_name_the_files() {
    let folder = app(CONFIG, &VALUES);
    let names = |layout: &str| {
        let out = folder.path().join("out");
        let said = call(folder.path(), &["render", "-o", "out", "--layout", layout]);
        let names: Vec<String> = texts(&out)
            .into_keys()
            .filter(|name| name.ends_with(".yaml"))
            .collect();
        (names.join(" "), said)
    };
    assert_eq!(
        names("helm").0,
        "dev/web/app/templates/app.yaml prod/api/app/templates/app.yaml prod/web/app/templates/app.yaml"
    );
    assert_eq!(
        names("{{ namespace }}/../{{ kind }}.yaml").0,
        "shop-dev/Deployment.yaml shop-prod/Deployment.yaml"
    );
    assert_snapshot!(names("{{ environment }}").1);
}

/// Files of a folder as its record says they are; nothing if there is no folder.
fn is_whole(out: &Path) -> bool {
    let files = texts(out);
    let Some(record) = files.get("plimsoll-rendered.json") else {
        return files.is_empty();
    };
    let record: Value = serde_json::from_str(record).expect("a whole record");
    let listed = record["files"].as_object().expect("files");
    let replicas: Vec<&str> = files
        .values()
        .flat_map(|text| text.lines())
        .filter(|line| line.trim_start().starts_with("replicas:"))
        .collect();
    listed.len() + 1 == files.len()
        && listed.keys().all(|path| files.contains_key(path))
        && replicas.windows(2).all(|pair| pair[0] == pair[1])
}

#[test]
fn a_render_that_is_killed_leaves_the_old_folder_or_the_new_one() {
    let config = "environments: [dev, prod]\nreleases:\n".to_owned()
        + &(0..40)
            .map(|number| format!("  - {{name: r{number}, chart: app}}\n"))
            .collect::<String>();
    let folder = app(&config, &[]);
    let out = folder.path().join("out");
    for round in 0..40_u64 {
        let values = format!("replicas: {}\nimage: a:1\n", round % 7);
        fs::write(folder.path().join("app/values.yaml"), values).expect("a file");
        let mut child = plimsoll(&["render", "-o", "out"])
            .current_dir(folder.path())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        std::thread::sleep(Duration::from_millis(round * 2));
        let _ = child.kill();
        child.wait().expect("it ends");
        assert!(is_whole(&out), "killed after {} ms", round * 2);
    }
    assert!(call(folder.path(), &["render", "-o", "out"]).ends_with("[0]"));
    assert!(is_whole(&out));
}

/// A call of git in a folder, with a name and nothing of this machine.
fn git(folder: &Path, args: &[&str]) {
    let status = Command::new("git")
        .args([
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@example.com",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .stdout(Stdio::null())
        .status()
        .expect("git is there");
    assert!(status.success(), "{args:?}");
}

/// The output of a call that may use git.
fn call_with_git(folder: &Path, args: &[&str]) -> String {
    let output = plimsoll(args)
        .current_dir(folder)
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .output()
        .expect("it starts");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_project_is_compared_with_what_it_was_and_told_once() {
    let config = CONFIG.replace("environments: [prod]", "environments: [dev, prod]");
    let folder = app(&config, &VALUES);
    let here = folder.path();
    fs::remove_dir(here.join(".git")).expect("it was there");
    for args in [&["init", "-q"][..], &["add", "."], &["commit", "-qm", "first"]] {
        git(here, args);
    }
    let diff = ["diff", "--base", "HEAD"];
    assert_snapshot!(call_with_git(here, &diff), @"no difference in 4 objects");
    fs::write(here.join("app/values.yaml"), "replicas: 2\nimage: a:2\n").expect("a file");
    let told = call_with_git(here, &[&diff[..], &["-l", "name=web"]].concat());
    let title =
        "\n~ Deployment shop-dev/web  rolling-restart\n  the same change in 2 of 2 environments: dev, prod\n";
    assert!(
        told.contains(title) && told.matches("a:1 → a:2").count() == 1,
        "{told}"
    );
    fs::write(here.join("values-prod.yaml"), "replicas: 5\n").expect("a file");
    let without = config.replace(
        "name: api, chart: app, environments: [dev, prod]",
        "name: db, chart: app, environments: [prod]",
    );
    fs::write(here.join("plimsoll.yaml"), without).expect("a file");
    assert_snapshot!(call_with_git(here, &diff));
    assert_snapshot!(call_with_git(
        here,
        &[&diff[..], &["-e", "dev", "--format", "json"]].concat()
    ));
}
