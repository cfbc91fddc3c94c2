//! `large-files`: what a repository would carry for ever.
//!
//! Sizes are those of the objects, which are not read for it: of a file that lies with Git LFS that is the pointer's.

use crate::diagnostic::Diagnostic;
use crate::git::{Error, Repo};
use crate::input::Input;

/// Looks at the size of a file.
pub(super) fn look(repo: &Repo, input: &Input, most: u64) -> Result<Vec<Diagnostic>, Error> {
    let size = repo.blob_size(input.id)?;
    if size <= most {
        return Ok(Vec::new());
    }
    let message = format!("'{}' has {size} bytes, more than the {most} that a file may have", input.path);
    let hint = format!("keep it elsewhere, or with Git LFS: git lfs track '{}'", input.path);
    Ok(vec![Diagnostic::error("builtin/large-file", message).hint(hint)])
}
