//! `large-files`: what a repository would carry for ever.
//!
//! Sizes are those of the objects, which are not read for it: of a file that lies with Git LFS that is the pointer's.
//! Where another check has read one already, its size is known.

use super::known;
use crate::diagnostic::Diagnostic;
use crate::git::{Error, Repo};
use crate::input::Input;

/// The files that are not known to be small enough.
pub(super) fn may_be_large(mut files: Vec<&Input>, most: u64) -> Vec<&Input> {
    let known: Vec<_> = known::recall(files.iter().map(|input| input.id));
    let mut known = known.into_iter();
    files.retain(|_| known.next().flatten().is_none_or(|known| known.size > most));
    files
}

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
