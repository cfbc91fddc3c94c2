//! Reads a pom.
//!
//! Elements are told by their local names, whatever the namespace is called. Entities that XML does not define are those
//! of HTML, which Maven knows and which only names of people hold; they are read as an unknown character.

mod element;
mod walk;

use super::model::Fact;

/// What a pom says.
pub(super) fn read(content: &[u8]) -> Fact {
    Fact(element::document(content).and_then(|document| walk::pom(&document)))
}
