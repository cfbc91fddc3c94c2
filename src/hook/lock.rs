//! One gate at a time writes hooks.

use std::fs::File;

use super::Error;
use crate::git::Repo;

/// Waits until no other gate writes hooks of this repository; the lock falls with the file, however the process ends.
pub(super) fn lock(repo: &Repo) -> Result<File, Error> {
    let folder = repo.common_dir().join("gate");
    fs_err::create_dir_all(&folder)?;
    let file = fs_err::OpenOptions::new().create(true).append(true).open(folder.join("hooks.lock"))?.into_file();
    file.lock()?;
    Ok(file)
}
