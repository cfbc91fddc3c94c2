//! What is judged is exactly the change, and what a check sees is exactly its tree: held against git itself, through the
//! program, from every place that git calls it in.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::repo::{Ran, TestRepo, assert_untouched};

mod bases;
mod content;
mod hooks;
mod indexes;
mod lfs;
mod names;
mod partial;
mod places;
mod sequence;
mod settings;
mod submodules;

/// A repository whose checks show what they see.
///
/// One check copies the checkout to where the test can look at it. Another one fails where any file holds `BAD`.
pub(crate) struct Watched {
    pub(crate) repo: TestRepo,
}

/// What a folder holds: each path with its kind, its mode and its content.
pub(crate) type Listing = BTreeMap<PathBuf, String>;

impl Watched {
    /// A repository whose one commit holds gate.toml, `a` and `d/e/b`.
    pub(crate) fn new() -> Self {
        Self::with_rules("")
    }

    /// The same, with further lines at the top of gate.toml.
    pub(crate) fn with_rules(rules: &str) -> Self {
        let watched = Self::unborn(rules);
        watched.repo.write("a", "good\n");
        watched.repo.write("d/e/b", "good\n");
        watched.repo.commit("first");
        watched
    }

    /// A repository without commits, and only gate.toml in it.
    pub(crate) fn unborn(rules: &str) -> Self {
        let repo = TestRepo::new();
        repo.write("gate.toml", gate_toml(&repo, rules));
        repo.write(".git/gate/there", "");
        Self { repo }
    }

    /// Runs `gate check`, which must leave everything of the user's as it was, and show the tree that it says it judged.
    #[track_caller]
    pub(crate) fn check(&self, args: &[&str]) -> Seen {
        self.check_in(&self.repo.path(), args)
    }

    /// The same, from another folder.
    #[track_caller]
    pub(crate) fn check_in(&self, folder: &Path, args: &[&str]) -> Seen {
        self.forget();
        let before = self.repo.snapshot();
        let args = [&["check", "--fresh", "--format", "json"], args].concat();
        let ran = self.repo.run(folder, env!("CARGO_BIN_EXE_gate"), &args);
        assert_untouched(&before, &self.repo.snapshot(), &format!("{args:?}"));
        self.seen(&ran.stdout, &ran.stderr, ran.code)
    }

    /// Runs git, whose hooks call gate, and gives what gate said and saw. The hook itself holds gate to touching nothing.
    #[track_caller]
    pub(crate) fn hooked(&self, folder: &Path, args: &[&str]) -> (Ran, Seen) {
        self.forget();
        let ran = self.repo.run(folder, "git", args);
        let read = |name: &str| fs_err::read_to_string(self.repo.root().join(name)).unwrap_or_default();
        assert_eq!(read("state-before"), read("state-after"), "{args:?}: {ran:?}");
        assert_ne!(read("state-before"), "", "no hook ran: {args:?}: {ran:?}");
        let seen = self.seen(&read("hook.json"), &read("hook.err"), read("hook.code").trim().parse().unwrap());
        (ran, seen)
    }

