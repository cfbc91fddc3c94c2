//! A repository to test gate in, cut off from the machine's own configuration.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The second that the first commit is made at; each later one is a minute later.
const FIRST_COMMIT: u64 = 1_700_000_000;

/// A repository, with a home and a cache folder of its own.
///
/// Identity and dates are fixed, so that the same commands make the same commit ids everywhere.
pub(crate) struct TestRepo {
    folder: tempfile::TempDir,
    commits: Cell<u64>,
    env: RefCell<BTreeMap<OsString, OsString>>,
}

/// How a program ended, and what it wrote.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit code; 128 and the signal's number where one ended it.
    pub(crate) code: i32,
    /// What it wrote to its standard output, with anything that is not UTF-8 replaced.
    pub(crate) stdout: String,
    /// What it wrote to its standard error, with anything that is not UTF-8 replaced.
    pub(crate) stderr: String,
}

/// What lies in a folder: each path with its mode, time and content.
pub(crate) type Snapshot = BTreeMap<PathBuf, String>;

impl TestRepo {
    /// A repository without commits, on the branch `main`.
    pub(crate) fn new() -> Self {
        let repo = Self { folder: tempfile::tempdir().unwrap(), commits: Cell::new(0), env: RefCell::default() };
        for folder in [repo.path(), repo.home(), repo.cache()] {
            fs_err::create_dir_all(folder).unwrap();
        }
        repo.git(&["init", "--quiet", "--initial-branch=main"]);
        repo
    }

    /// A repository whose one commit holds these files.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let repo = Self::new();
        for (path, text) in files {
            repo.write(path, text);
        }
        repo.commit("first");
        repo
    }

    /// The repository's folder.
    pub(crate) fn path(&self) -> PathBuf {
        self.root().join("repo")
    }

    /// The user's home.
    pub(crate) fn home(&self) -> PathBuf {
        self.root().join("home")
    }

    /// The user's cache folder.
    pub(crate) fn cache(&self) -> PathBuf {
        self.root().join("cache")
    }

    /// The folder that holds all of it; the place for further clones.
    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap()
    }

    /// Sets a variable for every later program.
    pub(crate) fn set_env(&self, name: &str, value: impl AsRef<OsStr>) {
        self.env.borrow_mut().insert(name.into(), value.as_ref().to_owned());
    }

    /// Writes a file, and the folders above it.
    pub(crate) fn write(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, content).unwrap();
    }

    /// Writes a file that may be executed.
    pub(crate) fn write_program(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        self.write(&path, content);
        let path = self.path().join(path);
        fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Reads a file.
    pub(crate) fn read(&self, path: impl AsRef<Path>) -> String {
        fs_err::read_to_string(self.path().join(path)).unwrap()
    }

    /// Removes a file.
    pub(crate) fn remove(&self, path: impl AsRef<Path>) {
        fs_err::remove_file(self.path().join(path)).unwrap();
    }

    /// Adds everything and commits it. Gives the commit's id.
    pub(crate) fn commit(&self, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", message]);
        self.commits.set(self.commits.get() + 1);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Runs git, which must succeed. Gives what it wrote, without the last newline.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        let ran = self.run(&self.path(), "git", args);
        assert_eq!(ran.code, 0, "git {args:?}: {}", ran.stderr);
        ran.stdout.strip_suffix('\n').unwrap_or(&ran.stdout).to_owned()
    }

    /// Runs gate in the repository's folder.
    pub(crate) fn gate(&self, args: &[&str]) -> Ran {
        self.gate_in("", args)
    }

    /// Runs gate in a folder of the repository.
    pub(crate) fn gate_in(&self, folder: impl AsRef<Path>, args: &[&str]) -> Ran {
        self.run(&self.path().join(folder), env!("CARGO_BIN_EXE_gate"), args)
    }

    /// Runs `gate check` with arguments, for the document that it writes.
    #[track_caller]
    pub(crate) fn check(&self, args: &[&str]) -> (i32, serde_json::Value) {
        self.gate(&[&["check", "--format", "json"], args].concat()).judged()
    }

    /// A program that has not been started yet, cut off like every other.
    #[expect(clippy::disallowed_methods, reason = "tests run programs as a user would, not through what they test")]
    pub(crate) fn command(&self, folder: &Path, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        let date = format!("{} +0000", FIRST_COMMIT + 60 * self.commits.get());
        command.current_dir(folder).stdin(Stdio::null()).env_clear();
        command.env("HOME", self.home()).env("XDG_CACHE_HOME", self.cache());
        command.envs(["PATH", "CARGO_HOME", "RUSTUP_HOME"].iter().filter_map(|name| Some((name, machine(name)?))));
        command.envs([("LANG", "C.UTF-8"), ("TZ", "UTC"), ("TERM", "dumb")]);
        command.envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")]);
        command.envs([("GIT_AUTHOR_NAME", "A U Thor"), ("GIT_AUTHOR_EMAIL", "author@example.org")]);
        command.envs([("GIT_COMMITTER_NAME", "C O Mitter"), ("GIT_COMMITTER_EMAIL", "committer@example.org")]);
        command.envs([("GIT_AUTHOR_DATE", &date), ("GIT_COMMITTER_DATE", &date)]);
        command.envs(self.env.borrow().iter());
        command
    }

    /// Runs a program in a folder to its end.
    pub(crate) fn run(&self, folder: &Path, program: impl AsRef<OsStr>, args: &[&str]) -> Ran {
        Ran::of(self.command(folder, program).args(args))
    }

    /// Everything that is the user's: the working tree and the git folder, without gate's own folder in it.
    ///
    /// Two of these are equal if nothing was written in between, not even the same bytes again. Only the times of objects
    /// and of the shared part of a split index are left out: git renews them when it meets an object that it would
    /// otherwise have written, and whenever it reads the index, whoever asks it.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let mut snapshot = Snapshot::new();
        add_to(&mut snapshot, &self.path(), Path::new(""));
        snapshot
    }
}

