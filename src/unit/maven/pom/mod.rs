//! Reads a pom.
//!
//! Elements are told by their local names, whatever the namespace is called. Entities that XML does not define are those
//! of HTML, which Maven knows and which only names of people hold; they are read as an unknown character.

mod element;
mod walk;
mod read;

pub(super) use read::read;