    /// Installs gate as git's hooks of these names.
    pub(crate) fn install(&self, hooks: &Path, names: &[&str]) {
        fs_err::create_dir_all(hooks).unwrap();
        let root = self.repo.root();
        let (root, gate) = (root.display(), env!("CARGO_BIN_EXE_gate"));
        let repo = self.repo.path();
        // Of objects only the names: git renews the times of those that it meets.
        let state = format!(
            "( cd '{}' && tar --exclude=./.git/gate --exclude=./.git/objects -cf - . && find .git/objects | sort ) | cksum",
            repo.display()
        );
        let script = format!(
            "#!/bin/sh\n{state} >'{root}/state-before'\n\
             '{gate}' check --staged --stage pre-commit --fresh --format json >'{root}/hook.json' 2>'{root}/hook.err'\n\
             code=$?\necho $code >'{root}/hook.code'\n{state} >'{root}/state-after'\nexit $code\n"
        );
        for name in names {
            let file = hooks.join(name);
            fs_err::write(&file, &script).unwrap();
            fs_err::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
    }

    /// The tree that git itself makes of everything in the working tree, in a copy of it.
    pub(crate) fn tree_of_everything(&self) -> String {
        self.in_copy(|copy| {
            self.git_in(copy, &["add", "--all", "--sparse"]);
            self.git_in(copy, &["write-tree"])
        })
    }

    /// The tree that git itself makes of the index, in a copy of it.
    pub(crate) fn tree_of_index(&self) -> String {
        self.in_copy(|copy| self.git_in(copy, &["write-tree"]))
    }

    /// Runs git in a folder, which must succeed.
    #[track_caller]
    pub(crate) fn git_in(&self, folder: &Path, args: &[&str]) -> String {
        let ran = self.repo.run(folder, "git", args);
        assert_eq!(ran.code, 0, "git {args:?}: {}", ran.stderr);
        ran.stdout.trim_end_matches('\n').to_owned()
    }

    fn in_copy<T>(&self, with: impl FnOnce(&Path) -> T) -> T {
        let copies = tempfile::tempdir_in(self.repo.root()).unwrap();
        let ran = self.repo.run(&self.repo.root(), "cp", &["-a", "repo", copies.path().to_str().unwrap()]);
        assert_eq!(ran.code, 0, "{ran:?}");
        let copy = copies.path().join("repo");
        drop(fs_err::remove_file(copy.join(".git/index.lock")));
        with(&copy)
    }

    /// Git's own checkout of a tree, made from the user's repository with the user's settings: what it lists as tracked,
    /// and what lies there. `from` is the working tree whose repository and settings are meant.
    pub(crate) fn checkout_by_git(&self, from: &Path, tree: &str) -> (String, Listing) {
        let fresh = tempfile::tempdir_in(self.repo.root()).unwrap();
        let (dir, index) = (fresh.path().join("tree"), fresh.path().join("index"));
        fs_err::create_dir(&dir).unwrap();
        let git_dir = self.git_in(from, &["rev-parse", "--absolute-git-dir"]);
        let git = |args: &[&str]| {
            let plain = ["-c", "core.sparseCheckout=false", "-c", "core.splitIndex=false", "-c", "core.symlinks=true"];
            let mut command = self.repo.command(&dir, "git");
            command.args(plain).args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"]).args(args);
            command.env("GIT_DIR", &git_dir).env("GIT_WORK_TREE", &dir).env("GIT_INDEX_FILE", &index);
            command.env("GIT_ALTERNATE_OBJECT_DIRECTORIES", self.store()).env("GIT_NO_REPLACE_OBJECTS", "1");
            let ran = command.output().unwrap();
            assert!(ran.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&ran.stderr));
            lossy(&ran.stdout)
        };
        git(&["read-tree", tree]);
        git(&["checkout-index", "--all", "--force", "--quiet"]);
        let listed = git(&["ls-files", "--stage", "-z"]);
        // Only a whole checkout makes the folders of submodules.
        for entry in listed.split('\0').filter(|entry| entry.starts_with("160000")) {
            fs_err::create_dir_all(dir.join(entry.split_once('\t').unwrap().1)).unwrap();
        }
        (listed, list(&dir))
    }

    /// gate's own store of objects.
    pub(crate) fn store(&self) -> PathBuf {
        let mut pools = vec![self.repo.cache()];
        while let Some(folder) = pools.pop() {
            if folder.ends_with("store") {
                return folder.join("objects");
            }
            let inside = fs_err::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
            pools.extend(inside.filter(|path| path.is_dir() && !path.join(".git").exists()));
        }
        self.repo.cache().join("none")
    }

    fn forget(&self) {
        drop(fs_err::remove_dir_all(self.repo.root().join("seen")));
        for name in ["status", "listed", "hook.json", "hook.err", "hook.code", "state-before", "state-after"] {
            drop(fs_err::remove_file(self.repo.root().join(name)));
        }
    }

    fn seen(&self, stdout: &str, stderr: &str, code: i32) -> Seen {
        let read = |name: &str| fs_err::read(self.repo.root().join(name)).map(|text| lossy(&text)).ok();
        let dir = self.repo.root().join("seen");
        Seen {
            code,
            document: serde_json::from_str(stdout).unwrap_or_default(),
            stderr: stderr.to_owned(),
            files: if dir.exists() { list(&dir) } else { Listing::new() },
            status: read("status"),
            listed: read("listed"),
        }
    }
}

