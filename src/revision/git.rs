//! The calls of git: none writes to the repository, none runs a hook.

use std::ffi::OsStr;
use std::io::{self, BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use super::Problem;

/// The most bytes of a listing that are read: some million files.
const MAX_LISTING: u64 = 256 * 1024 * 1024;

/// A repository.
#[derive(Debug)]
pub(super) struct Git {
    top: PathBuf,
}

/// One file of a commit.
#[derive(Debug)]
pub(super) struct Entry {
    /// `100644`, `120000` for a link.
    pub(super) mode: String,
    /// The object that holds its bytes.
    pub(super) object: String,
    /// How many there are.
    pub(super) size: u64,
    /// Its path from the top.
    pub(super) path: PathBuf,
}

impl Git {
    /// The repository of a folder; `path` is what the user named.
    pub(super) fn of(folder: &Path, path: &Path) -> Result<Self, Problem> {
        let output = command(folder)
            .args(["rev-parse", "--show-toplevel"])
            .output()
            .map_err(Problem::NoGit)?;
        let top = text(&output.stdout);
        if !output.status.success() || top.is_empty() {
            return Err(Problem::NoRepository {
                path: path.display().to_string(),
                said: said(&output.stderr),
            });
        }
        Ok(Self {
            top: PathBuf::from(top),
        })
    }

    pub(super) fn top(&self) -> &Path {
        &self.top
    }

    /// The commit where the history of a reference and of HEAD part.
    pub(super) fn merge_base(&self, reference: &str) -> Result<String, Problem> {
        let unknown = || Problem::UnknownReference(reference.to_owned());
        // Git would take it for a flag.
        if reference.starts_with('-') {
            return Err(unknown());
        }
        let commit = self
            .ask(&[
                "rev-parse",
                "--verify",
                "--quiet",
                &format!("{reference}^{{commit}}"),
            ])?
            .ok_or_else(unknown)?;
        if let Some(base) = self.ask(&["merge-base", &commit, "HEAD"])? {
            return Ok(base);
        }
        let is_shallow = self.ask(&["rev-parse", "--is-shallow-repository"])?.as_deref() == Some("true");
        Err(if is_shallow {
            Problem::Shallow(reference.to_owned())
        } else {
            Problem::NoMergeBase(reference.to_owned())
        })
    }

    /// What a call prints; `None` if it fails or prints nothing.
    fn ask(&self, arguments: &[&str]) -> Result<Option<String>, Problem> {
        let output = command(&self.top)
            .args(arguments)
            .output()
            .map_err(Problem::NoGit)?;
        let answer = text(&output.stdout);
        Ok((output.status.success() && !answer.is_empty()).then_some(answer))
    }

    /// All files of a commit, without submodules.
    pub(super) fn files(&self, commit: &str) -> Result<Vec<Entry>, Problem> {
        let mut child =
            Self::start(command(&self.top).args(["ls-tree", "-r", "-z", "-l", "--full-tree", commit]))?;
        let mut listing = Vec::new();
        if let Some(out) = child.stdout.take() {
            out.take(MAX_LISTING).read_to_end(&mut listing)?;
        }
        ended(child)?;
        let entries = listing.split(|byte| *byte == 0);
        Ok(entries.filter_map(entry).collect())
    }

    /// Reads objects one after the other, in the order they are given; `take` gets the bytes of each.
    pub(super) fn read(
        &self,
        entries: &[Entry],
        mut take: impl FnMut(&Entry, &[u8]) -> io::Result<()>,
    ) -> Result<(), Problem> {
        let mut child = Self::start(
            command(&self.top)
                .args(["cat-file", "--batch", "--buffer"])
                .stdin(Stdio::piped()),
        )?;
        let (Some(mut asked), Some(out)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Problem::Git("it has no input or output".to_owned()));
        };
        let mut out = BufReader::new(out);
        let read = std::thread::scope(|scope| {
            // Beside the reading: both pipes are small, and git waits while its answers are not read. Buffered on both ways,
            // or each of many small files would cost several switches between the two processes.
            scope.spawn(move || {
                let mut asked = BufWriter::new(&mut asked);
                for entry in entries {
                    if writeln!(asked, "{}", entry.object).is_err() {
                        // Git is gone; reading says why.
                        return;
                    }
                }
            });
            entries
                .iter()
                .try_for_each(|entry| take(entry, &object(&mut out, entry)?))
        });
        drop(out);
        match read {
            Ok(()) => ended(child),
            Err(error) => {
                let said = ended(child).err();
                Err(said.unwrap_or(Problem::Io(error)))
            }
        }
    }

    fn start(command: &mut Command) -> Result<Child, Problem> {
        let started = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        started.map_err(Problem::NoGit)
    }
}

/// `git` in a folder. It takes no lock for its own convenience, and asks nobody for anything.
fn command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .stdin(Stdio::null());
    command
}

/// `100644 blob 0123… 512\tcharts/shop/Chart.yaml`.
fn entry(line: &[u8]) -> Option<Entry> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    let head = std::str::from_utf8(&line[..tab]).ok()?;
    let mut words = head.split_ascii_whitespace();
    let (mode, kind, object, size) = (words.next()?, words.next()?, words.next()?, words.next()?);
    (kind == "blob").then_some(())?;
    Some(Entry {
        mode: mode.to_owned(),
        object: object.to_owned(),
        size: size.parse().ok()?,
        path: path(&line[tab + 1..])?,
    })
}

#[cfg(unix)]
fn path(bytes: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt as _;
    Some(PathBuf::from(OsStr::from_bytes(bytes)))
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> Option<PathBuf> {
    Some(PathBuf::from(OsStr::new(std::str::from_utf8(bytes).ok()?)))
}

/// One answer of `cat-file --batch`: a line with the size, the bytes, a line break.
fn object(out: &mut BufReader<ChildStdout>, entry: &Entry) -> io::Result<Vec<u8>> {
    use std::io::BufRead as _;
    let mut head = String::new();
    out.read_line(&mut head)?;
    let size = head
        .trim_end()
        .rsplit(' ')
        .next()
        .and_then(|size| size.parse().ok());
    // The listing said how large it is; another size, or `missing`, is no answer to what was asked.
    if size != Some(entry.size) {
        return Err(io::Error::other(format!(
            "git does not have `{}`",
            entry.path.display()
        )));
    }
    let mut bytes = Vec::new();
    out.take(entry.size.saturating_add(1)).read_to_end(&mut bytes)?;
    bytes.pop();
    Ok(bytes)
}

fn ended(child: Child) -> Result<(), Problem> {
    let output = child.wait_with_output()?;
    if output.status.success() {
        Ok(())
    } else {
        Err(Problem::Git(said(&output.stderr)))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .trim_end_matches(['\r', '\n'])
        .to_owned()
}

/// The first thing git complains of.
fn said(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let line = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or("it does not say why");
    line.trim_start_matches("fatal: ").trim().to_owned()
}
