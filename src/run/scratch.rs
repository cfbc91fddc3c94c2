//! The folder for temporary files that each step has to itself.

use std::ffi::OsString;
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The longest path of the folder for temporary files that is taken over from the user: a socket's path can hold about
/// 107 bytes, and what tools add to theirs must fit too.
const LONGEST: usize = 40;

/// A folder that goes when this is dropped, with whatever is in it.
pub(crate) struct Scratch {
    path: PathBuf,
    made: bool,
}

impl Scratch {
    /// Chooses a path where the user's temporary files go, or below `/tmp`; nothing is made yet, so that the path can be
    /// noted before. It lies outside gate's own folders on purpose: what looks for a repository or a configuration file
    /// in the folders above finds none.
    pub(crate) fn choose(user_env: &[(OsString, OsString)]) -> io::Result<Self> {
        let user = user_env.iter().find(|(name, _)| name == "TMPDIR").map(|(_, value)| PathBuf::from(value));
        let fits = |dir: &PathBuf| dir.is_absolute() && dir.as_os_str().len() <= LONGEST && dir.is_dir();
        let base = user.filter(fits).unwrap_or_else(|| PathBuf::from("/tmp"));
        let free = |path: &Path| match path.symlink_metadata() {
            Ok(_) => Err(io::Error::from(io::ErrorKind::AlreadyExists)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        };
        // Random names follow from the time, and runs that begin at the same one would choose the same.
        let prefix = format!("gate-{:x}-", std::process::id());
        let chosen = tempfile::Builder::new().prefix(&prefix).rand_bytes(6).make_in(base, free)?;
        Ok(Self { path: chosen.into_temp_path().keep()?, made: false })
    }

    /// Makes the folder, for nobody else to look into; one that another step left is there already.
    pub(crate) fn make(&mut self) -> io::Result<()> {
        if self.made {
            return Ok(());
        }
        let made = std::fs::DirBuilder::new().mode(0o700).create(&self.path);
        made.map_err(|error| io::Error::new(error.kind(), format!("can't make '{}': {error}", self.path.display())))?;
        self.made = true;
        Ok(())
    }

    /// Whether it is as it was made, and another step can have it: file systems take their time to make new ones.
    pub(crate) fn is_as_new(&self) -> bool {
        let is_own = |found: std::fs::Metadata| found.is_dir() && found.permissions().mode() & 0o7777 == 0o700;
        self.made
            && self.path.symlink_metadata().is_ok_and(is_own)
            && fs_err::read_dir(&self.path).is_ok_and(|mut entries| entries.next().is_none())
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes it, also where a tool took away its own right to write.
    pub(crate) fn remove(self) -> io::Result<()> {
        remove_folder(&self.path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What can't be removed is found by the next run, as the notes still name it.
        let _stays = remove_folder(&self.path);
    }
}

/// Removes a folder with whatever is in it; one that is not there is no error.
pub(crate) fn remove_folder(path: &Path) -> io::Result<()> {
    match fs_err::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            unlock(path)?;
            fs_err::remove_dir_all(path)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Makes every folder below writable (Go's module cache is not); links are not followed.
fn unlock(path: &Path) -> io::Result<()> {
    fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o700))?;
    for entry in fs_err::read_dir(path)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            unlock(&entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lies_where_the_user_wants_it_if_that_is_short() {
        let base = tempfile::Builder::new().prefix("b").rand_bytes(3).tempdir_in("/tmp").unwrap();
        let at = |dir: &Path| Scratch::choose(&[("TMPDIR".into(), dir.into())]).unwrap();
        assert_eq!(at(base.path()).path().parent(), Some(base.path()));
        let long = base.path().join("a".repeat(60));
        fs_err::create_dir(&long).unwrap();
        assert_eq!(at(&long).path().parent(), Some(Path::new("/tmp")));
        assert_eq!(at(Path::new("relative")).path().parent(), Some(Path::new("/tmp")));
    }

    #[test]
    fn no_two_processes_choose_the_same() {
        let scratch = Scratch::choose(&[]).unwrap();
        let name = scratch.path().file_name().unwrap().to_str().unwrap();
        assert_eq!(name.split('-').nth(1), Some(format!("{:x}", std::process::id()).as_str()), "{name}");
    }

    #[test]
    fn goes_with_folders_that_may_not_be_written() {
        let mut scratch = Scratch::choose(&[]).unwrap();
        assert!(!scratch.path().exists() && !scratch.is_as_new());
        scratch.make().unwrap();
        assert_eq!(fs_err::metadata(scratch.path()).unwrap().permissions().mode() & 0o777, 0o700);
        let path = scratch.path().to_owned();
        let inner = path.join("a/b");
        fs_err::create_dir_all(&inner).unwrap();
        fs_err::write(inner.join("f"), "").unwrap();
        fs_err::set_permissions(&inner, std::fs::Permissions::from_mode(0o500)).unwrap();
        scratch.remove().unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn is_as_new_only_with_nothing_in_it_and_for_nobody_else() {
        let mut scratch = Scratch::choose(&[]).unwrap();
        scratch.make().unwrap();
        assert!(scratch.is_as_new());
        scratch.make().unwrap();
        fs_err::set_permissions(scratch.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        assert!(!scratch.is_as_new());
        fs_err::set_permissions(scratch.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        fs_err::write(scratch.path().join(".hidden"), "").unwrap();
        assert!(!scratch.is_as_new());
        let path = scratch.path().to_owned();
        scratch.remove().unwrap();
        std::os::unix::fs::symlink("/tmp", &path).unwrap();
        let other = Scratch { path, made: true };
        assert!(!other.is_as_new());
    }
}
