//! What the programs and toolchains of a step are: the environment part of its fingerprint.
//!
//! A program counts by its content, through links and `#!` lines; a proxy (rustup, pyenv, volta, nvm, asdf, mise) counts
//! as what it resolves to in the candidate's tree. The toolchains of every ecosystem that the tree shows count for every
//! step, by what they say of themselves (`rustc -vV`, `node -v`, `python -VV`, `go version`, …).

mod toolbox;
mod fact;
mod named;
mod wrapper;
mod shell_words;
mod lexer;
mod survey;
mod toolchain;
mod platform;
mod program;
mod identity;
mod companion;
mod proxy;
mod ask;
mod machine;
mod environment;
mod pins;
mod trees;
mod memo;
mod stamp;
mod error;
#[cfg(test)]
mod tests;

pub use fact::Fact;
pub use toolbox::{Request, Toolbox};

/// How the names of facts begin that are files of the tree, known from the tree alone: `file:run.sh`.
pub const FILE: &str = "file:";

/// How the names of facts begin that are files of the tree which pin versions of tools: `pins:.nvmrc`. What they say is known
/// from the tree alone, and what becomes of that is the machine's.
pub const PINS: &str = "pins:";
