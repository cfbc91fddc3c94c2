//! How much room folders take, and removing them whole.

use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use bstr::BStr;

use super::Error;
use super::root::Root;

/// The bytes that a folder takes on disk, links not followed; what can't be read counts nothing.
pub(super) fn of(folder: &Path) -> u64 {
    let entries = fs_err::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(found) if found.is_dir() => of(&entry.path()),
            Ok(found) => found.blocks() * 512,
            Err(_) => 0,
        })
        .sum()
}

/// Removes a folder with all that is in it, without following links; no error if it is not there.
pub(super) fn remove(folder: &Path) -> Result<(), Error> {
    let (Some(parent), Some(name)) = (folder.parent(), folder.file_name()) else { return Ok(()) };
    if !parent.exists() {
        return Ok(());
    }
    let removed = Root::open(parent).and_then(|root| root.remove(BStr::new(name.as_bytes())));
    removed.map(drop).map_err(|source| Error::io("remove", folder, source))
}
