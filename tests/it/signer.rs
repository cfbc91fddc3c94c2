//! Keys: whose signature lets a commit land, and somebody who signs verdicts on a machine on which no step runs.

use std::path::{Path, PathBuf};

use crate::repo::{Ran, TestRepo};

/// Makes a key without a passphrase, in a file.
pub(crate) fn make_key(repo: &TestRepo, file: &Path, name: &str) {
    let args = ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file.to_str().unwrap()];
    assert_eq!(repo.run(&repo.root(), "ssh-keygen", &args).code, 0);
}

/// Makes the keys `ops` and `dev` in the home folder. Gives what the file `trusted-keys` says of them.
pub(crate) fn ops_and_dev(repo: &TestRepo) -> String {
    let line = |name: &str| {
        make_key(repo, &repo.home().join(name), name);
        let key = fs_err::read_to_string(repo.home().join(format!("{name}.pub"))).unwrap();
        format!("{name}@example.org {key}")
    };
    ["ops", "dev"].map(line).concat()
}

/// Commits, signed by a key in the home folder.
pub(crate) fn commit_signed(repo: &TestRepo, key: &str, args: &[&str]) {
    let key = format!("user.signingKey={}", repo.home().join(key).display());
    repo.git(&[&["-c", "gpg.format=ssh", "-c", &key, "commit", "--quiet", "--gpg-sign"], args].concat());
}

/// Somebody with a key.
pub(crate) struct Signer {
    home: PathBuf,
}

impl Signer {
    /// Makes a key.
    pub(crate) fn new(repo: &TestRepo, name: &str) -> Self {
        let home = repo.root().join(format!("home-of-{name}"));
        fs_err::create_dir(&home).unwrap();
        make_key(repo, &home.join("key"), name);
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
