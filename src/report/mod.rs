//! What people and programs are told. Decides nothing.
//!
//! Results go to standard output, what happens meanwhile to standard error; each is given its own style. Texts that
//! others wrote never reach a terminal as they are.

mod style;
mod clean;
mod words;
mod page;
mod tail;
mod next;
mod held;
mod closing;
mod fixes;
mod board;
mod terminal;
pub mod text;
pub mod plan;
pub mod push;
pub mod shards;
pub mod table;
pub mod why;
pub mod landing;
pub mod history;
pub mod json;
pub mod jsonl;
mod account;
mod issue;
mod case;
mod xml;
pub mod github;
pub mod gitlab;
pub mod junit;
pub mod sarif;
pub mod checkstyle;
pub mod tap;
pub mod markdown;
pub mod file;
pub mod evidence;
pub mod units;

pub use account::{Account, Output, Source};
pub use file::FileFormat;
pub use style::{Choice, Hints, Label, Style};
pub use terminal::{Look, Terminal};
pub use text::{Detail, View};
pub use words::cause;

#[cfg(test)]
mod tests;
