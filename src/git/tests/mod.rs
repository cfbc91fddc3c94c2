//! How the module stands up to real git: each part of it against what git itself says of the same repository.

mod index;
mod worktree;
mod hooks;
mod open;
mod revs;
mod history;
mod delta;
mod partial;
