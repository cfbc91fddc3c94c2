//! Packages of a repository and who depends on whom, read from a tree alone: its manifests, lock files and imports.
//!
//! No working tree, no network and no toolchain is asked. The graph narrows what a step depends on from the whole tree,
//! so an edge that is missed is a wrong pass: whatever can't be told widens, and says why.

mod folder;
mod listing;
mod found;
mod ecosystem;
mod components;
mod rules;
mod graph;
mod memo;
mod read;
mod script;
mod npm;
mod cargo;
mod go;
mod bazel;
mod place;
mod maven;
mod gradle;
mod python;
#[cfg(test)]
pub(crate) mod sample;

pub use bazel::{Bazel, Buck};
pub use cargo::Cargo;
pub use ecosystem::{Ecosystem, Facts};
pub use folder::Folder;
pub use found::{Edge, Found, Module, Own, Target, Unit, Why, Widening};
pub use go::Go;
pub use gradle::Gradle;
pub use graph::{Affected, Because, Cause, Graph, Imported, Inputs, NameError, Owner, Widened};
pub use listing::{Entry, Listing};
pub use maven::Maven;
pub use npm::Npm;
pub use python::Python;
pub use read::Reader;
pub use rules::Rule;

pub use crate::check::UnitKind as Kind;
pub use crate::config::Affects;
