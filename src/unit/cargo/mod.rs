//! Cargo packages: workspaces, `Cargo.lock`, and what Rust sources read beyond their package.
//!
//! The rules are Cargo's own: <https://doc.rust-lang.org/cargo/reference/manifest.html>,
//! <https://doc.rust-lang.org/cargo/reference/workspaces.html>, and where those are silent, what `cargo metadata` does.
//!
//! - A unit is a package that a workspace has, that a unit depends on by path, that a workspace excludes by name, or
//!   that lies in no other unit's folder. Others, such as a test's fixtures, are files like any other; so are vendored
//!   packages, which lie beside a `.cargo-checksum.json`, and of which every unit may be made.
//! - A unit's name is its package's. Of several packages of one name, which are always of several workspaces, the one
//!   that is a member, then the one that lies least deep, then the first by path has the plain name. The others are named
//!   as Cargo's package ids are, by their folder: `path+tools/core#core`.
//! - Whatever keeps Cargo from loading a workspace fails every one of its packages: a dependency's folder without a
//!   package, a feature that isn't there, a package without targets. Such faults are a field of each of them.
//! - A workspace without `Cargo.lock` in the tree has no field for it: which versions are taken then lies with the
//!   registry and the day, which no tree tells, and the requirements in the manifests are all that can be compared.
//! - A Rust file that can't be lexed says nothing. It widens its unit where it is sure to be compiled: below `src`, or as
//!   a target of its own. Elsewhere it is taken for a fixture, which is read by whoever owns it.

mod form;
mod ecosystem;
mod fact;
mod toml_value;
mod manifest;
mod dependency;
mod workspace;
mod config;
mod lock;
mod literal;
mod reads;
mod source;
mod token;
mod manifests;
mod membership;
mod packages;
mod naming;
mod own;
mod targets;
mod edges;
mod fixtures;
mod faults;
mod inherited;
mod closure;
mod locked;
mod step;
mod reach;
mod modules;
#[cfg(test)]
mod tests;

pub use ecosystem::Cargo;
