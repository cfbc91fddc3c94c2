//! Single refs by their names, and settings that have several values.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice};
use git2::ErrorCode;

use super::repo::{from_git2, to_git2};
use super::{Error, Repo};
use crate::digest::ObjectId;

/// How many names may lead to one another before a ref is taken as it is.
const LINKS: usize = 10;

impl Repo {
    /// Whether a text can be the full name of a ref: <https://git-scm.com/docs/git-check-ref-format>.
    #[must_use]
    pub fn is_ref_name(name: &str) -> bool {
        name.starts_with("refs/") && git2::Reference::is_valid_name(name)
    }

    /// The commit that a ref is at; `None` if it is not there, or nothing that could be.
    ///
    /// # Errors
    /// When refs can't be read, or it is at no commit.
    pub fn ref_commit(&self, name: &str) -> Result<Option<ObjectId>, Error> {
        if !git2::Reference::is_valid_name(name) {
            return Ok(None);
        }
        match self.inner().find_reference(name) {
            Ok(found) => Ok(Some(from_git2(found.peel_to_commit()?.id()))),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The ref that is written where this one is: another one where it is only a name for that.
    ///
    /// # Errors
    /// When refs can't be read.
    pub fn ref_behind(&self, name: &[u8]) -> Result<BString, Error> {
        let mut name = BString::from(name);
        for _ in 0..LINKS {
            let Some(text) = name.to_str().ok().filter(|text| Self::is_ref_name(text)) else { break };
            match self.inner().find_reference(text) {
                Ok(found) => match found.symbolic_target_bytes() {
                    Some(target) => name = target.into(),
                    None => break,
                },
                Err(error) if error.code() == ErrorCode::NotFound => break,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(name)
    }

    /// Whether a commit has another one in its history, or is that one.
    ///
    /// # Errors
    /// When history can't be read.
    pub fn descends_from(&self, commit: ObjectId, other: ObjectId) -> Result<bool, Error> {
        Ok(commit == other || self.inner().graph_descendant_of(to_git2(commit)?, to_git2(other)?)?)
    }

    /// Makes an empty repository that reads its objects from other folders.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn scratch(folder: &Path, objects: &[PathBuf]) -> Result<(), Error> {
        git2::Repository::init_bare(folder)?;
        let lines = objects.iter().flat_map(|folder| [folder.as_os_str().as_bytes(), b"\n"]);
        fs_err::create_dir_all(folder.join("objects/info"))?;
        Ok(fs_err::write(folder.join("objects/info/alternates"), lines.collect::<Vec<_>>().concat())?)
    }

    /// Every value of a setting of git's, in the order in which they hold.
    ///
    /// # Errors
    /// When configuration can't be read.
    pub fn config_all(&self, name: &str) -> Result<Vec<String>, Error> {
        let config = self.inner().config()?.snapshot()?;
        let mut found = Vec::new();
        match config.multivar(name, None) {
            Ok(values) => values.for_each(|value| found.extend(value.value().map(str::to_owned)))?,
            Err(error) if error.code() == ErrorCode::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::testing::TestRepo;

    #[test]
    fn refs_are_found_behind_their_names() {
        let repo = TestRepo::new();
        let open = Repo::discover(repo.root()).unwrap();
        assert_eq!(open.ref_commit("refs/heads/main").unwrap(), Some(repo.id("HEAD")));
        assert_eq!(open.ref_commit("refs/heads/none").unwrap(), None);
        assert_eq!(open.ref_commit("refs/heads/a..b").unwrap(), None);
        repo.git(&["symbolic-ref", "refs/heads/alias", "refs/heads/main"]);
        repo.git(&["symbolic-ref", "refs/tags/other", "refs/heads/alias"]);
        for name in ["refs/heads/main", "refs/heads/alias", "refs/tags/other"] {
            assert_eq!(open.ref_behind(name.as_bytes()).unwrap(), "refs/heads/main", "{name}");
        }
        for name in [&b"refs/heads/\xff"[..], b"refs/heads/new", b"x y"] {
            assert_eq!(open.ref_behind(name).unwrap(), name.as_bstr());
        }
        assert!(!Repo::is_ref_name("refs/heads/a..b") && !Repo::is_ref_name("HEAD"));
    }

    #[test]
    fn every_value_of_a_setting_is_found() {
        let repo = TestRepo::new();
        repo.git(&["config", "--add", "gate.start", "b"]);
        repo.git(&["config", "--add", "gate.start", "a"]);
        let open = Repo::discover(repo.root()).unwrap();
        assert_eq!(open.config_all("gate.start").unwrap(), ["b", "a"]);
        assert_eq!(open.config_all("gate.other").unwrap(), Vec::<String>::new());
    }
}
