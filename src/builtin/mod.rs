//! The checks that gate brings with it: in process, on blobs, without a checkout.
//!
//! What is looked at is what git stores: a file whose attributes give it other line endings in a working tree is judged
//! by those that it has in the tree. Links and submodules have no text; only the checks of names and of the tree see
//! them. Nothing that can't be read passes in silence: a file in the wrong encoding, too deep or too large for a parser
//! is a problem of its own.

mod error;
mod findings;
mod file;
mod known;
mod sweep;
mod lines;
mod marks;
mod secret;
mod size;
mod names;
mod programs;
mod invisible;
mod case;
mod links;
mod modules;
mod syntax;
mod schema;
mod message;
mod look;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use error::Error;
pub use findings::{Findings, Problem};
pub use look::{fix, look};
pub use message::look_at_message;
