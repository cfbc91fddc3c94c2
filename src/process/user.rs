//! The user that gate runs as, and what that one may do.

use std::io;
use std::path::Path;

use rustix::fs::{Access, AtFlags, CWD, accessat};

/// The number of the user, as whom files are opened.
#[must_use]
pub fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Whether the user may write to a file or folder.
#[must_use]
pub fn can_write(path: &Path) -> bool {
    accessat(CWD, path, Access::WRITE_OK, AtFlags::EACCESS).is_ok()
}

/// Closes this process to others of the same user: what is run by it can't look into it or change it.
///
/// # Errors
/// When the operating system does not allow it.
#[cfg(target_os = "linux")]
pub fn keep_to_oneself() -> io::Result<()> {
    Ok(rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?)
}

/// Closes this process to others of the same user: elsewhere than on Linux that is so without further ado.
///
/// # Errors
/// Never.
#[cfg(not(target_os = "linux"))]
pub fn keep_to_oneself() -> io::Result<()> {
    Ok(())
}
