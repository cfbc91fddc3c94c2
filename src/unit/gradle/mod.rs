//! Gradle projects, out of settings and build scripts: <https://docs.gradle.org/current/userguide/writing_settings_files.html>,
//! <https://docs.gradle.org/current/userguide/multi_project_builds.html>.
//!
//! Scripts are programs, in Groovy or Kotlin. They are not run: their tokens are read, and calls that name projects,
//! scripts and places are understood where they name them by literals, constants and loops over these. Whatever else a
//! dependency is named by widens. Every literal counts that could be the path of a project or lead out of one, whoever
//! takes it, so that a function that a build defines itself hides nothing.
//!
//! Plugins that a build makes itself (`buildSrc`, included builds) reach every project of the build, and what they say of
//! projects is read as if each project that can see them said it.

mod token;
mod lexer;
mod text;
mod model;
mod script;
mod catalog;
mod build;
mod reach;
mod names;
mod link;
mod edges;
#[cfg(test)]
mod tests;

pub use link::Gradle;
