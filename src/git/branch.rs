//! Moving a branch from one commit to the next, and only from that one: here, in a checkout, or at a remote.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::program::GitProgram;
use super::{Environment, Error, Repo};
use crate::digest::ObjectId;
use bstr::ByteSlice;

/// A branch that is to move on.
#[derive(Clone, Copy, Debug)]
pub struct Move<'a> {
    /// The branch, as a full ref name.
    pub branch: &'a str,
    /// The commit that it is at.
    pub old: ObjectId,
    /// The commit that it is to be at, which descends from that one.
    pub new: ObjectId,
    /// What the branch's log says of it.
    pub why: &'a str,
}

/// What came of moving a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swap {
    /// It is at the new commit.
    Done,
    /// It was not where it was taken to be, and nothing was changed.
    Elsewhere,
}

impl Repo {
    /// The same repository without what is gate's: what it reads and writes is the user's.
    ///
    /// # Errors
    /// As [`Repo::open`].
    pub fn without_store(&self) -> Result<Self, Error> {
        let (cwd, environment) = self.opened_as();
        Self::open(cwd, &Environment { dir: Some(self.git_dir().into()), ..environment.clone() })
    }

    /// The working trees that have a branch checked out.
    ///
    /// # Errors
    /// When git can't list them.
    pub fn checkouts_of(&self, branch: &str) -> Result<Vec<PathBuf>, Error> {
        let listed =
            ["list", "--porcelain", "-z"].iter().fold(GitProgram::new(self, "worktree"), GitProgram::arg).run()?;
        let (mut found, mut folder) = (Vec::new(), None);
        for line in listed.stdout.split_str(b"\0") {
            if let Some(path) = line.strip_prefix(b"worktree ") {
                folder = Some(PathBuf::from(OsStr::from_bytes(path)));
            } else if line.strip_prefix(b"branch ") == Some(branch.as_bytes()) {
                found.extend(folder.take());
            }
        }
        Ok(found)
    }

    /// Moves a branch that no working tree has checked out.
    ///
    /// # Errors
    /// When git can't do it, although the branch is where it should be.
    pub fn move_branch(&self, moving: &Move<'_>) -> Result<Swap, Error> {
        let program = GitProgram::new(self, "update-ref").arg("-m").arg(moving.why).arg(moving.branch);
        let moved = program.arg(moving.new.to_string()).arg(moving.old.to_string()).run().map(drop);
        settled(moving, moved, |branch| self.ref_commit(branch))
    }

    /// Moves a branch that a working tree has checked out, and the files with it, as `git merge --ff-only` does: local
    /// changes stay, and where they are in the way nothing is done.
    ///
    /// # Errors
    /// When something is in the way.
    pub fn move_checkout(&self, work_dir: &Path, moving: &Move<'_>) -> Result<Swap, Error> {
        let there = self.checkout(work_dir)?;
        if there.ref_commit(moving.branch)? != Some(moving.old) {
            return Ok(Swap::Elsewhere);
        }
        let program = GitProgram::in_users_files(&there, "merge").env("GIT_REFLOG_ACTION", moving.why);
        let options =
            ["--ff-only", "--no-overwrite-ignore", "--no-autostash", "--no-verify-signatures", "--no-stat", "-q"];
        let program = options.iter().fold(program, GitProgram::arg).arg(moving.new.to_string());
        settled(moving, program.run_telling_all().map(drop), |branch| there.ref_commit(branch))
    }

    /// Moves a branch of a remote.
    ///
    /// # Errors
    /// When the remote doesn't take it, although its branch is where it should be.
    pub fn push(&self, remote: &str, moving: &Move<'_>) -> Result<Swap, Error> {
        let (old, new) = (moving.old, moving.new);
        let lease = format!("--force-with-lease={}:{old}", moving.branch);
        let options = ["--quiet", "--no-follow-tags", &lease, "--", remote];
        let program = options.iter().fold(self.transport("push"), GitProgram::arg);
        let pushed = program.arg(format!("{new}:{}", moving.branch)).run_telling_all().map(drop);
        settled(moving, pushed, |branch| self.remote_tip(remote, branch.strip_prefix("refs/heads/").unwrap_or(branch)))
    }

    /// The repository as one of its working trees has it.
    ///
    /// # Errors
    /// When there is none at this place.
    pub fn checkout(&self, work_dir: &Path) -> Result<Self, Error> {
        let (_, Environment { config_global, config_system, config_no_system, .. }) = self.opened_as();
        let environment = Environment {
            config_global: config_global.clone(),
            config_system: config_system.clone(),
            config_no_system: config_no_system.clone(),
            ..Environment::default()
        };
        Self::open(work_dir, &environment)
    }

    /// A commit and those before it, each the first parent of the one before: as far as the clone has them, `limit` at most.
    ///
    /// # Errors
    /// When a commit is missing or damaged.
    pub fn first_parents(&self, tip: ObjectId, limit: usize) -> Result<Vec<ObjectId>, Error> {
        let (mut line, mut next) = (Vec::new(), Some(tip));
        while let Some(id) = next.filter(|_| line.len() < limit) {
            line.push(id);
            next = self.commit(id)?.parents.first().copied();
        }
        Ok(line)
    }
}

/// What came of it, whatever the command said: another one may have been faster, or the answer may have been lost.
fn settled(
    moving: &Move<'_>,
    moved: Result<(), Error>,
    tip: impl FnOnce(&str) -> Result<Option<ObjectId>, Error>,
) -> Result<Swap, Error> {
    let Err(error) = moved else { return Ok(Swap::Done) };
    match tip(moving.branch) {
        Ok(Some(tip)) if tip == moving.new => Ok(Swap::Done),
        Ok(Some(tip)) if tip == moving.old => Err(error),
        Ok(_) => Ok(Swap::Elsewhere),
        Err(_) => Err(error),
    }
}
