//! Everything gate knows of a git repository: the only importer of git2, and the only caller of the git program.
//!
//! git2 reads objects, refs and configuration in process. The git program does what only it does right: writing the tree
//! of an index, merging, filters, transport. Whatever gate makes itself goes into a store of its own: see
//! [`Repo::with_store`].

mod delta;
mod error;
mod object;
mod repo;

pub use delta::{Delta, Edit, Side};
pub use error::Error;
pub use object::{Entries, Entry, Kind, Tree};
pub use repo::Repo;
