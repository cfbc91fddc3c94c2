//! Files of a folder that others write to at the same time: looked at, and replaced only while they are what was seen.
//!
//! A file is replaced at one stroke, and what it replaced is looked at afterwards: where it is not what was seen, it is put
//! back. So an edit that comes in between is never lost. No way leads through a symbolic link.

use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use bstr::ByteSlice;
use rustix::fs::{CWD, FileType, RenameFlags};
use rustix::io::Errno;

use super::root::{Root, is_absent, split};
use crate::path::RepoPath;

/// A folder whose files others may write at any time.
pub struct Files {
    root: Root,
}

/// What is at a path.
pub enum Found {
    /// A file.
    File(Seen),
    /// A link, a folder or anything else, or a file that can't be read.
    Other,
    /// Nothing.
    Nothing,
}

/// A file, as it was when it was looked at.
pub struct Seen {
    /// What it holds.
    pub bytes: Vec<u8>,
    /// Whether its owner may execute it.
    pub executable: bool,
    mode: u32,
}

impl Files {
    /// Opens a folder.
    ///
    /// # Errors
    /// When it is not there.
    pub fn open(folder: &Path) -> io::Result<Self> {
        Ok(Self { root: Root::open(folder)? })
    }

    /// Looks at a path.
    ///
    /// # Errors
    /// When its folder can't be read.
    pub fn look(&self, path: &RepoPath) -> io::Result<Found> {
        self.root.forget();
        let stat = match self.root.stat(path.as_bstr()) {
            Ok(stat) => stat,
            Err(error) if is_absent(&error) => return Ok(Found::Nothing),
            Err(error) => return Err(error),
        };
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Ok(Found::Other);
        }
        let Some(bytes) = self.root.read(path.as_bstr()) else { return Ok(Found::Other) };
        let mode = stat.st_mode & 0o7777;
        Ok(Found::File(Seen { bytes, executable: mode & 0o100 != 0, mode }))
    }

    /// Puts other bytes in place of what was seen, which may be executed or not from then on. Whether it did: it does not
    /// where the file is another one by now. Where the two can't be exchanged at one stroke, that is looked at just before.
    ///
    /// The new file is made in `beside`, or next to the old one where that lies on another file system.
    ///
    /// # Errors
    /// When the file system refuses it; the file is then what it was.
    pub fn replace(
        &self,
        path: &RepoPath,
        seen: &Seen,
        (bytes, executable): (&[u8], bool),
        beside: &Path,
    ) -> io::Result<bool> {
        let mode = if executable { seen.mode | (seen.mode & 0o444) >> 2 } else { seen.mode & !0o111 };
        let (folder, name) = split(path.as_bstr());
        self.root.forget();
        let folder = match self.root.folder(folder) {
            Ok(folder) => folder,
            Err(error) if is_absent(&error) => return Ok(false),
            Err(error) => return Err(error),
        };
        let fresh = make(beside, bytes, mode)?;
        if !self.is(path, seen)? {
            return Ok(false);
        }
        match rustix::fs::renameat_with(CWD, fresh.as_os_str().as_bytes(), &*folder, name.as_bytes(), EXCHANGE) {
            Ok(()) => self.keep_or_return(path, seen, &fresh),
            Err(Errno::NOENT) => Ok(false),
            Err(Errno::XDEV) => {
                let there = self.root.path().join(path.as_path());
                let fresh = make(there.parent().unwrap_or(&there), bytes, mode)?;
                self.is(path, seen)?.then(|| fs_err::rename(&fresh, &there)).transpose().map(|done| done.is_some())
            }
            // An old kernel, or a file system that can't exchange.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
                if !self.is(path, seen)? {
                    return Ok(false);
                }
                rustix::fs::renameat(CWD, fresh.as_os_str().as_bytes(), &*folder, name.as_bytes())?;
                Ok(true)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What was taken away lies at `fresh` now.
    fn keep_or_return(&self, path: &RepoPath, seen: &Seen, fresh: &tempfile::TempPath) -> io::Result<bool> {
        let taken = fs_err::symlink_metadata(fresh).ok().filter(std::fs::Metadata::is_file);
        if taken.is_some() && fs_err::read(fresh).is_ok_and(|bytes| bytes == seen.bytes) {
            return Ok(true);
        }
        let (folder, name) = split(path.as_bstr());
        let folder = self.root.folder(folder)?;
        rustix::fs::renameat_with(CWD, fresh.as_os_str().as_bytes(), &*folder, name.as_bytes(), EXCHANGE)?;
        Ok(false)
    }

    fn is(&self, path: &RepoPath, seen: &Seen) -> io::Result<bool> {
        Ok(matches!(self.look(path)?, Found::File(now) if now.bytes == seen.bytes && now.mode == seen.mode))
    }
}

const EXCHANGE: RenameFlags = RenameFlags::EXCHANGE;

/// A new file with these bytes.
fn make(folder: &Path, bytes: &[u8], mode: u32) -> io::Result<tempfile::TempPath> {
    let mut file = tempfile::Builder::new().prefix(".gate-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().set_permissions(Permissions::from_mode(mode))?;
    Ok(file.into_temp_path())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    struct Ground {
        folder: tempfile::TempDir,
        beside: tempfile::TempDir,
    }

    impl Ground {
        fn new() -> Self {
            let ground = Self { folder: tempfile::tempdir().unwrap(), beside: tempfile::tempdir().unwrap() };
            fs_err::create_dir(ground.path("d")).unwrap();
            fs_err::write(ground.path("d/f"), "old").unwrap();
            ground
        }

        fn path(&self, name: &str) -> PathBuf {
            self.folder.path().join(name)
        }

        fn seen(&self) -> (Files, Seen) {
            let files = Files::open(self.folder.path()).unwrap();
            let Found::File(seen) = files.look(&RepoPath::from("d/f")).unwrap() else { panic!("no file") };
            (files, seen)
        }

        fn replace(&self, (files, seen): &(Files, Seen), executable: bool) -> bool {
            let done = files.replace(&RepoPath::from("d/f"), seen, (b"new", executable), self.beside.path()).unwrap();
            assert_eq!(fs_err::read_dir(self.beside.path()).unwrap().count(), 0, "nothing is left");
            assert_eq!(fs_err::read_dir(self.path("d")).unwrap().count(), 1, "nothing is left");
            done
        }

        fn text(&self) -> String {
            fs_err::read_to_string(self.path("d/f")).unwrap()
        }
    }

    #[test]
    fn what_is_as_it_was_is_replaced_and_keeps_its_mode() {
        let ground = Ground::new();
        fs_err::set_permissions(ground.path("d/f"), Permissions::from_mode(0o640)).unwrap();
        let mode = || fs_err::metadata(ground.path("d/f")).unwrap().permissions().mode() & 0o777;
        assert!(ground.replace(&ground.seen(), false));
        assert_eq!((ground.text().as_str(), mode()), ("new", 0o640));
        assert!(ground.replace(&ground.seen(), true));
        assert_eq!(mode(), 0o750);
        assert!(ground.replace(&ground.seen(), false));
        assert_eq!(mode(), 0o640);
    }

    #[test]
    fn what_is_another_one_by_now_stays() {
        let ground = Ground::new();
        let seen = ground.seen();
        fs_err::write(ground.path("d/f"), "edited").unwrap();
        assert!(!ground.replace(&seen, false));
        assert_eq!(ground.text(), "edited");
        // The last look comes after the exchange.
        let made = make(ground.beside.path(), b"edit", 0o600).unwrap();
        assert!(!seen.0.keep_or_return(&RepoPath::from("d/f"), &seen.1, &made).unwrap());
        assert_eq!((ground.text().as_str(), fs_err::read_to_string(&made).unwrap().as_str()), ("edit", "edited"));
    }

    #[test]
    fn nothing_is_reached_through_a_link() {
        let ground = Ground::new();
        let seen = ground.seen();
        fs_err::rename(ground.path("d"), ground.path("real")).unwrap();
        fs_err::os::unix::fs::symlink("real", ground.path("d")).unwrap();
        assert!(matches!(seen.0.look(&RepoPath::from("d/f")).unwrap(), Found::Nothing));
        let done = seen.0.replace(&RepoPath::from("d/f"), &seen.1, (b"new", false), ground.beside.path()).unwrap();
        assert!(!done && fs_err::read_to_string(ground.path("real/f")).unwrap() == "old");
        fs_err::os::unix::fs::symlink("real/f", ground.path("l")).unwrap();
        assert!(matches!(seen.0.look(&RepoPath::from("l")).unwrap(), Found::Other));
    }
}
