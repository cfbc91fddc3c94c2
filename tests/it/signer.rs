//! Somebody who signs verdicts on a machine on which no step runs.

use std::path::{Path, PathBuf};

use crate::repo::{Ran, TestRepo};

/// Somebody with a key.
pub(crate) struct Signer {
    home: PathBuf,
}

impl Signer {
    /// Makes a key.
    pub(crate) fn new(repo: &TestRepo, name: &str) -> Self {
        let home = repo.root().join(format!("home-of-{name}"));
        fs_err::create_dir(&home).unwrap();
        let key = home.join("key");
        let args = ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key.to_str().unwrap()];
        assert_eq!(repo.run(&home, "ssh-keygen", &args).code, 0);
        Self { home }
    }

    /// The table of gate.toml that trusts it.
    pub(crate) fn trusted(&self) -> String {
        let key = fs_err::read_to_string(self.home.join("key.pub")).unwrap();
        format!("[[policy.trust]]\nkey = \"{}\"\n", key.trim())
    }

    /// Signs what a document says, and gives it to the repository.
    pub(crate) fn sign(&self, repo: &TestRepo, document: &Path) -> Ran {
        let clone = self.home.join("clone");
        if !clone.exists() {
            let url = format!("file://{}", repo.path().display());
            repo.git(&["clone", "--quiet", &url, clone.to_str().unwrap()]);
        }
        let mut command = repo.command(&clone, env!("CARGO_BIN_EXE_gate"));
        command.env("HOME", &self.home).env_remove("XDG_CACHE_HOME");
        let args = ["evidence", "push", "--key", "../key", "--from", document.to_str().unwrap()];
        Ran::of(command.args(args))
    }
}
