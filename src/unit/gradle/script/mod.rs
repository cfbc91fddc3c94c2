//! What scripts say: their tokens, read as calls.

mod constants;
mod values;
mod mention;
mod calls;
mod walker;
mod settings;
mod blocks;
mod walk;
mod read;

pub(super) use read::read;
pub(super) use walker::Role;
