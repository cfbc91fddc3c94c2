//! Repositories for tests: made by real git, cut off from the machine's configuration, with fixed identity and dates.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{Environment, Repo};
use crate::digest::ObjectId;
use crate::process::Program;

/// A folder with a repository `r`, and a store of gate's own beside it.
pub(crate) struct TestRepo {
    dir: TempDir,
    root: PathBuf,
}

impl TestRepo {
    /// An empty repository on the branch `main`.
    pub(crate) fn empty() -> Self {
        let dir = tempfile::Builder::new().prefix("gate-test-").tempdir().unwrap();
        let top = dir.path().canonicalize().unwrap();
        let repo = Self { dir, root: top.join("r") };
        repo.git_in(&top, &["init", "-q", "-b", "main", "r"]);
        repo
    }

    /// A repository with one commit that holds `a`, `d/b` and `d/e/c`.
    pub(crate) fn new() -> Self {
        let repo = Self::empty();
        repo.write("a", "a\n");
        repo.write("d/b", "b\n");
        repo.write("d/e/c", "c\n");
        repo.commit("first");
        repo
    }

    /// The folder that holds everything of this test.
    pub(crate) fn top(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap()
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.top().join("gate/objects")
    }

    pub(crate) fn open(&self) -> Repo {
        Repo::discover(&self.root).unwrap()
    }

    pub(crate) fn git(&self, args: &[&str]) -> String {
        self.git_in(&self.root, args)
    }

    #[expect(clippy::unused_self, reason = "it reads like the others, and only the folder differs")]
    pub(crate) fn git_in(&self, dir: &Path, args: &[&str]) -> String {
        run(&hermetic("git").args(["-c", "protocol.file.allow=always"]).args(args).dir(dir))
    }

    pub(crate) fn git_input(&self, args: &[&str], input: impl Into<Vec<u8>>) -> String {
        run(&hermetic("git").args(args).dir(&self.root).input(input))
    }

    /// Runs git where it may fail; says whether it did not.
    pub(crate) fn try_git(&self, args: &[&str]) -> bool {
        hermetic("git").args(args).dir(&self.root).run().unwrap().status.success()
    }

    pub(crate) fn write(&self, path: impl AsRef<OsStr>, content: impl AsRef<[u8]>) {
        let path = self.root.join(path.as_ref());
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, content.as_ref()).unwrap();
    }

    pub(crate) fn link(&self, path: &str, target: &str) {
        symlink(target, self.root.join(path)).unwrap();
    }

    pub(crate) fn chmod(&self, path: &str, mode: u32) {
        fs_err::set_permissions(self.root.join(path), PermissionsExt::from_mode(mode)).unwrap();
    }

    pub(crate) fn remove(&self, path: &str) {
        let path = self.root.join(path);
        if path.is_dir() { fs_err::remove_dir_all(path).unwrap() } else { fs_err::remove_file(path).unwrap() }
    }

    /// Commits everything.
    pub(crate) fn commit(&self, message: &str) -> ObjectId {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.id("HEAD")
    }

    pub(crate) fn id(&self, revision: &str) -> ObjectId {
        self.git(&["rev-parse", revision]).parse().unwrap()
    }

    /// What `git add -A && git write-tree` makes of a copy of everything.
    pub(crate) fn expected_work_tree(&self) -> ObjectId {
        self.in_copy(|copy| {
            self.git_in(copy, &["add", "-A", "--sparse"]);
            self.git_in(copy, &["write-tree"])
        })
    }

    /// What `git write-tree` makes of a copy of everything.
    pub(crate) fn expected_index_tree(&self) -> ObjectId {
        self.in_copy(|copy| self.git_in(copy, &["write-tree"]))
    }

    fn in_copy(&self, with: impl FnOnce(&Path) -> String) -> ObjectId {
        let copies = tempfile::tempdir_in(self.top()).unwrap();
        let copy = copies.path().join("r");
        run(&Program::new("cp").arg("-a").arg(&self.root).arg(&copy));
        drop(fs_err::remove_file(copy.join(".git/index.lock")));
        with(&copy).parse().unwrap()
    }

    /// Everything in the repository: paths with modes and content, `.git` included.
    pub(crate) fn everything(&self) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
        let mut found = BTreeMap::new();
        collect(&self.root, &mut found);
        found
    }

    /// Runs it, and checks that nothing in the repository changed.
    #[track_caller]
    pub(crate) fn untouched<T>(&self, with: impl FnOnce() -> T) -> T {
        let before = self.everything();
        let result = with();
        let after = self.everything();
        let differ = before.iter().chain(&after).filter(|(path, _)| before.get(*path) != after.get(*path));
        let differ: Vec<_> = differ.map(|(path, _)| path).collect();
        assert!(differ.is_empty(), "changed: {differ:?}");
        result
    }
}

/// A program in an environment of its own.
pub(crate) fn hermetic(name: &str) -> Program {
    let fixed = [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_AUTHOR_NAME", "A U Thor"),
        ("GIT_AUTHOR_EMAIL", "author@example.org"),
        ("GIT_AUTHOR_DATE", "2020-01-01T00:00:00Z"),
        ("GIT_COMMITTER_NAME", "C O Mitter"),
        ("GIT_COMMITTER_EMAIL", "committer@example.org"),
        ("GIT_COMMITTER_DATE", "2020-01-01T00:00:00Z"),
        ("LC_ALL", "C"),
    ];
    fixed.iter().fold(Program::new(name), |program, (name, value)| program.env(name, value))
}

#[track_caller]
pub(crate) fn run(program: &Program) -> String {
    let ran = program.run().unwrap();
    assert!(ran.status.success(), "{program:?}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8_lossy(&ran.stdout).trim_end().to_owned()
}

/// Git's variables, as a hook would get them.
pub(crate) fn environment(pairs: &[(&str, &Path)]) -> Environment {
    let value = |name: &str| pairs.iter().find(|pair| pair.0 == name).map(|pair| OsString::from(pair.1));
    Environment {
        dir: value("GIT_DIR"),
        work_tree: value("GIT_WORK_TREE"),
        index_file: value("GIT_INDEX_FILE"),
        object_directory: value("GIT_OBJECT_DIRECTORY"),
        alternate_object_directories: value("GIT_ALTERNATE_OBJECT_DIRECTORIES"),
        config_global: value("GIT_CONFIG_GLOBAL"),
        config_system: value("GIT_CONFIG_SYSTEM"),
        config_no_system: value("GIT_CONFIG_NOSYSTEM"),
    }
}

fn collect(dir: &Path, found: &mut BTreeMap<PathBuf, (u32, Vec<u8>)>) {
    for entry in fs_err::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let meta = fs_err::symlink_metadata(&path).unwrap();
        let content = if meta.is_symlink() {
            fs_err::read_link(&path).unwrap().as_os_str().as_bytes().to_vec()
        } else if meta.is_file() {
            fs_err::read(&path).unwrap()
        } else {
            Vec::new()
        };
        if meta.is_dir() {
            collect(&path, found);
        }
        found.insert(path, (meta.permissions().mode(), content));
    }
}
