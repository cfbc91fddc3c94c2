//! Writes a gate.toml from what a repository holds.
//!
//! [`Files::read`] takes from a tree what has to be known of it; [`propose`] makes the text, without touching anything;
//! [`write_new`] writes it where there is none yet. Each ecosystem has a file of its own, which knows what its tools are
//! called and what a private checkout lacks for them. [`main_branch`] says which branch is meant to stay deployable.
//!
//! What is written is meant to be right before it is fast: a check gets `files` or `inputs` only where its tool can
//! depend on nothing else, so a test depends on every file until somebody who knows better narrows it.

mod branch;
mod files;
mod toml_text;
mod entry;
mod part;
mod render;
mod cargo;
mod npm;
mod node;
mod venv;
mod python;
mod go;
mod make;
mod migrate;
mod merge;
mod propose;
mod write;

pub use branch::main_branch;
pub use files::Files;
pub use propose::{Proposal, Takeover, propose};
pub use write::{Error, write_new};
