//! A server's pre-receive hook: real pushes to real bare repositories.

mod branches;
mod judged;
mod overriding;
mod starting;
mod crowd;
mod names;
mod running;
mod evidence;
mod toolchains;

use std::path::PathBuf;

use crate::repo::{Ran, TestRepo};

/// Rules by which only what needs no run is checked: gate's own checks.
pub(super) const RULES: &str = r#"
[main]
branches = ["main", "release/*"]

[check.data]
builtin = "syntax"
files = ["**/*.json"]
"#;

/// The same, with a check that would have to be run.
pub(super) const WITH_COMMAND: &str = r#"
[main]
branches = ["main", "release/*"]

[policy]
override = ["ops@example.org", "ann"]

[check.data]
builtin = "syntax"
files = ["**/*.json"]

[check.words]
inputs = ["words"]
run = "! grep bad words"
"#;

/// A server, and a clone of what is on it.
pub(super) struct Server {
    pub(super) repo: TestRepo,
}

impl Server {
    /// With an empty repository that gate guards.
    pub(super) fn empty() -> Self {
        let server = Self { repo: TestRepo::new() };
        let folder = server.folder();
        let init = ["init", "--quiet", "--bare", "--initial-branch=main", folder.to_str().unwrap()];
        assert_eq!(server.repo.run(&server.repo.root(), "git", &init).code, 0);
        server.git(&["config", "receive.advertisePushOptions", "true"]);
        let installed = server.gate(&["install"]);
        assert_eq!(installed.code, 0, "{}", installed.stderr);
        server.repo.git(&["remote", "add", "origin", folder.to_str().unwrap()]);
        server
    }

    /// With these rules on main, and a file that they are about. Who looks after the server put them there.
    pub(super) fn with(rules: &str) -> Self {
        let server = Self::empty();
        server.repo.write("gate.toml", rules);
        server.repo.write("data.json", "{}\n");
        server.repo.write("words", "good\n");
        server.repo.commit("first");
        server.take_over();
        server
    }

    /// The bare repository.
    pub(super) fn folder(&self) -> PathBuf {
        self.repo.root().join("server.git")
    }

    /// Runs git on the server.
    pub(super) fn git(&self, args: &[&str]) -> String {
        let ran = self.repo.run(&self.folder(), "git", args);
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.stderr);
        ran.stdout.trim_end().to_owned()
    }

    /// Runs gate on the server.
    pub(super) fn gate(&self, args: &[&str]) -> Ran {
        self.repo.run(&self.folder(), env!("CARGO_BIN_EXE_gate"), args)
    }

    /// Pushes from the clone.
    pub(super) fn push(&self, args: &[&str]) -> Ran {
        self.repo.run(&self.repo.path(), "git", &[&["push", "origin"], args].concat())
    }

    /// Brings the clone's main to the server's, as only who looks after the server can.
    pub(super) fn take_over(&self) {
        self.git(&["fetch", "--quiet", self.repo.path().to_str().unwrap(), "main:main"]);
    }

    /// What a ref of the server is at; nothing where it is not there.
    pub(super) fn at(&self, name: &str) -> Option<String> {
        let ran = self.repo.run(&self.folder(), "git", &["rev-parse", "--verify", "--quiet", name]);
        (ran.code == 0).then(|| ran.stdout.trim_end().to_owned())
    }

    /// Changes a file and commits that. Gives the commit.
    pub(super) fn change(&self, path: &str, content: &str) -> String {
        self.repo.write(path, content);
        self.repo.commit(path)
    }

    /// Asserts that a push is taken.
    #[track_caller]
    pub(super) fn takes(&self, args: &[&str]) -> String {
        let ran = self.push(args);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        self.is_whole();
        ran.stderr
    }

    /// Asserts that a push is refused, and that nothing of it is left.
    #[track_caller]
    pub(super) fn refuses(&self, args: &[&str], saying: &str) -> String {
        let before = self.git(&["for-each-ref"]);
        let ran = self.push(args);
        assert_ne!(ran.code, 0, "{}", ran.stderr);
        assert!(ran.stderr.contains(saying), "{}", ran.stderr);
        assert_eq!(self.git(&["for-each-ref"]), before);
        self.is_whole();
        ran.stderr
    }

    /// Whether an object is on the server, in whatever folder.
    pub(super) fn has(&self, id: &str) -> bool {
        self.repo.run(&self.folder(), "git", &["cat-file", "-e", id]).code == 0
    }

    #[track_caller]
    fn is_whole(&self) {
        let ran = self.repo.run(&self.folder(), "git", &["fsck", "--strict", "--full"]);
        assert_eq!(ran.code, 0, "{}\n{}", ran.stdout, ran.stderr);
        let left = fs_err::read_dir(self.folder().join("objects")).unwrap();
        let names: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        assert!(!names.iter().any(|name| name.to_string_lossy().contains("incoming")), "{names:?}");
    }
}
