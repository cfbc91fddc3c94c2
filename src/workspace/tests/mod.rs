//! Checkouts compared with what git itself checks out.

mod adopted;
mod contents;
mod isolation;
mod prepared;
mod recovery;
mod sharing;
mod warmth;

use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::{Pool, Spec, Touched, TouchedKind, Workspace};
use crate::digest::ObjectId;
use crate::git::Repo;
use crate::path::Pattern;
use crate::process::Program;

/// A user's repository and a cache folder, both gone at the end.
pub(super) struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    pub(super) fn new() -> Self {
        let bench = Self { folder: tempfile::tempdir().unwrap() };
        fs_err::create_dir_all(bench.user()).unwrap();
        fs_err::create_dir_all(bench.folder.path().join("home")).unwrap();
        bench.git(&["init", "-q", "-b", "main"]);
        bench
    }

    pub(super) fn user(&self) -> PathBuf {
        self.folder.path().join("user")
    }

    pub(super) fn cache(&self) -> PathBuf {
        self.folder.path().join("c")
    }

    pub(super) fn git(&self, args: &[&str]) -> String {
        git_in(&self.user(), args)
    }

    pub(super) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let file = self.user().join(path);
        fs_err::create_dir_all(file.parent().unwrap()).unwrap();
        if file.symlink_metadata().is_ok() {
            fs_err::remove_file(&file).unwrap();
        }
        fs_err::write(file, text).unwrap();
    }

    /// The tree of everything that lies in the user's checkout and is not ignored.
    pub(super) fn tree(&self) -> ObjectId {
        self.git(&["add", "-A"]);
        self.git(&["write-tree"]).trim().parse().unwrap()
    }

    /// Commits everything; gives the tree.
    pub(super) fn commit(&self) -> ObjectId {
        let tree = self.tree();
        self.git(&["commit", "-q", "--allow-empty", "-m", "x"]);
        tree
    }

    pub(super) fn repo(&self) -> Repo {
        Repo::discover(&self.user()).unwrap().with_store(&self.pool().store().unwrap()).unwrap()
    }

    pub(super) fn pool(&self) -> Pool {
        Pool::new(&self.cache(), &Repo::discover(&self.user()).unwrap())
    }

    pub(super) fn take(&self, tree: ObjectId) -> Workspace {
        self.pool().take(tree).unwrap()
    }

    /// A checkout that was brought to a tree.
    pub(super) fn at(&self, tree: ObjectId) -> Workspace {
        self.at_with(tree, &Spec::default())
    }

    pub(super) fn at_with(&self, tree: ObjectId, spec: &Spec) -> Workspace {
        let mut workspace = self.take(tree);
        workspace.update(&self.repo(), tree, spec).unwrap();
        workspace
    }

    /// One whole run: to a tree, some commands in it, the look afterwards.
    pub(super) fn run(&self, tree: ObjectId, line: &str) -> Vec<Touched> {
        let mut workspace = self.at(tree);
        sh(workspace.dir(), line);
        workspace.verify(&self.repo(), &Spec::default()).unwrap()
    }

    /// What git itself checks out of a tree, in a clone of its own with the same settings.
    pub(super) fn fresh(&self, tree: ObjectId) -> BTreeMap<Vec<u8>, String> {
        let folder = tempfile::tempdir().unwrap();
        let index = folder.path().join("index");
        let work = folder.path().join("w");
        fs_err::create_dir_all(&work).unwrap();
        let run = |args: &[&str]| {
            let program = Program::new("git").args(args).dir(self.user()).env("GIT_INDEX_FILE", &index);
            let ran =
                hermetic(program).env("GIT_WORK_TREE", &work).env("GIT_DIR", self.user().join(".git")).run().unwrap();
            assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        };
        run(&["read-tree", &tree.to_string()]);
        run(&["checkout-index", "-a", "-f"]);
        listing(&work)
    }
}

/// Every file and link below a folder with its kind and content, `.git` apart; and every empty folder.
pub(super) fn listing(root: &Path) -> BTreeMap<Vec<u8>, String> {
    fn walk(root: &Path, at: &Path, out: &mut BTreeMap<Vec<u8>, String>) {
        for entry in fs_err::read_dir(at).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if at == root && entry.file_name() == ".git" {
                continue;
            }
            let found = path.symlink_metadata().unwrap();
            let name = path.strip_prefix(root).unwrap().as_os_str().as_bytes().to_vec();
            if found.is_dir() {
                let empty = fs_err::read_dir(&path).unwrap().next().is_none();
                out.extend(empty.then(|| (name, "empty folder".to_owned())));
                walk(root, &path, out);
            } else if found.is_symlink() {
                out.insert(name, format!("link {:?}", fs_err::read_link(&path).unwrap()));
            } else {
                let executable = found.permissions().mode() & 0o100 != 0;
                let text = String::from_utf8_lossy(&fs_err::read(&path).unwrap()).into_owned();
                out.insert(name, format!("{} {text:?}", if executable { "program" } else { "file" }));
            }
        }
    }
    let mut out = BTreeMap::new();
    walk(root, root, &mut out);
    out
}

pub(super) fn hermetic(program: Program) -> Program {
    program
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", "a")
        .env("GIT_AUTHOR_EMAIL", "a@example.org")
        .env("GIT_COMMITTER_NAME", "a")
        .env("GIT_COMMITTER_EMAIL", "a@example.org")
        .env("GIT_AUTHOR_DATE", "2024-01-01T00:00:00Z")
        .env("GIT_COMMITTER_DATE", "2024-01-01T00:00:00Z")
}

pub(super) fn git_in(folder: &Path, args: &[&str]) -> String {
    let ran = hermetic(Program::new("git").args(args).dir(folder)).run().unwrap();
    assert!(ran.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

/// Runs a line of shell in a folder.
pub(super) fn sh(folder: &Path, line: &str) -> String {
    let ran = hermetic(Program::new("sh").args(["-c", line]).dir(folder)).run().unwrap();
    assert!(ran.status.success(), "{line}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

pub(super) fn keep(patterns: &[&str]) -> Spec {
    Spec { keep: patterns.iter().map(|text| Pattern::parse(text).unwrap()).collect(), ..Spec::default() }
}

pub(super) fn kinds(touched: &[Touched]) -> Vec<(String, TouchedKind)> {
    touched.iter().map(|touched| (touched.path.to_string(), touched.kind)).collect()
}