impl Ran {
    /// Runs a program to its end.
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self {
            code: exit_code(output.status),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The document that it wrote to its standard output.
    #[track_caller]
    pub(crate) fn document(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.stdout, self.stderr))
    }

    /// The exit code, and the document that it wrote to its standard output.
    #[track_caller]
    pub(crate) fn judged(&self) -> (i32, serde_json::Value) {
        (self.code, self.document())
    }
}

/// Asserts that two snapshots are equal, and says what differs.
pub(crate) fn assert_untouched(before: &Snapshot, after: &Snapshot, what: &str) {
    let differs = |path: &&PathBuf| before.get(*path) != after.get(*path);
    let paths: Vec<&PathBuf> = before.keys().chain(after.keys()).filter(differs).collect();
    assert!(paths.is_empty(), "{what}: written or removed: {paths:?}");
}

pub(crate) fn exit_code(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status.code().or_else(|| Some(128 + status.signal()?)).unwrap()
}

/// A variable of the machine that tests run on. Rust's own folders are found through HOME, which tests replace.
#[expect(clippy::disallowed_methods, reason = "tests take PATH and the toolchain from the machine, and nothing else")]
fn machine(name: &str) -> Option<OsString> {
    let below_home = |folder| Some(Path::new(&std::env::var_os("HOME")?).join(folder).into_os_string());
    std::env::var_os(name).or_else(|| match name {
        "CARGO_HOME" => below_home(".cargo"),
        "RUSTUP_HOME" => below_home(".rustup"),
        _ => None,
    })
}

fn add_to(snapshot: &mut Snapshot, root: &Path, folder: &Path) {
    for entry in fs_err::read_dir(root.join(folder)).unwrap() {
        let path = folder.join(entry.unwrap().file_name());
        if path == Path::new(".git/gate") {
            continue;
        }
        let at = root.join(&path);
        let metadata = fs_err::symlink_metadata(&at).unwrap();
        let content = if metadata.is_dir() {
            add_to(snapshot, root, &path);
            "folder".to_owned()
        } else {
            let time = format!("{}.{} ", metadata.mtime(), metadata.mtime_nsec());
            let name = path.to_string_lossy();
            let timeless = path.starts_with(".git/objects") || name.starts_with(".git/sharedindex.");
            format!("{}{}", if timeless { "" } else { &time }, content(&at, &metadata))
        };
        snapshot.insert(path, format!("{:o} {content}", metadata.mode()));
    }
}

fn content(path: &Path, metadata: &std::fs::Metadata) -> String {
    if metadata.is_symlink() {
        let target = fs_err::read_link(path).unwrap().into_os_string().into_vec();
        return String::from_utf8_lossy(&target).into_owned();
    }
    if metadata.is_file() { blake3::hash(&fs_err::read(path).unwrap()).to_string() } else { "special".to_owned() }
}

mod tests {
    use super::*;

    #[test]
    fn commits_are_the_same_everywhere() {
        let repo = TestRepo::with(&[("a", "1\n")]);
        assert_eq!(repo.git(&["rev-parse", "HEAD"]), "97f8250c47adbc06cb98135848bb95262de73a1f");
        assert_ne!(repo.commit("second"), repo.commit("third"));
    }

    #[test]
    fn the_users_own_git_configuration_is_out_of_reach() {
        let repo = TestRepo::new();
        let scopes = repo.git(&["config", "--list", "--show-scope"]);
        assert!(scopes.lines().all(|line| line.starts_with("local\t")), "{scopes}");
    }

    #[test]
    fn a_snapshot_sees_every_write() {
        let repo = TestRepo::with(&[("a", "1\n"), ("b/c", "2\n")]);
        let before = repo.snapshot();
        assert_eq!(before, repo.snapshot());
        let differs = |change: &dyn Fn()| {
            let before = repo.snapshot();
            change();
            before != repo.snapshot()
        };
        assert!(differs(&|| repo.write("a", "1\n")), "the same bytes again");
        assert!(differs(&|| repo.write_program("a", "1\n")), "the mode");
        assert!(differs(&|| repo.remove("b/c")), "a file is gone");
        assert!(differs(&|| repo.write(".git/hooks/pre-commit", "")), "a hook");
        assert!(differs(&|| drop(repo.git(&["config", "a.b", "c"]))), "git's configuration");
        assert!(differs(&|| drop(repo.git(&["tag", "t"]))), "a ref");
        assert!(!differs(&|| repo.write(".git/gate/x", "")), "gate's own folder");
        assert_eq!(repo.read("a"), "1\n");
    }

    #[test]
    fn signals_and_outputs_are_told_apart() {
        let repo = TestRepo::new();
        repo.set_env("WORD", "yes");
        let ran = repo.run(&repo.path(), "sh", &["-c", "echo $WORD; echo no >&2; kill -TERM $$"]);
        assert_eq!((ran.code, &*ran.stdout, &*ran.stderr), (143, "yes\n", "no\n"));
    }

    #[test]
    fn the_program_says_its_version() {
        let ran = TestRepo::new().gate(&["--version"]);
        assert_eq!((ran.code, ran.stdout), (0, format!("gate {}\n", env!("CARGO_PKG_VERSION"))), "{}", ran.stderr);
    }

    #[test]
    fn a_check_leaves_a_document() {
        let repo = TestRepo::with(&[("gate.toml", "[check.one]\nrun = \"true\"\n")]);
        let (code, document) = repo.check(&["--all"]);
        assert_eq!((code, &document["schema"]), (0, &"gate.verdict/1".into()));
    }
}
