//! Packages of npm, pnpm, yarn (classic and berry) and bun: workspaces, stand-alone packages, and their lock files.
//!
//! # Units
//!
//! A workspace is a folder whose `package.json` has `workspaces`, or that holds a `pnpm-workspace.yaml` or a `lerna.json`
//! with `packages`. What its patterns claim is a unit; the root of a workspace is one only where they name `.`. A workspace
//! in a workspace belongs to the outer one, unless it has a lock file of its own. Outside of all units, a `package.json`
//! that no workspace lies above is a unit of its own; below a workspace that doesn't claim it, or in the folder of another
//! stand-alone package, it is one only if a lock file lies beside it, for then it is installed by itself; below a
//! workspace it is no member. Elsewhere a nested `package.json` is a plain file, as are those below `node_modules`, and below
//! folders for tests or fixtures unless a workspace claims them.
//!
//! A unit has the name of its manifest. Where units share one, that of the only member of a workspace is its name; all
//! others go by their folder, as packages without a name do.
//!
//! # Edges
//!
//! A dependency of any kind leads to another unit where its range names a path or a workspace, where the lock file says
//! so, and, where that says nothing of it, by the name alone. What a third package in the lock file takes from the tree is
//! an edge of every unit that has it in its closure. Paths in a manifest that lead out of its folder are edges to those
//! paths. `scripts` are not read: which files a command line reads can't be told from its text.
//!
//! What the root of a workspace takes from its members is taken by every member, since the tools' configuration in the root
//! names packages by their names. The exception are the `dependencies` of a root that is published: those are its own code's.
//!
//! # What a unit takes from the root
//!
//! Everything that the root's `package.json` says counts, but for what only describes it: its name, version, authors and
//! the like, and which folders are members. `scripts` count, as installing runs some and members may call others. Of
//! `pnpm-workspace.yaml` everything counts but `packages`, and of catalogs only the entries that the unit or the root takes.
//!
//! A lock file counts by what the unit's own dependencies and the root's resolve to, with all that those depend on: every
//! package that Node.js can find from the unit's folder. What a unit imports without declaring it is looked up by name.
//! A unit with a dependency that the lock file doesn't hold, or holds for another range, takes the whole file.

mod yaml;
mod spec;
mod manifest;
mod workspace;
mod globs;
mod lock;
mod layout;
mod targets;
mod fields;
mod edges;
mod fact;
mod ecosystem;
#[cfg(test)]
mod tests;

pub use ecosystem::Npm;
