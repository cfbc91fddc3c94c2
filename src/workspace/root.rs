//! Files below one folder, reached without ever following a symbolic link.
//!
//! A check can leave a link where a folder was. Whatever is written or removed here goes through folders that were opened
//! one by one, so that nothing outside the checkout can be reached.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use bstr::{BStr, BString, ByteSlice};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use crate::path::RepoPath;

/// How to open a folder: not through a link.
const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// A folder and what is below it.
pub(super) struct Root {
    fd: Rc<OwnedFd>,
    path: PathBuf,
    /// The folder opened last: neighbours follow each other.
    last: RefCell<Option<(BString, Rc<OwnedFd>)>>,
}

impl Root {
    /// Opens a folder.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let fd = Rc::new(rustix::fs::open(path, FOLDER, Mode::empty())?);
        Ok(Self { fd, path: path.to_owned(), last: RefCell::new(None) })
    }

    /// A folder below as a root of its own.
    pub(super) fn below(&self, path: &RepoPath) -> io::Result<Self> {
        let fd = self.folder(path.as_bstr())?;
        Ok(Self { fd, path: self.path.join(path.as_path()), last: RefCell::new(None) })
    }

    /// The folder's own path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The descriptor of the folder itself.
    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    /// Opens a folder below; the empty path is the root.
    pub(super) fn folder(&self, path: &BStr) -> io::Result<Rc<OwnedFd>> {
        self.walk(path, |at, name| Ok(rustix::fs::openat(at, name.as_bytes(), FOLDER, Mode::empty())?))
    }

    /// Goes the whole way again the next time: somebody else may have put other folders in the place of those on it.
    pub(super) fn forget(&self) {
        *self.last.borrow_mut() = None;
    }

    /// Opens a folder below, and makes it and its parents where they are missing or something else is in the way.
    pub(super) fn make_folder(&self, path: &BStr) -> io::Result<Rc<OwnedFd>> {
        self.walk(path, make_folder)
    }

    fn walk(
        &self,
        path: &BStr,
        open: impl Fn(BorrowedFd<'_>, &BStr) -> io::Result<OwnedFd>,
    ) -> io::Result<Rc<OwnedFd>> {
        if path.is_empty() {
            return Ok(Rc::clone(&self.fd));
        }
        if let Some((_, fd)) = self.last.borrow().as_ref().filter(|(last, _)| last == path) {
            return Ok(Rc::clone(fd));
        }
        let mut at = Rc::clone(&self.fd);
        for name in path.split_str("/") {
            at = Rc::new(open(at.as_fd(), name.as_bstr())?);
        }
        *self.last.borrow_mut() = Some((path.to_owned(), Rc::clone(&at)));
        Ok(at)
    }

    /// What is at a path; a link itself, not what it points to.
    pub(super) fn stat(&self, path: &BStr) -> io::Result<Stat> {
        let (folder, name) = split(path);
        Ok(rustix::fs::statat(&*self.folder(folder)?, name.as_bytes(), AtFlags::SYMLINK_NOFOLLOW)?)
    }

    /// Removes whatever is at a path, a folder with all that is in it; no error if nothing is.
    pub(super) fn remove(&self, path: &BStr) -> io::Result<bool> {
        *self.last.borrow_mut() = None;
        let (folder, name) = split(path);
        match self.folder(folder) {
            Ok(fd) => remove_entry(fd.as_fd(), name),
            Err(error) if is_absent(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The bytes of a file below; nothing if there is no regular file that can be read.
    pub(super) fn read(&self, path: &BStr) -> Option<Vec<u8>> {
        let (folder, name) = split(path);
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let fd = rustix::fs::openat(&*self.folder(folder).ok()?, name.as_bytes(), flags, Mode::empty()).ok()?;
        let mut bytes = Vec::new();
        File::from(fd).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// Makes a new file below, in place of whatever is there, and gives it open for writing.
    pub(super) fn create(&self, path: &BStr, executable: bool) -> io::Result<File> {
        let (folder, name) = split(path);
        let at = self.make_folder(folder)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = Mode::from_raw_mode(if executable { 0o777 } else { 0o666 });
        let open = || rustix::fs::openat(&*at, name.as_bytes(), flags, mode);
        match open() {
            Ok(fd) => Ok(fd.into()),
            Err(Errno::EXIST) => {
                remove_entry(at.as_fd(), name)?;
                Ok(open()?.into())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Makes a symbolic link below, in place of whatever is there.
    pub(super) fn link(&self, path: &BStr, target: &[u8]) -> io::Result<()> {
        let (folder, name) = split(path);
        let at = self.make_folder(folder)?;
        match rustix::fs::symlinkat(target, &*at, name.as_bytes()) {
            Err(Errno::EXIST) => {
                remove_entry(at.as_fd(), name)?;
                Ok(rustix::fs::symlinkat(target, &*at, name.as_bytes())?)
            }
            other => Ok(other?),
        }
    }

    /// Gives a file below these bytes, unless it has them already. One of the same length is written in place.
    pub(super) fn put(&self, path: &BStr, bytes: &[u8]) -> io::Result<()> {
        match self.read(path) {
            Some(there) if there == bytes => Ok(()),
            Some(there) if there.len() == bytes.len() => match self.open_alone(path) {
                Some(file) => file.write_all_at(bytes, 0),
                None => self.create(path, false)?.write_all(bytes),
            },
            _ => self.create(path, false)?.write_all(bytes),
        }
    }

    /// Opens a file below for writing that is as if it had just been made with these permissions, but for what it holds, and
    /// has no other name and no attributes of its own, such as an access control list.
    pub(super) fn reopen(&self, path: &BStr, permissions: u32) -> Option<File> {
        let file = self.open_alone(path)?;
        let stat = rustix::fs::fstat(&file).ok()?;
        let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
        let is_ours = stat.st_uid == rustix::process::geteuid().as_raw();
        (is_file && is_ours && stat.st_mode & 0o7777 == permissions && is_bare(&file)).then_some(file)
    }

    /// The permissions of a file that we make.
    pub(super) fn permissions(&self, executable: bool) -> u32 {
        let plain = self.stat(BStr::new(".git/config")).map_or(0, |stat| stat.st_mode & 0o777);
        if executable { plain | (plain & 0o444) >> 2 } else { plain }
    }

    /// Opens a file that has no other name for writing.
    fn open_alone(&self, path: &BStr) -> Option<File> {
        let (folder, name) = split(path);
        let flags = OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let fd = rustix::fs::openat(&*self.folder(folder).ok()?, name.as_bytes(), flags, Mode::empty()).ok()?;
        rustix::fs::fstat(&fd).is_ok_and(|stat| stat.st_nlink == 1).then(|| fd.into())
    }

    /// Renames a file below.
    pub(super) fn rename(&self, from: &BStr, to: &BStr) -> io::Result<()> {
        let (old, old_name) = split(from);
        let (new, new_name) = split(to);
        let old = self.folder(old)?;
        let new = self.make_folder(new)?;
        Ok(rustix::fs::renameat(&*old, old_name.as_bytes(), &*new, new_name.as_bytes())?)
    }

    /// The names in a folder with their kinds, `.` and `..` left out.
    pub(super) fn list(&self, path: &BStr) -> io::Result<Vec<(BString, FileType)>> {
        names(self.folder(path)?.as_fd())
    }
}

/// Whether a file has no extended attributes.
fn is_bare(file: &File) -> bool {
    // The names of any would take more room than this.
    let mut names = [0_u8];
    match rustix::fs::flistxattr(file, names.as_mut_slice()) {
        Ok(length) => length == 0,
        Err(errno) => errno == Errno::NOTSUP,
    }
}

/// Whether an error means that there is nothing at a path, or a link or file where a folder should be.
pub(super) fn is_absent(error: &io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::NOENT | Errno::NOTDIR | Errno::LOOP))
}

/// A path's folder (empty at the root) and its last component.
pub(super) fn split(path: &BStr) -> (&BStr, &BStr) {
    match path.rfind_byte(b'/') {
        Some(slash) => (path[..slash].as_bstr(), path[slash + 1..].as_bstr()),
        None => (BStr::new(""), path),
    }
}

fn make_folder(at: BorrowedFd<'_>, name: &BStr) -> io::Result<OwnedFd> {
    let open = || rustix::fs::openat(at, name.as_bytes(), FOLDER, Mode::empty());
    match open() {
        Ok(fd) => return Ok(fd),
        Err(Errno::NOENT) => {}
        Err(Errno::NOTDIR | Errno::LOOP) => match rustix::fs::unlinkat(at, name.as_bytes(), AtFlags::empty()) {
            // Another thread was quicker.
            Ok(()) | Err(Errno::NOENT | Errno::ISDIR | Errno::PERM) => {}
            Err(error) => return Err(error.into()),
        },
        Err(error) => return Err(error.into()),
    }
    match rustix::fs::mkdirat(at, name.as_bytes(), Mode::from_raw_mode(0o777)) {
        Ok(()) | Err(Errno::EXIST) => Ok(open()?),
        Err(error) => Err(error.into()),
    }
}

/// Removes an entry of a folder, whatever it is.
pub(super) fn remove_entry(at: BorrowedFd<'_>, name: &BStr) -> io::Result<bool> {
    match rustix::fs::unlinkat(at, name.as_bytes(), AtFlags::empty()) {
        Ok(()) => Ok(true),
        Err(Errno::NOENT) => Ok(false),
        // Linux says ISDIR, macOS PERM.
        Err(Errno::ISDIR | Errno::PERM) => remove_folder(at, name).map(|()| true),
        Err(Errno::ACCESS) => {
            rustix::fs::fchmod(at, Mode::RWXU)?;
            match rustix::fs::unlinkat(at, name.as_bytes(), AtFlags::empty()) {
                Ok(()) => Ok(true),
                Err(_) => remove_folder(at, name).map(|()| true),
            }
        }
        Err(error) => Err(error.into()),
    }
}

fn remove_folder(at: BorrowedFd<'_>, name: &BStr) -> io::Result<()> {
    let open = || rustix::fs::openat(at, name.as_bytes(), FOLDER, Mode::empty());
    let fd = match open() {
        // Caches of modules are made unreadable or read-only by some tools.
        Err(Errno::ACCESS) => {
            rustix::fs::chmodat(at, name.as_bytes(), Mode::RWXU, AtFlags::empty())?;
            open()?
        }
        other => other?,
    };
    for (child, _) in names(fd.as_fd())? {
        remove_entry(fd.as_fd(), child.as_bstr())?;
    }
    Ok(rustix::fs::unlinkat(at, name.as_bytes(), AtFlags::REMOVEDIR)?)
}

fn names(fd: BorrowedFd<'_>) -> io::Result<Vec<(BString, FileType)>> {
    let mut found = Vec::new();
    for entry in Dir::read_from(fd)? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if name == b"." || name == b".." {
            continue;
        }
        let kind = match entry.file_type() {
            FileType::Unknown => {
                let stat = rustix::fs::statat(fd, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW)?;
                FileType::from_raw_mode(stat.st_mode)
            }
            kind => kind,
        };
        found.push((name.into(), kind));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_that_is_as_if_just_made_is_written_in_place() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        let path = |name: &str| folder.path().join(name);
        let permissions = |name: &str| root.stat(BStr::new(name)).unwrap().st_mode & 0o777;
        for name in ["plain", "linked", "opened", "marked"] {
            drop(root.create(BStr::new(name), false).unwrap());
        }
        let plain = permissions("plain");
        fs_err::hard_link(path("linked"), path("other")).unwrap();
        std::os::unix::fs::symlink("plain", path("link")).unwrap();
        let marked = rustix::fs::setxattr(path("marked"), "user.mark", b"1", rustix::fs::XattrFlags::empty());
        rustix::fs::chmod(path("opened"), rustix::fs::Mode::from_raw_mode(0o4600)).unwrap();
        assert!(root.reopen(BStr::new("plain"), plain).is_some());
        assert_eq!(root.reopen(BStr::new("marked"), plain).is_none(), marked.is_ok(), "{marked:?}");
        for name in ["linked", "link", "opened", "missing"] {
            assert!(root.reopen(BStr::new(name), plain).is_none(), "{name}");
        }
    }

    #[test]
    fn does_not_go_through_links() {
        let outside = tempfile::tempdir().unwrap();
        fs_err::write(outside.path().join("precious"), "x").unwrap();
        let inside = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path(), inside.path().join("a")).unwrap();
        let root = Root::open(inside.path()).unwrap();
        assert!(root.folder(BStr::new("a")).is_err());
        assert!(!root.remove(BStr::new("a/precious")).unwrap());
        root.make_folder(BStr::new("a/b")).unwrap();
        assert!(inside.path().join("a").symlink_metadata().unwrap().is_dir());
        assert!(root.remove(BStr::new("a")).unwrap());
        assert!(outside.path().join("precious").exists());
    }

    #[test]
    fn removes_folders_with_links_in_them_and_not_what_they_point_to() {
        let outside = tempfile::tempdir().unwrap();
        fs_err::write(outside.path().join("precious"), "x").unwrap();
        let inside = tempfile::tempdir().unwrap();
        fs_err::create_dir_all(inside.path().join("d/e")).unwrap();
        std::os::unix::fs::symlink(outside.path(), inside.path().join("d/e/l")).unwrap();
        let root = Root::open(inside.path()).unwrap();
        assert!(root.remove(BStr::new("d")).unwrap());
        assert!(!inside.path().join("d").exists());
        assert!(outside.path().join("precious").exists());
    }
}
