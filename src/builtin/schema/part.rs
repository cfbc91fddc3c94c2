//! A value of a file, and ways to its parts.

use serde_json::Value;

/// One value of a file.
pub(super) struct Document {
    pub(super) value: Value,
    /// Where it begins.
    pub(super) start: usize,
}

/// A step on the way to a part of a value.
pub(super) enum Step {
    /// To what an object holds under a name.
    Name(String),
    /// To an element of an array.
    Position(usize),
    /// To a name itself; the last one.
    Key(String),
}
