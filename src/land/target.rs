//! The branch that is landed on: where it is, and how it moves.

use std::path::PathBuf;

use super::compose::Composed;
use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;
use crate::git::{MergeBase, Move, Repo, Swap};
use crate::judge::{Refusal, RefusalKind, Site};
use crate::verdict::LandClearance;

/// The branch that is landed on.
pub(super) struct Target {
    /// Its name, without `refs/heads/`.
    pub(super) branch: String,
    /// The remote that it is a branch of.
    pub(super) remote: Option<String>,
    /// The repository without what is gate's: what lands goes there.
    own: Repo,
    /// The file that keeps several from moving it at once.
    lock: PathBuf,
}

/// What came of landing.
pub(super) enum Landed {
    /// The target is at the new commit.
    Done,
    /// The target had moved.
    Moved,
    /// Something is in the way, and nothing was changed.
    Blocked(Diagnostic),
}

impl Target {
    /// The branch of a name, at a remote or here.
    ///
    /// # Errors
    /// When there is none, or a working tree that has it checked out can't follow it.
    pub(super) fn find(site: &Site, branch: &str, remote: Option<String>) -> Result<Self, Refusal> {
        let branch = branch.strip_prefix("refs/heads/").unwrap_or(branch).to_owned();
        let lock = site.state.join("landing.lock");
        let target = Self { branch, remote, own: site.repo.without_store()?, lock };
        target.tip()?;
        if target.remote.is_none() {
            target.refuse_checkouts()?;
        }
        Ok(target)
    }

    fn ref_name(&self) -> String {
        format!("refs/heads/{}", self.branch)
    }

    /// The commit that it is at now. Of a remote's the commit is brought here.
    ///
    /// # Errors
    /// When there is no such branch, or the remote doesn't answer.
    pub(super) fn tip(&self) -> Result<ObjectId, Refusal> {
        let found = match &self.remote {
            Some(remote) => self.own.remote_tip(remote, &self.branch)?,
            None => self.own.ref_commit(&self.ref_name())?,
        };
        let Some(tip) = found else {
            let place = self.remote.as_ref().map(|remote| format!(" at '{remote}'")).unwrap_or_default();
            let shown = Diagnostic::error("land/no-target", format!("there is no branch '{}'{place}", self.branch));
            let hint = "name the branch to land on: gate land --into BRANCH";
            return Err(Refusal::new(RefusalKind::Usage, shown.hint(hint)));
        };
        if let Some(remote) = &self.remote {
            self.own.fetch(remote, &[tip])?;
        }
        Ok(tip)
    }

    /// The working tree that has it checked out, which is to follow it.
    fn checkout(&self) -> Result<Option<PathBuf>, Refusal> {
        let mut found = self.own.checkouts_of(&self.ref_name())?;
        let (one, more) = (found.pop(), !found.is_empty());
        if !more {
            return Ok(one);
        }
        let shown = format!("several working trees have '{}' checked out", self.branch);
        let shown = Diagnostic::error("land/checked-out", shown).hint("leave it in all of them but one: git switch");
        Err(Refusal::new(RefusalKind::Undecided, shown))
    }

    /// Makes a shallow clone as deep as it takes to bring a commit onto a tip.
    ///
    /// # Errors
    /// When the remote doesn't give more.
    pub(super) fn deepen(&self, tip: ObjectId, heads: &[ObjectId]) -> Result<(), Refusal> {
        let remote = match &self.remote {
            Some(remote) => Some(remote.clone()),
            None => self.own.origin()?,
        };
        for head in heads.iter().filter(|_| remote.is_some()) {
            self.own.merge_base_from(remote.as_deref().unwrap_or_default(), tip, *head)?;
        }
        Ok(())
    }

    /// Refuses to begin where it is known that the end can't be reached.
    fn refuse_checkouts(&self) -> Result<(), Refusal> {
        let Some(dir) = self.checkout()? else { return Ok(()) };
        let going_on = self.own.checkout(&dir)?.in_progress();
        if going_on.is_empty() {
            return Ok(());
        }
        let shown =
            format!("'{}' is checked out in '{}', where git is in the middle of something", self.branch, dir.display());
        let shown = Diagnostic::error("land/in-progress", shown).hint("finish that first: git status says what it is");
        Err(Refusal::new(RefusalKind::Undecided, shown))
    }

    /// Lands what is cleared. The clearance is used up by it, and is for one tree on one commit.
    ///
    /// # Errors
    /// When what was made is not what was cleared, which is a fault of gate's own; when git fails.
    pub(super) fn land(
        &self,
        site: &Site,
        clearance: LandClearance,
        composed: &Composed,
        why: &str,
    ) -> Result<Landed, Refusal> {
        let (tree, base) = clearance.spend();
        self.assert_cleared(&site.repo, tree, composed.tip)?;
        if site.repo.merge_base(composed.tip, base)? != MergeBase::Found(base) {
            return Err(Refusal::internal("what would land does not lie on top of the target"));
        }
        let mut there = vec![base];
        // What only gate's store holds is given along.
        there.extend(composed.heads.iter().filter(|head| self.own.contains(**head)));
        site.repo.give(composed.tip, &there)?;
        let moving = Move { branch: &self.ref_name(), old: base, new: composed.tip, why };
        let swapped = match &self.remote {
            Some(remote) => self.own.push(remote, &moving),
            None => self.here(&moving)?,
        };
        match swapped {
            Ok(Swap::Done) => {
                self.assert_cleared(&self.own.without_store()?, tree, composed.tip)?;
                Ok(Landed::Done)
            }
            Ok(Swap::Elsewhere) => Ok(Landed::Moved),
            Err(error) => Ok(Landed::Blocked(self.blocked(&error))),
        }
    }

    /// Moves a branch of this repository, one landing after another.
    fn here(&self, moving: &Move<'_>) -> Result<Result<Swap, crate::git::Error>, Refusal> {
        let failed = |error: std::io::Error| Refusal::from(crate::git::Error::from(error));
        if let Some(folder) = self.lock.parent() {
            fs_err::create_dir_all(folder).map_err(failed)?;
        }
        let lock =
            fs_err::OpenOptions::new().create(true).truncate(false).write(true).open(&self.lock).map_err(failed)?;
        // It is given back with the file's end, whatever ends the process.
        lock.file().lock().map_err(failed)?;
        Ok(match self.checkout()? {
            Some(dir) => self.own.move_checkout(&dir, moving),
            None => self.own.move_branch(moving),
        })
    }

    fn assert_cleared(&self, repo: &Repo, tree: ObjectId, tip: ObjectId) -> Result<(), Refusal> {
        if repo.commit(tip)?.tree == tree {
            return Ok(());
        }
        Err(Refusal::internal(&format!("'{}' would not hold the tree that was judged", self.branch)))
    }

    fn blocked(&self, error: &crate::git::Error) -> Diagnostic {
        let told = match error {
            crate::git::Error::Program { message, .. } => message.clone(),
            other => other.to_string(),
        };
        let hint = if self.remote.is_some() {
            "the remote says why; what was judged stays proved, so landing again is quick"
        } else {
            "commit or stash what is in the way; what was judged stays proved, so landing again is quick"
        };
        Diagnostic::error("land/blocked", told).hint(hint)
    }
}
