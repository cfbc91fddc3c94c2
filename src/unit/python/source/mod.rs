//! What a module says: its imports in all their forms, found with the grammar of Python.

mod grammar;
mod walk;
mod text;
mod place;
mod dynamic;
mod parse;
mod module;
mod setup;

pub(super) use module::read;
pub(super) use setup::read as setup;
