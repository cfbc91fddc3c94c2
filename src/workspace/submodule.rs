//! Submodules: their files, where the user's checkout has them.
//!
//! They are written as plain files at the recorded commit, straight from the objects of the user's submodule. A submodule
//! that the user has not checked out is an empty folder, as it is in a fresh clone.

use std::collections::BTreeMap;

use super::apply::{Job, apply};
use super::attributes::Rules;
use super::changes::{self, Changes};
use super::checkout::Workspace;
use super::manifest::{Manifest, Tracked};
use super::session::{Session, Trust};
use super::spec::Updated;
use super::write::{Leaf, Stamp};
use super::{Error, sweep::Belongings};
use crate::diagnostic::Diagnostic;
use crate::digest::{Digest, Hasher, ObjectId};
use crate::git::{Repo, Side, Writing};
use crate::path::{Mode, RepoPath};

/// A submodule that the user has.
struct Source {
    /// Where it lies in the checkout.
    path: RepoPath,
    repo: Repo,
    /// The tree of the recorded commit.
    tree: ObjectId,
}

/// The submodules of a tree, as far as the user has them.
#[derive(Default)]
struct Found {
    sources: Vec<Source>,
    /// What is told of those whose commit the user lacks.
    notices: Vec<Diagnostic>,
}

/// Which of a tree's submodules the user has: a result without a submodule's files says nothing about one with them.
/// What they hold is told by the tree itself. `None` where the tree declares no submodules.
///
/// # Errors
/// When the tree or what declares its submodules can't be read.
pub fn present(repo: &Repo, tree: ObjectId) -> Result<Option<Digest>, Error> {
    if repo.declared_submodules(tree)?.is_empty() {
        return Ok(None);
    }
    let mut found = Found::default();
    found.collect(repo, tree, None)?;
    let mut hasher = Hasher::new("submodules present", 1);
    for source in &found.sources {
        hasher.field("path", source.path.as_bstr());
    }
    Ok(Some(hasher.finish()))
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
    let mut found = Found::default();
    found.collect(session.repo, session.tree, None)?;
    updated.notices.extend(found.notices);
    let digest = digest(&found.sources);
    if trust == Trust::Recorded && digest == workspace.record.modules {
        return Ok(false);
    }
    let mut wanted = BTreeMap::new();
    let mut sources = Vec::new();
    for source in found.sources {
        let files = changes::whole(&source.repo, source.tree)?;
        wanted.extend(files.iter().map(|(path, side)| (source.path.join(path.as_bstr()), *side)));
        sources.push((source, files));
    }
    let changes = match trust {
        Trust::Recorded => differing(&workspace.modules, &wanted),
        Trust::Nothing => changes::compared(session.root, &workspace.modules, &wanted),
    };
    let mut next = std::mem::take(&mut workspace.modules).with(&changes, ObjectId::EMPTY_TREE);
    let held = Belongings { modules: &next, ..workspace.belongings(&workspace.files, session.spec) };
    updated.removed += changes::remove(session.root, &held, &of_submodules(&workspace.files, &changes))?;
    for (source, files) in &sources {
        updated.written += write(workspace, session, (source, files), (&changes, &mut next), stamp)?;
    }
    workspace.modules = next;
    workspace.record.modules = digest;
    let links = workspace.files.items().any(|item| item.side.mode == Mode::Submodule);
    workspace.record.submodules = links || workspace.modules.len() > 0;
    Ok(!changes.is_empty())
}

/// Those of the changes that lie in what is a submodule to the candidate. Where a submodule became something else, its
/// files went with it, and what lies there now is the candidate's.
fn of_submodules(files: &Manifest, changes: &Changes) -> Changes {
    let inside = |path: &RepoPath| {
        let mut above = std::iter::successors(path.parent(), RepoPath::parent);
        above.any(|folder| files.tracked(folder.as_bstr()) == Some(Tracked::Leaf(Mode::Submodule)))
    };
    changes.iter().filter(|(path, _)| inside(path)).map(|(path, side)| (path.clone(), *side)).collect()
}

impl Found {
    /// Finds the submodules of a tree that the user has, and theirs.
    fn collect(&mut self, repo: &Repo, tree: ObjectId, at: Option<&RepoPath>) -> Result<(), Error> {
        let Some(user) = repo.work_dir() else { return Ok(()) };
        for inner in repo.declared_submodules(tree)? {
            let Some(side) = repo.leaf(tree, &inner)?.filter(|side| side.mode == Mode::Submodule) else { continue };
            let folder = user.join(inner.as_path());
            if !folder.join(".git").exists() {
                continue;
            }
            let path = at.map_or_else(|| inner.clone(), |at| at.join(inner.as_bstr()));
            let opened =
                repo.submodule(&folder).and_then(|repo| repo.commit(side.id).map(|commit| (repo, commit.tree)));
            let Ok((repo, tree)) = opened else {
                let commit = side.id.short();
                let text = format!("submodule '{path}' does not have commit {commit}: its folder is left empty");
                let notice = Diagnostic::warning("workspace/submodule", text);
                self.notices.push(notice.hint("git submodule update --init"));
                continue;
            };
            let mut below = Self::default();
            below.collect(&repo, tree, Some(&path))?;
            self.sources.push(Source { path, repo, tree });
            self.sources.append(&mut below.sources);
            self.notices.append(&mut below.notices);
        }
        Ok(())
    }
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
    (source, files): (&Source, &BTreeMap<RepoPath, Side>),
    (changes, next): (&Changes, &mut Manifest),
    stamp: Stamp,
) -> Result<usize, Error> {
    let io = |source| Error::io("open", &workspace.dir, source);
    let leaves: Vec<Leaf<'_>> = files.iter().map(|(path, side)| (path, *side)).collect();
    let leaves: Vec<_> =
        leaves.into_iter().filter(|(path, _)| changes.contains_key(&source.path.join(path.as_bstr()))).collect();
    if leaves.is_empty() {
        return Ok(0);
    }
    session.root.make_folder(source.path.as_bstr()).map_err(io)?;
    let root = session.root.below(&source.path).map_err(io)?;
    let mut manifest = Manifest::default().with(&changes::as_changes(files), source.tree);
    let rules = Rules::read(&source.repo, session.settings, &manifest)?;
    let index = workspace.place.state().join("module");
    let to = Writing { work_dir: root.path(), index: &index };
    let control = &session.spec.control;
    let job = Job { root: &root, repo: &source.repo, rules: &rules, stamp, to, control };
    for written in apply(&job, &mut manifest, &leaves)? {
        let path = source.path.join(written.path.as_bstr());
        next.set(path.as_bstr(), written.stat);
        workspace.written.insert(path, written.digest);
    }
    Ok(leaves.len())
}
