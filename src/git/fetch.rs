//! Bringing commits here that a clone lacks.

use bstr::ByteSlice;

use super::program::GitProgram;
use super::{Error, MergeBase, Repo};
use crate::digest::ObjectId;

/// How many commits of history are brought at first where some are missing, and then; after that, all of it.
const DEPTHS: [u32; 2] = [100, 1000];

impl Repo {
    /// The remote that a clone came from: the one called `origin`, else the only one there is.
    ///
    /// # Errors
    /// When the configuration can't be read.
    pub fn origin(&self) -> Result<Option<String>, Error> {
        let mut names: Vec<String> = self.remotes_with_urls()?.into_iter().map(|(name, _)| name).collect();
        names.dedup();
        match names.iter().position(|name| name == "origin") {
            Some(at) => Ok(Some(names.swap_remove(at))),
            None if names.len() == 1 => Ok(names.pop()),
            None => Ok(None),
        }
    }

    /// Where a branch of a remote is now, as the remote itself says; `None` if it has no such branch.
    ///
    /// # Errors
    /// When the remote doesn't answer.
    pub fn remote_tip(&self, remote: &str, branch: &str) -> Result<Option<ObjectId>, Error> {
        let asked = format!("refs/heads/{branch}");
        let answer = self.transport("ls-remote").arg("--").arg(remote).arg(&asked).run()?.stdout;
        let mut lines = answer.lines().filter_map(|line| line.to_str().ok()?.split_once('\t'));
        // A pattern also matches what ends with it.
        Ok(lines.find(|(_, name)| *name == asked).and_then(|(id, _)| id.parse().ok()))
    }

    /// Brings commits of a remote here, with their history as far as the clone has any. No ref is written.
    ///
    /// # Errors
    /// When the remote doesn't give them.
    pub fn fetch(&self, remote: &str, commits: &[ObjectId]) -> Result<(), Error> {
        let missing: Vec<ObjectId> = commits.iter().copied().filter(|id| !self.contains(*id)).collect();
        if missing.is_empty() { Ok(()) } else { self.fetch_to(remote, &missing, None) }
    }

    /// The merge-base of two commits. Where a shallow clone can't tell, its history is made deeper until it can.
    ///
    /// # Errors
    /// When a commit is missing or damaged, or the remote doesn't give more.
    pub fn merge_base_from(&self, remote: &str, one: ObjectId, other: ObjectId) -> Result<MergeBase, Error> {
        let depths = DEPTHS.iter().map(|depth| format!("--deepen={depth}")).chain(["--unshallow".to_owned()]);
        for depth in depths {
            // What is read of a clone's depth is read when it is opened.
            let found = self.reopen()?.merge_base(one, other)?;
            if found != MergeBase::Uncertain || !self.reopen()?.is_shallow()? {
                return Ok(found);
            }
            self.fetch_to(remote, &[one, other], Some(&depth))?;
        }
        self.reopen()?.merge_base(one, other)
    }

    fn fetch_to(&self, remote: &str, commits: &[ObjectId], depth: Option<&str>) -> Result<(), Error> {
        let options = ["--quiet", "--no-tags", "--no-write-fetch-head", "--recurse-submodules=no", "--refmap="];
        let fetch = options.iter().copied().chain(depth).fold(self.transport("fetch"), GitProgram::arg);
        let fetch = commits.iter().fold(fetch.arg("--").arg(remote), |fetch, id| fetch.arg(id.to_string()));
        fetch.run().map(drop)
    }

    /// A command that speaks to a remote, and asks nobody for a password.
    pub(super) fn transport(&self, command: &str) -> GitProgram {
        GitProgram::new(self, command).env("GIT_TERMINAL_PROMPT", "0")
    }
}
