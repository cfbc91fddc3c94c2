//! The branches that are to land, each at the commit that it is at when it all begins.

use bstr::ByteSlice;

use crate::digest::ObjectId;
use crate::git::{Error, Repo};
use crate::judge::asks;

/// A branch that is to land.
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// The revision that names it.
    pub(super) name: String,
    /// What it is called in a message: `branch 'topic'`.
    pub(super) title: String,
    /// The commit that lands: this one, wherever the branch goes meanwhile.
    pub(super) head: ObjectId,
    /// Whether its message allows or overrides something. That counts for this commit and no other, so it is judged alone.
    pub(super) is_apart: bool,
}

/// Where a branch is, against where it was.
pub(super) enum Whereabouts {
    /// Where it was.
    Same,
    /// Somewhere else, or gone.
    Moved(Option<ObjectId>),
}

impl Member {
    /// The branches that are named, each once.
    ///
    /// # Errors
    /// When one is no commit.
    pub(super) fn find(repo: &Repo, names: &[String]) -> Result<Vec<Self>, Error> {
        let mut members: Vec<Self> = Vec::new();
        for name in names.iter().filter(|name| !name.is_empty()) {
            if members.iter().any(|member| member.name == *name) {
                continue;
            }
            let head = repo.resolve(name)?.commit.ok_or_else(|| Error::Revision(name.clone()))?;
            let is_apart = asks(&repo.message(head)?);
            members.push(Self { name: name.clone(), title: title(repo, name, head)?, head, is_apart });
        }
        Ok(members)
    }

    /// Where the branch is now.
    pub(super) fn whereabouts(&self, repo: &Repo) -> Whereabouts {
        match repo.resolve(&self.name).ok().and_then(|found| found.commit) {
            Some(commit) if commit == self.head => Whereabouts::Same,
            other => Whereabouts::Moved(other),
        }
    }

    /// The first line of a commit's message.
    pub(super) fn subject(repo: &Repo, commit: ObjectId) -> Result<String, Error> {
        Ok(repo.message(commit)?.lines().next().unwrap_or_default().to_str_lossy().into_owned())
    }
}

/// As git calls it in the message of a merge.
fn title(repo: &Repo, name: &str, head: ObjectId) -> Result<String, Error> {
    for (prefix, kind) in
        [("refs/heads/", "branch"), ("refs/remotes/", "remote-tracking branch"), ("refs/tags/", "tag")]
    {
        let short = name.strip_prefix(prefix).unwrap_or(name);
        if repo.ref_commit(&format!("{prefix}{short}"))?.is_some() {
            return Ok(format!("{kind} '{short}'"));
        }
    }
    Ok(format!("commit '{}'", head.short()))
}
