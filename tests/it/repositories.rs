//! `dep`, `package`, `repo` and remote charts, against servers that the tests start on this machine.

mod cluster;
mod http;
mod live;
mod oci;
mod publish;
mod server;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sha2::{Digest as _, Sha256};

use crate::support::plimsoll;

/// A place of a test's own: charts, a cache, a home.
struct Scene {
    folder: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    fn write(&self, below: &str, text: &str) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().expect("a folder")).expect("can be made");
        fs::write(path, text).expect("can be written");
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = plimsoll(args);
        command
            .current_dir(self.folder.path())
            .env("HOME", self.path("home"))
            .env("PLIMSOLL_CACHE_DIR", self.path("cache"));
        command
    }

    fn run(&self, args: &[&str]) -> Ended {
        Ended::from(self.command(args).output().expect("the binary starts"))
    }

    /// A chart that prints its version, packaged; the bytes of its archive.
    fn archive(&self, name: &str, version: &str) -> Vec<u8> {
        self.write(
            &format!("made/{name}/Chart.yaml"),
            &format!("apiVersion: v2\nname: {name}\nversion: {version}\n"),
        );
        self.write(
            &format!("made/{name}/templates/map.yaml"),
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Chart.Name }}\ndata:\n  version: {{ .Chart.Version | quote }}\n",
        );
        let made = self.run(&["package", &format!("made/{name}"), "-d", "archives"]);
        assert_eq!(made.code, 0, "{made:?}");
        fs::read(self.path(&format!("archives/{name}-{version}.tgz"))).expect("the archive")
    }

    /// A chart with one dependency.
    fn parent(&self, name: &str, version: &str, repository: &str) {
        self.write(
            "app/Chart.yaml",
            &format!(
                "apiVersion: v2\nname: app\nversion: 0.1.0\ndependencies:\n- name: {name}\n  version: {version:?}\n  \
                 repository: {repository:?}\n"
            ),
        );
    }

    /// All files of the chart, to see that none is added.
    fn files(&self, below: &str) -> Vec<String> {
        let root = self.path(below);
        let mut files: Vec<String> = walkdir::WalkDir::new(&root)
            .into_iter()
            .filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| relative(entry.path(), &root))
            .collect();
        files.sort();
        files
    }
}

fn relative(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).expect("below").display().to_string()
}

/// How a run ended.
#[derive(Debug)]
struct Ended {
    code: i32,
    out: String,
    err: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
