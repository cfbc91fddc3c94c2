//! Everything gate knows of a git repository: the only importer of git2, and the only caller of the git program.
//!
//! git2 reads objects, refs and configuration in process. The git program does what only it does right: writing the tree
//! of an index, merging, filters, transport. Whatever gate makes itself goes into a store of its own: see
//! [`Repo::with_store`].

mod environment;
mod open;
mod path_list;
mod repo;
mod object;
mod read;
mod delta;
mod revs;
mod refs;
mod history;
mod index;
mod make;
mod stale;
mod snapshot;
mod taking;
mod restage;
mod merge;
mod merge_commits;
mod fetch;
mod own_refs;
mod commits;
mod branch;
mod signature;
mod private;
mod program;
mod version;
mod error;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub use branch::{Move, Swap};
pub use commits::{Identity, NewCommit};
pub use delta::{Delta, Edit, Side};
pub use environment::Environment;
pub use error::{Error, Unmergeable};
pub use history::MergeBase;
pub use merge::merge_file;
pub use merge_commits::{Conflict, Merged, Method, Rebased};
pub use object::{Entries, Entry, Kind, Tree};
pub use own_refs::OwnRef;
pub use private::{Writing, blob_id, snapshot_commit};
pub use program::GitProgram;
pub use repo::Repo;
pub use restage::{IndexEdit, Restaged, is_locked};
pub use revs::{Branch, Commit, Head, InProgress, Treeish};
pub use version::git_version;

/// Paths as git's commands read them from their standard input, with `-z`.
fn lines<'a>(paths: impl Iterator<Item = &'a crate::path::RepoPath>) -> Vec<u8> {
    paths.flat_map(|path| [path.as_bstr().as_ref(), &b"\0"[..]]).collect::<Vec<&[u8]>>().concat()
}
