//! Submodules: their files, where the user's checkout has them.
//!
//! They are written as plain files at the recorded commit, straight from the objects of the user's submodule. A submodule
//! that the user has not checked out is an empty folder, as it is in a fresh clone.

use std::collections::BTreeMap;
use std::path::Path;

use bstr::ByteSlice;

use super::apply::{Job, apply};
use super::attributes::Rules;
use super::changes::{self, Changes};
use super::checkout::Workspace;
use super::manifest::Manifest;
use super::session::{Session, Trust};
use super::spec::Updated;
use super::write::{Leaf, Stamp};
use super::{Error, sweep::Belongings};
use crate::diagnostic::Diagnostic;
use crate::digest::{Digest, Hasher, ObjectId};
use crate::git::{Environment, Repo, Side, Writing};
use crate::path::{Mode, RepoPath};

/// A submodule that the user has.
struct Source {
    /// Where it lies in the checkout.
    path: RepoPath,
    repo: Repo,
    /// The tree of the recorded commit.
    tree: ObjectId,
    /// Its files, by their paths inside it.
    files: BTreeMap<RepoPath, Side>,
}

/// Brings submodules' files to what the candidate says; tells whether any path was written or removed.
pub(super) fn fill(
    workspace: &mut Workspace,
    session: &Session<'_>,
    trust: Trust,
    (stamp, updated): (Stamp, &mut Updated),
) -> Result<bool, Error> {
    if !workspace.record.submodules {
        return Ok(false);
    }
    let links: Vec<(RepoPath, ObjectId)> =
        links(workspace.files.items().map(|item| (RepoPath::new(item.path), item.side)));
    let mut sources = Vec::new();
    if let Some(user) = session.repo.work_dir() {
        collect(user, None, &links, &mut sources, &mut updated.notices)?;
    }
    let digest = digest(&sources);
    if trust == Trust::Recorded && digest == workspace.record.modules {
        return Ok(false);
    }
    let wanted: BTreeMap<RepoPath, Side> = sources.iter().flat_map(Source::placed).collect();
    let changes = match trust {
        Trust::Recorded => differing(&workspace.modules, &wanted),
        Trust::Nothing => changes::compared(session.root, &workspace.modules, &wanted),
    };
    let mut next = std::mem::take(&mut workspace.modules).with(&changes, ObjectId::EMPTY_TREE);
    let held = Belongings { modules: &next, ..workspace.belongings(&workspace.files, session.spec) };
    updated.removed += changes::remove(session.root, &held, &changes)?;
    for source in &sources {
        updated.written += write(workspace, session, source, (&changes, &mut next), stamp)?;
    }
    workspace.modules = next;
    workspace.record.modules = digest;
    workspace.record.submodules = !links.is_empty() || workspace.modules.len() > 0;
    Ok(!changes.is_empty())
}

fn links(items: impl Iterator<Item = (RepoPath, Side)>) -> Vec<(RepoPath, ObjectId)> {
    items.filter(|(_, side)| side.mode == Mode::Submodule).map(|(path, side)| (path, side.id)).collect()
}

/// Finds the submodules that the user has, and theirs.
fn collect(
    user: &Path,
    at: Option<&RepoPath>,
    links: &[(RepoPath, ObjectId)],
    sources: &mut Vec<Source>,
    notices: &mut Vec<Diagnostic>,
) -> Result<(), Error> {
    for (inner, commit) in links {
        let folder = user.join(inner.as_path());
        if !folder.join(".git").exists() {
            continue;
        }
        let path = at.map_or_else(|| inner.clone(), |at| at.join(inner.as_bstr()));
        let here = Environment { dir: Some(folder.clone().into()), ..Environment::default() };
        let Ok((repo, tree)) =
            Repo::open(&folder, &here).and_then(|repo| repo.commit(*commit).map(|commit| (repo, commit.tree)))
        else {
            let text = format!("submodule '{path}' does not have commit {}: its folder is left empty", commit.short());
            notices.push(Diagnostic::warning("workspace/submodule", text).hint("git submodule update --init"));
            continue;
        };
        let files = changes::whole(&repo, tree)?;
        let inner_links = self::links(files.iter().map(|(path, side)| (path.clone(), *side)));
        sources.push(Source { path: path.clone(), repo, tree, files });
        collect(&folder, Some(&path), &inner_links, sources, notices)?;
    }
    Ok(())
}

fn digest(sources: &[Source]) -> Digest {
    let mut hasher = Hasher::new("workspace submodules", 1);
    for source in sources {
        hasher.field("path", source.path.as_bstr()).field("tree", source.tree.as_bytes());
    }
    hasher.finish()
}

fn differing(manifest: &Manifest, wanted: &BTreeMap<RepoPath, Side>) -> Changes {
    let gone = manifest.items().map(|item| RepoPath::new(item.path)).filter(|path| !wanted.contains_key(path));
    let other =
        wanted.iter().filter(|(path, side)| manifest.find(path.as_bstr()).map(|item| item.side) != Some(**side));
    gone.map(|path| (path, None)).chain(other.map(|(path, side)| (path.clone(), Some(*side)))).collect()
}

fn write(
    workspace: &mut Workspace,
    session: &Session<'_>,
    source: &Source,
    (changes, next): (&Changes, &mut Manifest),
    stamp: Stamp,
) -> Result<usize, Error> {
    let io = |source| Error::io("open", &workspace.dir, source);
    let leaves: Vec<Leaf<'_>> = source.files.iter().map(|(path, side)| (path, *side)).collect();
    let leaves: Vec<_> =
        leaves.into_iter().filter(|(path, _)| changes.contains_key(&source.path.join(path.as_bstr()))).collect();
    if leaves.is_empty() {
        return Ok(0);
    }
    session.root.make_folder(source.path.as_bstr()).map_err(io)?;
    let root = session.root.below(&source.path).map_err(io)?;
    let mut manifest = Manifest::default().with(&changes::as_changes(&source.files), source.tree);
    let rules = Rules::read(&source.repo, session.settings, &manifest)?;
    let (git_dir, index) = (workspace.dir.join(".git"), workspace.place.state().join("module"));
    let objects = source.repo.objects_dir();
    let to = Writing { git_dir: &git_dir, work_dir: root.path(), index: &index, objects: Some(&objects) };
    let control = &session.spec.control;
    let job = Job { root: &root, repo: &source.repo, rules: &rules, stamp, to, control };
    for written in apply(&job, &mut manifest, &leaves)? {
        let path = source.path.join(written.path.as_bstr());
        next.set(path.as_bstr(), written.stat);
        workspace.written.insert(path, written.digest);
    }
    Ok(leaves.len())
}

impl Source {
    /// Its files by their paths in the checkout.
    fn placed(&self) -> impl Iterator<Item = (RepoPath, Side)> {
        self.files.iter().map(|(path, side)| (self.path.join(path.as_bstr().as_bytes().as_bstr()), *side))
    }
}
