//! Maven modules, out of `pom.xml` files: <https://maven.apache.org/pom.html> and
//! <https://maven.apache.org/ref/current/maven-model/maven.html>.
//!
//! A module is what an aggregator names in `modules`, in a profile too; a pom that no other names is one where it lies
//! in no reactor's folder. What it takes from its parents is worked out as Maven does it, with each property replaced by
//! every value that it may have: what a parent says is judged in the module that inherits it. External versions stand in
//! the poms, so that there is no lock to read.
//!
//! A pom that is inherited or imported counts by a digest of what can be taken from it, which is all but its `modules`,
//! its comments and its layout.

mod model;
mod pom;
mod context;
mod reactor;
mod inherit;
mod link;
#[cfg(test)]
mod tests;

pub use link::Maven;
