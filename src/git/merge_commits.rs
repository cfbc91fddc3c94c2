//! What merging two commits comes to, as git's own ort strategy makes it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use bstr::{BStr, ByteSlice};

use super::object::Kind;
use super::program::GitProgram;
use super::version::git_version;
use super::{Error, MergeBase, Repo, Unmergeable};
use crate::digest::ObjectId;
use crate::path::{Mode, RepoPath};
use crate::process::Captured;

/// The first git whose merges take their attributes from a tree that is named, and whose `merge-tree` takes trees.
const ATTRIBUTES_BY_NAME: (u32, u32) = (2, 43);
/// The first git that replays a commit onto a tree.
const REPLAYS: (u32, u32) = (2, 45);

/// How long a path may be: folders that lie deeper in each other are no real ones.
const MAX_PATH: usize = 4096;

/// Settings that decide how a merge ends. They are git's own defaults, whatever a clone's configuration says.
const SETTINGS: [&str; 5] = [
    "merge.directoryRenames=conflict",
    "merge.renames=true",
    "merge.renormalize=false",
    "merge.renameLimit=7000",
    "diff.renames=true",
];

/// How two commits are brought together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// A commit with both as parents.
    #[default]
    Merge,
    /// One commit with everything that the second one brings. Its tree is the merge's.
    Squash,
    /// Each commit that the second one brings, one after another on top of the first.
    Rebase,
}

/// What merging two commits comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The tree. Where there are conflicts, files in it hold markers.
    pub tree: ObjectId,
    /// One of the two, where it descends from the other one: then nothing is made.
    pub commit: Option<ObjectId>,
    /// What does not fit together: empty for a clean merge.
    pub conflicts: Vec<Conflict>,
}

/// One path at which two commits do not fit together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    /// The path.
    pub path: RepoPath,
    /// What git calls it: `contents`, `modify/delete`, `rename/rename`, `submodule lacks merge base` and the like.
    pub kind: String,
}

/// What putting commits one after another on top of another one comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebased {
    /// Each commit that was put there, the oldest first, with the tree that it has there.
    pub steps: Vec<(ObjectId, ObjectId)>,
    /// What it comes to in all.
    pub merged: Merged,
}

impl Repo {
    /// Merges the second commit into the first, by `git merge-tree --write-tree` with the attributes of the first and
    /// nothing of anybody's configuration. Objects go to gate's store, and no ref, index or file is touched.
    ///
    /// # Errors
    /// When the two share no history or, in a shallow clone, it can't be told what they share; when git is older than
    /// 2.43 and a tree has merge attributes, or older than 2.45 and the commits are replayed; when git fails.
    pub fn merge(&self, method: Method, into: ObjectId, from: ObjectId) -> Result<Merged, Error> {
        if method == Method::Rebase {
            return Ok(self.rebase(into, from)?.merged);
        }
        match self.base_for_merging(into, from)? {
            base if base == into => self.as_it_is(from),
            base if base == from => self.as_it_is(into),
            _ => self.merging(into, from, git_version()?)?.merge(None, into, from),
        }
    }

    /// Puts each commit that `into` has not on top of it, under the same rules as [`Repo::merge`].
    ///
    /// # Errors
    /// As [`Repo::merge`].
    pub fn rebase(&self, into: ObjectId, from: ObjectId) -> Result<Rebased, Error> {
        if self.base_for_merging(into, from)? == from {
            return Ok(Rebased { steps: Vec::new(), merged: self.as_it_is(into)? });
        }
        let version = git_version()?;
        let merging = self.merging(into, from, version)?;
        if version < REPLAYS {
            return Err(Error::Unmergeable(Unmergeable::Replay));
        }
        merging.replay(into, from)
    }

    fn base_for_merging(&self, into: ObjectId, from: ObjectId) -> Result<ObjectId, Error> {
        match self.merge_base(into, from)? {
            MergeBase::Found(base) => Ok(base),
            MergeBase::Unrelated => Err(Error::Unmergeable(Unmergeable::Unrelated)),
            MergeBase::Uncertain => Err(Error::Unmergeable(Unmergeable::Shallow)),
        }
    }