/// What gate said, and what its check saw.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) code: i32,
    /// The document; null if there was none.
    pub(crate) document: Value,
    pub(crate) stderr: String,
    /// What lay in the checkout.
    pub(crate) files: Listing,
    /// What `git status` said in it.
    status: Option<String>,
    /// What `git ls-files --stage` said in it.
    listed: Option<String>,
}

impl Seen {
    pub(crate) fn verdict(&self) -> &str {
        self.document["verdict"].as_str().unwrap_or_else(|| panic!("no verdict: {self:?}"))
    }

    pub(crate) fn tree(&self) -> &str {
        self.document["candidate"]["tree"].as_str().unwrap_or_else(|| panic!("no candidate: {self:?}"))
    }

    /// The paths that were seen, folders left out.
    pub(crate) fn paths(&self) -> Vec<&str> {
        let files = self.files.iter().filter(|(_, content)| *content != "folder");
        files.filter_map(|(path, _)| path.to_str()).collect()
    }

    /// What a file held that was seen.
    pub(crate) fn file(&self, path: &str) -> &str {
        self.files.get(Path::new(path)).map_or("nothing", String::as_str)
    }

    /// Asserts that this tree was judged, that the check saw what git itself checks out of it, and that git finds nothing
    /// changed in it.
    #[track_caller]
    pub(crate) fn is_exactly(&self, watched: &Watched, tree: &str) {
        self.is_exactly_as_in(watched, &watched.repo.path(), tree);
    }

    /// The same, where git's own checkout comes from another working tree.
    #[track_caller]
    pub(crate) fn is_exactly_as_in(&self, watched: &Watched, from: &Path, tree: &str) {
        assert_eq!(self.tree(), tree, "another tree was judged: {self:#?}");
        let (listed, files) = watched.checkout_by_git(from, tree);
        let differing: Vec<_> = files
            .keys()
            .chain(self.files.keys())
            .filter(|path| files.get(*path) != self.files.get(*path))
            .map(|path| (path, files.get(path), self.files.get(path)))
            .collect();
        assert!(differing.is_empty(), "path, by git, seen: {differing:#?}");
        assert_eq!(self.listed.as_deref(), Some(&*listed));
        assert_eq!(self.status.as_deref(), Some(""));
    }
}

/// A gate.toml with the checks that show what they see.
pub(crate) fn gate_toml(repo: &TestRepo, rules: &str) -> String {
    let root = repo.root();
    let root = root.display();
    format!(
        "{rules}\n[check.look]\non = [\"pre-commit\"]\nrun = '''\nmkdir {root}/seen && cp -a . {root}/seen && \
         git status --porcelain --ignored --untracked-files=all -z >{root}/status && \
         git ls-files --stage -z >{root}/listed'''\n\
         [check.grep]\non = [\"pre-commit\"]\n\
         run = '! grep -rqa --exclude-dir=.git --exclude=gate.toml BAD .'\n"
    )
}

/// What lies in a folder, git's own folder at its top left out.
pub(crate) fn list(folder: &Path) -> Listing {
    let mut listing = Listing::new();
    add(&mut listing, folder, Path::new(""));
    listing
}

fn add(listing: &mut Listing, root: &Path, folder: &Path) {
    for entry in fs_err::read_dir(root.join(folder)).unwrap() {
        let path = folder.join(entry.unwrap().file_name());
        if path == Path::new(".git") {
            continue;
        }
        let at = root.join(&path);
        let metadata = fs_err::symlink_metadata(&at).unwrap();
        let content = if metadata.is_dir() {
            add(listing, root, &path);
            "folder".to_owned()
        } else if metadata.is_symlink() {
            format!("-> {}", lossy(fs_err::read_link(&at).unwrap().as_os_str().as_bytes()))
        } else {
            format!("{:o} {}", metadata.permissions().mode() & 0o7777, lossy(&fs_err::read(&at).unwrap()))
        };
        listing.insert(path, content);
    }
}

/// Bytes as text that tells any two apart.
fn lossy(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => format!("not UTF-8: {}", bytes.escape_ascii()),
    }
}

/// A name that is not UTF-8.
fn bytes(name: &[u8]) -> OsString {
    OsString::from_vec(name.to_vec())
}
