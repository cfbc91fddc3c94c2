//! What decides beside the tree what checked-out files hold and which files are ignored.

use std::path::Path;

use super::Error;
use crate::digest::{Digest, Hasher};
use crate::git::Repo;

/// What decides beside the tree what checked-out files hold and which files are ignored.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    /// Settings of git, filters included.
    pub(super) pairs: Vec<(String, String)>,
    /// The repository's `info/attributes`.
    pub(super) attributes: Vec<u8>,
    /// Attributes that hold for all repositories of the user or the machine.
    pub(super) outer: Vec<u8>,
    /// The repository's `info/exclude`.
    pub(super) exclude: Vec<u8>,
    /// Where the history ends, if the repository is shallow.
    pub(super) shallow: Option<Vec<u8>>,
}

/// Over everything beside the tree that can change what a checked-out file holds: a result under other settings is one on
/// other files. `config_home` is the user's folder of settings.
///
/// # Errors
/// When the configuration can't be read.
pub fn content_digest(repo: &Repo, config_home: Option<&Path>) -> Result<Digest, Error> {
    Ok(Settings::read(repo, config_home)?.digest())
}

impl Settings {
    /// Reads them; `config_home` is where the user's own attributes lie if no setting names them.
    pub(super) fn read(repo: &Repo, config_home: Option<&Path>) -> Result<Self, Error> {
        let pairs = repo.content_settings()?;
        let info = repo.common_dir().join("info");
        let read = |path: &Path| fs_err::read(path).unwrap_or_default();
        let mut outer = read(Path::new("/etc/gitattributes"));
        outer.push(b'\n');
        if let Some(file) = repo.attributes_file().or_else(|| Some(config_home?.join("git/attributes"))) {
            outer.extend(read(&file));
        }
        Ok(Self {
            outer,
            attributes: read(&info.join("attributes")),
            exclude: read(&info.join("exclude")),
            shallow: fs_err::read(repo.common_dir().join("shallow")).ok(),
            pairs,
        })
    }

    /// The value of a setting.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        get(&self.pairs, name)
    }

    /// Over everything that can change what a file holds.
    pub(super) fn digest(&self) -> Digest {
        let mut hasher = Hasher::new("workspace settings", 1);
        // Which files are ignored is not what files hold, and of its settings LFS itself changes some as it goes along.
        let holds = |name: &str| match name {
            "core.excludesfile" | "core.ignorecase" => false,
            "lfs.fetchinclude" | "lfs.fetchexclude" => true,
            _ => !name.starts_with("lfs."),
        };
        for (name, value) in self.pairs.iter().filter(|(name, _)| holds(name)) {
            hasher.field(name, value);
        }
        hasher.field("attributes", &self.attributes).field("outer", &self.outer).finish()
    }
}

fn get<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}