    fn merging(&self, into: ObjectId, from: ObjectId, version: (u32, u32)) -> Result<Merging<'_>, Error> {
        if version < ATTRIBUTES_BY_NAME {
            self.refuse_attributes(&[into, from])?;
        }
        Ok(Merging { repo: self, attributes: self.commit(into)?.tree, git_dir: self.git_dir_for_merging()? })
    }

    fn as_it_is(&self, commit: ObjectId) -> Result<Merged, Error> {
        Ok(Merged { tree: self.commit(commit)?.tree, commit: Some(commit), conflicts: Vec::new() })
    }

    /// A repository with nothing in it but this one's objects, so that no configuration, attribute or driver of this
    /// clone has a say. A partial clone needs its own to fetch what it lacks.
    fn git_dir_for_merging(&self) -> Result<Option<PathBuf>, Error> {
        let Some(beside) = self.store().and_then(Path::parent) else { return Ok(None) };
        if self.is_partial() {
            return Ok(None);
        }
        let dir = beside.join("merging.git");
        if !dir.join("HEAD").exists() {
            for folder in ["objects", "refs"] {
                fs_err::create_dir_all(dir.join(folder))?;
            }
            fs_err::write(dir.join("config"), "[core]\n\trepositoryformatversion = 0\n\tbare = true\n")?;
            fs_err::write(dir.join("HEAD"), "ref: refs/heads/none\n")?;
        }
        Ok(Some(dir))
    }

    /// Refuses trees whose files name merge drivers, which an older git would look up where they are not.
    fn refuse_attributes(&self, commits: &[ObjectId]) -> Result<(), Error> {
        for commit in commits {
            if let Some(path) = self.merge_attributes(self.commit(*commit)?.tree)? {
                return Err(Error::Unmergeable(Unmergeable::Attributes(path)));
            }
        }
        Ok(())
    }

    /// The first `.gitattributes` that says something of merging.
    fn merge_attributes(&self, root: ObjectId) -> Result<Option<RepoPath>, Error> {
        let mut folders = vec![(root, None::<RepoPath>)];
        while let Some((id, folder)) = folders.pop() {
            let path = |name: &BStr| folder.as_ref().map_or_else(|| RepoPath::new(name), |folder| folder.join(name));
            if folder.as_ref().is_some_and(|folder| folder.as_bstr().len() > MAX_PATH) {
                return Err(Error::Object(id, None));
            }
            let tree = self.tree(id)?;
            let file = tree.get(b".gitattributes".as_bstr());
            let blob = file.filter(|file| matches!(file.kind, Kind::Leaf(Mode::File | Mode::Executable)));
            if blob.map(|file| self.blob(file.id)).transpose()?.is_some_and(|text| text.contains_str("merge")) {
                return Ok(Some(path(b".gitattributes".as_bstr())));
            }
            let below = tree.entries().filter(|entry| entry.kind == Kind::Folder);
            folders.extend(below.map(|entry| (entry.id, Some(path(entry.name)))));
        }
        Ok(None)
    }
}

/// Merges in one repository, with the attributes of one tree.
struct Merging<'a> {
    repo: &'a Repo,
    attributes: ObjectId,
    git_dir: Option<PathBuf>,
}

