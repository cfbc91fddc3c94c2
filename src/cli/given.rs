//! Files that are handed over.

use std::io::Read;
use std::path::Path;

/// The largest file that is read: a document of some ten thousand steps.
const MOST: u64 = 64 << 20;

/// The content of a file that others may have written, if it is no larger than it may be.
///
/// # Errors
/// Why it can't be read.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let unread = |error: std::io::Error| format!("it can't be read: {}", error.kind());
    let found = fs_err::metadata(path).map_err(unread)?;
    // Opening a pipe would wait for whoever writes to it.
    if !found.is_file() {
        return Err("it is no file".to_owned());
    }
    let file = fs_err::File::open(path).map_err(unread)?;
    let mut bytes = Vec::new();
    file.take(MOST + 1).read_to_end(&mut bytes).map_err(unread)?;
    if bytes.len() as u64 > MOST {
        return Err(format!("it is larger than {} MB", MOST >> 20));
    }
    Ok(bytes)
}
