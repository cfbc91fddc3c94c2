//! What JavaScript and TypeScript files import, and what their TypeScript projects say of it.
//!
//! No ecosystem of its own: the packages that the files belong to come from `package.json` files, which others read.

mod form;
mod fact;
mod read;
mod grammar;
mod source;
mod words;
mod broken;
mod calls;
mod choice;
mod value;
mod place;
mod blocks;
mod quoted;
mod project;
mod package;
mod linked;
mod manifest;
mod files;
mod scopes;
mod projects;
mod specifier;
mod seen;
mod resolver;
mod offer;
mod offers;
mod texts;
mod extends;
mod tests;
mod edges;
mod link;
#[cfg(test)]
mod read_cases;
#[cfg(test)]
mod link_cases;

pub(super) use fact::Fact;
pub(super) use form::form;
pub(super) use link::link;
pub(super) use linked::Linked;
pub(super) use package::Package;
pub(super) use read::read;