impl Merging<'_> {
    fn program(&self, command: &str) -> GitProgram {
        let mut program = GitProgram::with(self.repo, command, &SETTINGS)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_ATTR_NOSYSTEM", "1")
            .env("GIT_ATTR_SOURCE", self.attributes.to_string());
        if let Some(dir) = &self.git_dir {
            program = program.env_remove("GIT_WORK_TREE").env("GIT_DIR", dir).dir(dir);
        }
        let shallow = self.repo.common_dir().join("shallow");
        if shallow.exists() { program.env("GIT_SHALLOW_FILE", shallow) } else { program }
    }

    /// A three-way merge. Without a base git finds those of the two commits itself, as many as there are.
    fn merge(&self, base: Option<ObjectId>, into: ObjectId, from: ObjectId) -> Result<Merged, Error> {
        let mut program = self.program("merge-tree").arg("--write-tree").arg("-z").arg("--messages");
        if let Some(base) = base {
            program = program.arg(OsString::from(format!("--merge-base={base}")));
        }
        let ran = program.arg(into.to_string()).arg(from.to_string()).run_allowing(1)?;
        let is_clean = ran.status.success();
        let mut merged = read(&ran).ok_or_else(|| Error::Program {
            command: "merge-tree".to_owned(),
            message: "its answer can't be read".to_owned(),
        })?;
        if is_clean {
            merged.conflicts.clear();
        } else if merged.conflicts.is_empty() {
            return Err(Error::Unmergeable(Unmergeable::Unlocated));
        }
        Ok(merged)
    }

    /// Each commit of `from` that `into` has not, nor one with the same patch, the oldest first, as `git rebase` takes them.
    fn replay(&self, into: ObjectId, from: ObjectId) -> Result<Rebased, Error> {
        let listed = self
            .program("rev-list")
            .arg("--reverse")
            .arg("--topo-order")
            .arg("--no-merges")
            .arg("--cherry-pick")
            .arg("--right-only")
            .arg(format!("{into}...{from}"))
            .run()?;
        let (mut tree, mut steps) = (self.repo.commit(into)?.tree, Vec::new());
        for line in listed.stdout.lines() {
            let id: ObjectId =
                line.to_str_lossy().parse().map_err(|_| Error::Revision(format!("{:?}", line.as_bstr())))?;
            let commit = self.repo.commit(id)?;
            let parent = match commit.parents.first() {
                Some(parent) => self.repo.commit(*parent)?.tree,
                None => ObjectId::EMPTY_TREE,
            };
            let merged = self.merge(Some(parent), tree, commit.tree)?;
            if !merged.conflicts.is_empty() {
                return Ok(Rebased { steps, merged });
            }
            tree = merged.tree;
            steps.push((id, tree));
        }
        Ok(Rebased { steps, merged: Merged { tree, commit: None, conflicts: Vec::new() } })
    }
}

/// Reads what `git merge-tree --write-tree -z --messages` writes: the tree; an entry for each version of a conflicted path;
/// after an empty field the messages, each with a number of paths, these, a kind and a text. (git-merge-tree(1), "OUTPUT")
fn read(ran: &Captured) -> Option<Merged> {
    let mut fields = ran.stdout.split(|byte| *byte == 0);
    let tree = fields.next()?.to_str().ok()?.parse().ok()?;
    let mut unmerged = Vec::new();
    for field in fields.by_ref() {
        if field.is_empty() {
            break;
        }
        let (_, path) = field.split_once_str("\t")?;
        unmerged.push(RepoPath::new(path));
    }
    let mut conflicts = Vec::new();
    while let Some(count) = fields.next().filter(|field| !field.is_empty()) {
        let count: usize = count.to_str().ok()?.parse().ok()?;
        let paths: Vec<&[u8]> = fields.by_ref().take(count).collect();
        let kind = fields.next()?.to_str_lossy();
        let _text = fields.next()?;
        if let Some(kind) = kind.strip_prefix("CONFLICT (").and_then(|kind| kind.strip_suffix(')')) {
            conflicts.extend(paths.first().map(|path| Conflict { path: RepoPath::new(*path), kind: kind.to_owned() }));
        }
    }
    // A path without a word about it is none that fits.
    unmerged.retain(|path| !conflicts.iter().any(|conflict| conflict.path == *path));
    unmerged.dedup();
    conflicts.extend(unmerged.into_iter().map(|path| Conflict { path, kind: "unmerged".to_owned() }));
    conflicts.sort();
    conflicts.dedup();
    Some(Merged { tree, commit: None, conflicts })
}
