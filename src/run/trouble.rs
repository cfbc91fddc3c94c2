//! What keeps the machine from running a step, in words.

use std::io;

/// Why a step can't be started, with what to do about it where that is known.
pub(crate) fn unstarted(error: &io::Error) -> String {
    let cure = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "; make room, or remove idle checkouts: gate clean"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "; the user who runs gate must be able to write there"
        }
        _ => "",
    };
    format!("it can't be started: {error}{cure}")
}
