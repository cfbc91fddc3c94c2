//! From a pom's text to what it says.

use super::{element, walk};
use crate::unit::maven::model::Fact;

/// What a pom says.
pub(in crate::unit::maven) fn read(content: &[u8]) -> Fact {
    Fact(element::document(content).and_then(|document| walk::pom(&document)))
}
