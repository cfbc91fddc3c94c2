//! What a package offers to those that import it by name.

use super::files::File;

/// What a package offers under a name.
#[derive(Debug, Default)]
pub(super) struct Offer {
    /// The files of the tree, the package's manifest among them, since it decides which these are.
    pub(super) files: Vec<File>,
    /// What of it is not in the tree.
    pub(super) absent: Option<String>,
}
