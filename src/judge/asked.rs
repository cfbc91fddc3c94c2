//! What somebody who may asks for beside the commit: that it lands all the same.

use std::collections::BTreeSet;

/// What somebody asks for beside the commit: with a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Why.
    pub reason: String,
    /// The last day on which it is to hold.
    pub until: Option<String>,
    /// The checks that are meant; all that did not pass if empty.
    pub checks: BTreeSet<String>,
    /// Who asks, as the server knows it, and by what it knows.
    pub identity: Option<Identity>,
}

/// Who somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The name.
    pub name: String,
    /// By what it is known: the name of a variable.
    pub how: String,
}
