//! Where things lie below gate's cache folder.
//!
//! ```text
//! <cache>/<8 digits of the repository>/
//!   store/objects   objects that gate makes: trees of indexes, blobs of unsaved files
//!   sized           its time says when the checkouts' sizes were last looked at
//!   lfs             what git-lfs fetched or linked for the checkouts
//!   <n>/            checkout n, with a .git of its own
//!   <n>.state/      what we know of it
//!   <n>.lock        held while it is in use
//! ```
//!
//! Names are short because a unix socket's path may have no more than about 107 bytes.

use std::path::{Path, PathBuf};

use crate::digest::Digest;
use crate::git::Repo;

/// The folder of one repository's checkouts.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    root: PathBuf,
}

/// The folder and files of one checkout.
#[derive(Clone, Debug)]
pub(super) struct Place {
    root: PathBuf,
    n: u32,
}

impl Layout {
    pub(super) fn new(cache: &Path, repo: &Repo) -> Self {
        use std::os::unix::ffi::OsStrExt;
        let common = repo.common_dir();
        let real = fs_err::canonicalize(common).unwrap_or_else(|_| common.to_owned());
        let name = Digest::of(real.as_os_str().as_bytes()).to_string();
        Self { root: cache.join(&name[..8]) }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn objects(&self) -> PathBuf {
        self.root.join("store").join("objects")
    }

    pub(super) fn lfs(&self) -> PathBuf {
        self.root.join("lfs")
    }

    pub(super) fn sized(&self) -> PathBuf {
        self.root.join("sized")
    }

    pub(super) fn place(&self, n: u32) -> Place {
        Place { root: self.root.clone(), n }
    }

    /// The checkouts that are there, by their numbers.
    pub(super) fn places(&self) -> Vec<Place> {
        let entries = fs_err::read_dir(&self.root).into_iter().flatten().flatten();
        let mut numbers: Vec<u32> = entries.filter_map(|entry| number(&entry.file_name())).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().map(|n| self.place(n)).collect()
    }
}

/// The number of a checkout, from the name of its folder or of its state's folder.
fn number(name: &std::ffi::OsStr) -> Option<u32> {
    let name = name.to_str()?;
    name.strip_suffix(".state").unwrap_or(name).parse().ok()
}

impl Place {
    pub(super) fn number(&self) -> u32 {
        self.n
    }

    /// The checkout itself.
    pub(super) fn work(&self) -> PathBuf {
        self.root.join(self.n.to_string())
    }

    /// What we know of it.
    pub(super) fn state(&self) -> PathBuf {
        self.root.join(format!("{}.state", self.n))
    }

    pub(super) fn lock(&self) -> PathBuf {
        self.root.join(format!("{}.lock", self.n))
    }

    /// The manifest of the candidate's files: the checkout's index.
    pub(super) fn index(&self) -> PathBuf {
        self.state().join("index")
    }

    /// The manifest of submodules' files.
    pub(super) fn modules(&self) -> PathBuf {
        self.state().join("modules")
    }

    /// The record of what the checkout is at.
    pub(super) fn record(&self) -> PathBuf {
        self.state().join("record")
    }

    /// How the folders were when they were last looked at.
    pub(super) fn folders(&self) -> PathBuf {
        self.state().join("folders")
    }

    /// The attributes that change content.
    pub(super) fn attributes(&self) -> PathBuf {
        self.state().join("attributes")
    }

    /// What a `prepare` command is that is running.
    pub(super) fn preparing(&self) -> PathBuf {
        self.state().join("preparing")
    }

    /// What a `prepare` command wrote.
    pub(super) fn prepare_log(&self) -> PathBuf {
        self.state().join("prepare.log")
    }

    /// What `prepare`, `share` and steps put there.
    pub(super) fn made(&self) -> PathBuf {
        self.state().join("made")
    }

    /// What `prepare` made, file by file.
    pub(super) fn products(&self) -> PathBuf {
        self.state().join("products")
    }
}
