//! Which submodules of a tree a private checkout will hold: those that the user has. The others are empty folders there,
//! in which steps find other things.

use std::path::Path;

use bstr::{BStr, ByteSlice};

use super::Refusal;
use crate::digest::ObjectId;
use crate::git::{Environment, Kind, Repo};
use crate::path::{Mode, RepoPath};
use crate::plan::Field;

/// How deep submodules of submodules are followed.
const DEPTH: usize = 16;

/// A field for each submodule of a tree, and for theirs.
pub(super) fn fields(repo: &Repo, tree: ObjectId) -> Result<Vec<Field>, Refusal> {
    let mut fields = Vec::new();
    if let Some(user) = repo.work_dir() {
        collect(repo, (tree, user, None), DEPTH, &mut fields)?;
    }
    Ok(fields)
}

/// Adds those of a tree, whose checkout is a folder of the user's and a path of the candidate's.
fn collect(
    repo: &Repo,
    (tree, folder, at): (ObjectId, &Path, Option<&RepoPath>),
    depth: usize,
    fields: &mut Vec<Field>,
) -> Result<(), Refusal> {
    for path in named(repo, tree)? {
        let Some((Kind::Leaf(Mode::Submodule), commit)) = entry(repo, tree, &path)? else { continue };
        let folder = folder.join(path.as_path());
        let here = Environment { dir: Some((&folder).into()), ..Environment::default() };
        let open =
            || Repo::open(&folder, &here).and_then(|inner| inner.commit(commit).map(|found| (inner, found.tree)));
        let inner = if folder.join(".git").exists() { open().ok() } else { None };
        let shown = at.map_or_else(|| path.clone(), |at| at.join(path.as_bstr()));
        let state = if inner.is_some() { "filled" } else { "empty" };
        fields.push(Field::environment(format!("submodule:{shown}"), state));
        if let Some((inner, tree)) = inner.filter(|_| depth > 0) {
            collect(&inner, (tree, &folder, Some(&shown)), depth - 1, fields)?;
        }
    }
    Ok(())
}

/// The paths that .gitmodules names.
fn named(repo: &Repo, tree: ObjectId) -> Result<Vec<RepoPath>, Refusal> {
    let Some((Kind::Leaf(mode), id)) = entry(repo, tree, &RepoPath::from(".gitmodules"))? else {
        return Ok(Vec::new());
    };
    if !mode.is_file() {
        return Ok(Vec::new());
    }
    let text = repo.blob(id)?;
    let value = |line: &[u8]| {
        let (key, value) = line.split_once_str("=")?;
        let value = value.trim().trim_with(|c| c == '"').trim_end_with(|c| c == '/');
        (key.trim() == b"path" && !value.is_empty()).then(|| RepoPath::new(value))
    };
    Ok(text.lines().filter_map(value).collect())
}

/// What lies at a path of a tree.
fn entry(repo: &Repo, tree: ObjectId, path: &RepoPath) -> Result<Option<(Kind, ObjectId)>, Refusal> {
    let mut found = (Kind::Folder, tree);
    for name in path.components() {
        if found.0 != Kind::Folder {
            return Ok(None);
        }
        let folder = repo.tree(found.1)?;
        let name: &BStr = name;
        let Some(entry) = folder.get(name) else { return Ok(None) };
        found = (entry.kind, entry.id);
    }
    Ok(Some(found))
}
