//! Writing a set of paths: most of them by us, those with filters or line endings by git.

use super::Error;
use super::attributes::{self, Rules};
use super::index::Stat;
use super::manifest::Manifest;
use super::root::Root;
use super::write::{self, Leaf, Stamp};
use crate::digest::Digest;
use crate::git::{self, Repo, Writing};
use crate::path::{Mode, RepoPath};
use crate::process::Control;

/// Where to write, from what, and how.
pub(super) struct Job<'a> {
    pub(super) root: &'a Root,
    pub(super) repo: &'a Repo,
    pub(super) rules: &'a Rules,
    pub(super) stamp: Stamp,
    /// For git, where it has to write.
    pub(super) to: Writing<'a>,
    /// What ends it early.
    pub(super) control: &'a Control,
}

/// A path that was written.
pub(super) struct Written {
    pub(super) path: RepoPath,
    pub(super) stat: Stat,
    /// What it holds, where that is not what its object says.
    pub(super) digest: Option<Digest>,
}

/// Writes the leaves; the manifest has them already, and is saved where git has to write some of them.
pub(super) fn apply(job: &Job<'_>, manifest: &mut Manifest, leaves: &[Leaf<'_>]) -> Result<Vec<Written>, Error> {
    let needs_git = |leaf: &Leaf<'_>| leaf.1.mode.is_file() && job.rules.may_change(leaf.0.as_bstr());
    let (filtered, plain): (Vec<Leaf<'_>>, Vec<Leaf<'_>>) = leaves.iter().copied().partition(needs_git);
    let ids: Vec<_> = leaves.iter().filter(|leaf| leaf.1.mode != Mode::Submodule).map(|leaf| leaf.1.id).collect();
    job.repo.fetch_missing(&ids)?;
    let stats = write::write_all((job.root, job.repo), &plain, job.stamp, job.control)?;
    let written = plain.iter().zip(stats);
    let mut written: Vec<_> =
        written.map(|((path, _), stat)| Written { path: (*path).clone(), stat, digest: None }).collect();
    if filtered.is_empty() {
        return Ok(written);
    }
    for (path, side) in &filtered {
        // An empty file with the right bits makes the folders, past whatever is in the way.
        let io = |source| Error::io("write", &job.root.path().join(path.as_path()), source);
        write::check(path)?;
        job.root.create(path.as_bstr(), side.mode == Mode::Executable).map_err(io)?;
        if attributes::is_attributes(path.as_bstr()) {
            // Git would take the attributes from the empty file; where there is none, it takes them from the index.
            job.root.remove(path.as_bstr()).map_err(io)?;
        }
    }
    manifest.save(job.to.index).map_err(|source| Error::io("write", job.to.index, source))?;
    job.repo.write_filtered(&job.to, filtered.iter().map(|(path, _)| *path)).map_err(|error| match error {
        git::Error::Program { message, .. } => Error::Filter { path: blamed(&filtered, &message), message },
        other => other.into(),
    })?;
    for (path, _) in filtered {
        let io = |source| Error::io("write", &job.root.path().join(path.as_path()), source);
        let stat = write::stamped(job.root, path.as_bstr(), job.stamp).map_err(io)?;
        let digest = job.root.read(path.as_bstr()).map(|bytes| Digest::of(&bytes));
        written.push(Written { path: path.clone(), stat, digest });
    }
    Ok(written)
}

/// The file that git's message names, else the first one.
fn blamed(leaves: &[Leaf<'_>], message: &str) -> RepoPath {
    let named = leaves.iter().find(|(path, _)| message.contains(&path.to_string()));
    named.or(leaves.first()).map_or_else(|| RepoPath::from("?"), |(path, _)| (*path).clone())
}
